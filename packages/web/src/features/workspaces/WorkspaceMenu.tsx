import { ActionIcon, Menu } from '@mantine/core'
import {
  IconArrowsExchange,
  IconDots,
  IconEye,
  IconPlayerStop,
  IconRefresh,
  IconTrash,
  IconUserShare,
} from '@tabler/icons-react'
import type { Workspace } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import type { Run, WorkspaceCommand } from './use-workspace-commands.tsx'

/** The ellipsis: what may be done with a workspace now. `here` is on its own page. */
export function WorkspaceMenu({ workspace, run, here = false }: { workspace: Workspace; run: Run; here?: boolean }) {
  const { t } = useTranslation()
  const { can, state, name } = workspace
  const items: [WorkspaceCommand, typeof IconDots, boolean][] = [
    ['view', IconEye, !here],
    ['stop', IconPlayerStop, can.stop],
    ['restart', IconRefresh, can.stop && state === 'running'],
    ['share', IconUserShare, can.share],
    ['handOver', IconArrowsExchange, can.handOver],
    ['delete', IconTrash, can.remove],
  ]
  const shown = items.filter(([, , fits]) => fits)
  if (shown.length === 0) return null
  return (
    <Menu position="bottom-end" width={200} withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={32} aria-label={t('workspaces.actions', { name })}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {shown.map(([command, Icon]) => (
          <Menu.Item
            key={command}
            leftSection={<Icon size={16} aria-hidden />}
            style={command === 'delete' ? { color: 'var(--mantine-color-error)' } : undefined}
            onClick={() => run(command, workspace)}
          >
            {t(`workspaces.do.${command}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
