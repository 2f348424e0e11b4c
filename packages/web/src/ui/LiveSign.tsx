import { useTranslation } from 'react-i18next'
import type { Connection } from '../app/events.ts'

/** Whether the page changes by itself right now. */
export function LiveSign({ connection }: { connection: Connection }) {
  const { t } = useTranslation()
  const live = connection === 'live'
  return (
    <span role="status" className="live-sign" title={live ? t('dashboard.liveHelp') : undefined}>
      {connection !== 'connecting' && (
        <span
          className="status"
          data-shape={live ? 'dot' : 'ring'}
          style={{ color: live ? 'var(--status-good)' : 'var(--status-warn)' }}
        >
          <span>{t(live ? 'dashboard.live' : 'dashboard.reconnecting')}</span>
        </span>
      )}
    </span>
  )
}
