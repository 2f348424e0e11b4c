import { ActionIcon, Menu } from '@mantine/core'
import { IconDots, IconEye, IconKey, IconPencil, IconPlugConnected, IconUnlink } from '@tabler/icons-react'
import type { Engine } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'

export type EngineCommand = 'view' | 'test' | 'edit' | 'rotate' | 'disconnect'
type Props = { engine: Engine; run: (command: EngineCommand, engine: Engine) => void; here?: boolean }

/** The ellipsis: what may be done with an engine. `here` is on its own page. */
export function EngineMenu({ engine, run, here = false }: Props) {
  const { t } = useTranslation()
  const { may } = useSession()
  const items: [EngineCommand, typeof IconDots, boolean][] = [
    ['view', IconEye, !here],
    ['test', IconPlugConnected, !here],
    ['edit', IconPencil, may('engine.connect')],
    ['rotate', IconKey, may('engine.connect') && engine.kind !== 'this_machine'],
    ['disconnect', IconUnlink, may('engine.connect')],
  ]
  const shown = items.filter(([, , shown]) => shown)
  if (shown.length === 0) return null
  return (
    <Menu position="bottom-end" width={220} withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={32} aria-label={t('engines.actions', { name: engine.name })}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {shown.map(([command, Icon]) => (
          <Menu.Item
            key={command}
            leftSection={<Icon size={16} aria-hidden />}
            {...(command === 'disconnect' && { color: 'red' })}
            onClick={() => run(command, engine)}
          >
            {t(`engines.do.${command}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
