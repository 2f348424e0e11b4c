import { Kbd, Stack, Switch, Text } from '@mantine/core'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { Modal } from '../ui/Dialog.tsx'
import { switchSingleKeys, useSingleKeys } from './single-keys.ts'

const keys = [
  ['palette', ['Ctrl K', '⌘ K']],
  ['help', ['?']],
  ['search', ['/']],
  ['move', ['j', 'k', '↓', '↑']],
  ['select', ['x']],
  ['open', ['Enter']],
  ['menu', ['.']],
] as const

/** Every key that does something, and the switch for those of one character. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const on = useSingleKeys()
  return (
    <Modal opened onClose={onClose} title={t('nav.help')}>
      <Stack>
        <dl className="keys">
          {keys.map(([name, all]) => (
            <Fragment key={name}>
              <dt>{t(`keys.${name}`)}</dt>
              <dd>
                {all.map((key) => (
                  <Kbd key={key}>{key}</Kbd>
                ))}
              </dd>
            </Fragment>
          ))}
        </dl>
        <Text size="sm" c="dimmed">
          {t('keys.note')}
        </Text>
        <Switch
          label={t('keys.single')}
          description={t('keys.singleHelp')}
          checked={on}
          onChange={(event) => switchSingleKeys(event.currentTarget.checked)}
        />
      </Stack>
    </Modal>
  )
}
