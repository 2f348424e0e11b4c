import type { UserStatus } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'

const looks: Record<UserStatus, [color: string, shape: 'dot' | 'ring' | 'square']> = {
  active: ['good', 'dot'],
  invited: ['info', 'ring'],
  must_change: ['warn', 'ring'],
  locked: ['bad', 'square'],
  disabled: ['idle', 'square'],
  deleted: ['bad', 'ring'],
}

/** A status in words, with a mark whose shape differs as well as its colour. */
export function StatusBadge({ status }: { status: UserStatus }) {
  const { t } = useTranslation()
  const [color, shape] = looks[status]
  return (
    <span className="status" data-shape={shape} style={{ color: `var(--status-${color})` }}>
      <span>{t(`status.${status}`)}</span>
    </span>
  )
}
