import { IconAlertTriangle, IconCircleCheck, IconClockExclamation, IconHourglass } from '@tabler/icons-react'
import type { EngineHealth } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'

const looks = {
  waiting: ['info', IconHourglass],
  ok: ['good', IconCircleCheck],
  slow: ['warn', IconClockExclamation],
  failing: ['bad', IconAlertTriangle],
} as const

/** How an engine is, in a word with a mark of its own. */
export function EngineStatus({ status }: { status: EngineHealth['status'] }) {
  const { t } = useTranslation()
  const [color, Icon] = looks[status]
  return (
    <span style={{ whiteSpace: 'nowrap' }}>
      <Icon size={16} color={`var(--status-${color})`} style={{ verticalAlign: -3, marginInlineEnd: 6 }} aria-hidden />
      {t(`engines.status.${status}`)}
    </span>
  )
}
