import type { ResourceState } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'

const looks: Record<ResourceState, [color: string, shape: 'dot' | 'ring' | 'square']> = {
  pending: ['info', 'ring'],
  starting: ['info', 'dot'],
  running: ['good', 'dot'],
  stopping: ['idle', 'ring'],
  stopped: ['idle', 'square'],
  degraded: ['warn', 'ring'],
  failed: ['bad', 'square'],
  unknown: ['warn', 'square'],
}

/** The state of a resource or a job in words, with a mark whose shape differs as well as its colour; `count` before it. */
export function ResourceStateBadge({ state, count }: { state: ResourceState; count?: string }) {
  const { t } = useTranslation()
  const [color, shape] = looks[state]
  return (
    <span className="status" data-shape={shape} style={{ color: `var(--status-${color})` }}>
      <span>
        {count !== undefined && <b className="numbers">{count} </b>}
        {t(`dashboard.state.${state}`)}
      </span>
    </span>
  )
}
