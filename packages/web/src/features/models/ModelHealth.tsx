import type { Model } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { formatInstant, formatRelative } from '../../app/format.ts'
import { useNow } from '../../ui/use-now.ts'

const looks = {
  waiting: ['info', 'ring'],
  ok: ['good', 'dot'],
  slow: ['warn', 'ring'],
  failing: ['bad', 'square'],
  disabled: ['idle', 'square'],
} as const

/** Whether a model answers, in words with a mark whose shape differs, why it does not, and how old that is. */
export function ModelHealth({ model }: { model: Model }) {
  const { t } = useTranslation()
  const { health, enabled } = model
  const state = enabled ? health.status : 'disabled'
  const [color, shape] = looks[state]
  return (
    <>
      <span className="status" data-shape={shape} style={{ color: `var(--status-${color})` }}>
        <span>{t(`models.health.${state}`)}</span>
      </span>
      {!enabled && <span className="dim">{t('models.health.disabledText')}</span>}
      {enabled && health.reason && (
        <span className="dim" style={{ display: 'block' }}>
          {health.reason}
        </span>
      )}
      {health.asOf && <Asked at={health.asOf} />}
    </>
  )
}

function Asked({ at }: { at: string }) {
  const { t } = useTranslation()
  const now = useNow()
  // The clock of the server may be ahead of this one.
  const when = formatRelative(at, Math.max(now, new Date(at).getTime()))
  return (
    <time className="dim numbers" style={{ display: 'block' }} dateTime={at} title={formatInstant(at)}>
      {t('models.health.asked', { when })}
    </time>
  )
}
