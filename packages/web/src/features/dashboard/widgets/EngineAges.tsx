import { IconAlertTriangle, IconClock } from '@tabler/icons-react'
import type { Card } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { formatClock, formatNumber } from '../../../app/format.ts'

type Engine = Card['engines'][number]

/** When each engine was last read. What fails or is slow says so, and why, on its own card alone. */
export function EngineAges({ engines }: { engines: Engine[] }) {
  const { t } = useTranslation()
  const well = engines.filter(({ status, asOf }) => status === 'ok' && asOf !== null)
  const others = engines.filter((engine) => !well.includes(engine))
  const oldest = well.reduce((time, { asOf }) => (asOf !== null && asOf < time ? asOf : time), well[0]?.asOf ?? '')
  const [only] = well
  const inWords = ({ name, status, asOf }: Engine) => {
    const time = asOf === null ? '' : formatClock(asOf)
    if (status === 'failing')
      return t(asOf ? 'dashboard.engine.failing' : 'dashboard.engine.failingNever', { name, time })
    return status === 'slow' && asOf
      ? t('dashboard.engine.slow', { name, time })
      : t('dashboard.engine.waiting', { name })
  }
  return (
    <div className="engine-ages">
      {others.map((engine) => (
        <p key={engine.id} data-status={engine.status}>
          {engine.status === 'waiting' ? (
            <IconClock size={14} aria-hidden />
          ) : (
            <IconAlertTriangle size={14} aria-hidden />
          )}
          <span>
            {inWords(engine)}
            {engine.reason && `: ${engine.reason}`}
          </span>
        </p>
      ))}
      {only && (
        <p className="numbers">
          {well.length === 1
            ? t('dashboard.engine.asOf', { name: only.name, time: formatClock(oldest) })
            : t('dashboard.engine.several', {
                count: well.length,
                n: formatNumber(well.length),
                time: formatClock(oldest),
              })}
        </p>
      )}
    </div>
  )
}
