import type { WorkspaceState } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'

const looks: Record<WorkspaceState, [color: string, shape: 'dot' | 'ring' | 'square']> = {
  queued: ['info', 'ring'],
  starting: ['info', 'dot'],
  running: ['good', 'dot'],
  stopping: ['idle', 'ring'],
  stopped: ['idle', 'square'],
  failed: ['bad', 'square'],
}

/** The state of a workspace in words, with a mark whose shape differs as well as its colour. */
export function WorkspaceStateBadge({ state }: { state: WorkspaceState }) {
  const { t } = useTranslation()
  const [color, shape] = looks[state]
  return (
    <span className="status" data-shape={shape} style={{ color: `var(--status-${color})` }}>
      <span>{t(`workspaces.state.${state}`)}</span>
    </span>
  )
}
