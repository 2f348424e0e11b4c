import { Button, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Modal } from '../../ui/Dialog.tsx'

type Props = {
  /** What became of each, in words; what was refused first. */
  items: { id: string; username: string | null; done: boolean; words: string }[]
  onClose: () => void
}

/** What became of each of several. */
export function BulkResultDialog({ items, onClose }: Props) {
  const { t } = useTranslation()
  const done = items.filter((item) => item.done).length
  const failed = items.length - done
  return (
    <Modal opened onClose={onClose} title={t('users.bulk.result')}>
      <Stack>
        <Text size="sm" role="status">
          {failed === 0 ? t('users.bulk.allDone', { count: done }) : t('users.bulk.some', { done, failed })}
        </Text>
        <ul
          className="results"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys as well
          tabIndex={0}
          aria-label={t('users.bulk.result')}
        >
          {items.map(({ id, username, done: well, words }) => (
            <li key={id}>
              {well ? (
                <IconCheck size={16} color="var(--status-good)" aria-hidden />
              ) : (
                <IconX size={16} color="var(--status-bad)" aria-hidden />
              )}
              <span>
                <strong>{username ?? id}</strong>: {words}
              </span>
            </li>
          ))}
        </ul>
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('action.close')}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}
