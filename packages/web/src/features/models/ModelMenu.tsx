import { ActionIcon, Menu } from '@mantine/core'
import {
  IconDots,
  IconEyeOff,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlugConnected,
} from '@tabler/icons-react'
import type { Model } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'
import type { ModelCommand } from './use-model-commands.tsx'

type Props = { model: Model; run: (command: ModelCommand, model: Model) => void; here?: boolean }

/** The ellipsis: what whoever publishes may do with a model. `here` is on its own page, which has a button for the test. */
export function ModelMenu({ model, run, here = false }: Props) {
  const { t } = useTranslation()
  const { may } = useSession()
  if (!may('model.publish')) return null
  const items: (readonly [ModelCommand, typeof IconDots])[] = [
    ['edit', IconPencil],
    ...(here ? [] : [['test', IconPlugConnected] as const]),
    model.enabled ? ['disable', IconPlayerPause] : ['enable', IconPlayerPlay],
    ['withdraw', IconEyeOff],
  ]
  return (
    <Menu position="bottom-end" width={200} withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={32} aria-label={t('models.actions', { name: model.title })}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {items.map(([command, Icon]) => (
          <Menu.Item
            key={command}
            leftSection={<Icon size={16} aria-hidden />}
            {...(command === 'withdraw' && { style: { color: 'var(--mantine-color-error)' } })}
            onClick={() => run(command, model)}
          >
            {t(`models.do.${command}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
