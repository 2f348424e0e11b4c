import type { ModelUsage } from '@tenantry/contract'
import { type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../app/format.ts'
import { formatTokens } from './in-words.ts'
import { axisEnd, formatDay } from './usage-range.ts'

type Day = ModelUsage['days'][number]

/**
 * Tokens per day as bars, those in below those out. One goes from day to day with the arrow keys, as with a slider,
 * and hears or sees what that day had; the table beside it says the same.
 */
export function DayChart({ days }: { days: Day[] }) {
  const { t } = useTranslation()
  const [here, setHere] = useState<number | null>(null)
  const last = days.length - 1
  const end = axisEnd(Math.max(...days.map(({ inputTokens, outputTokens }) => inputTokens + outputTokens)))
  const shown = here === null ? undefined : days[Math.min(here, last)]
  const current = Math.min(here ?? last, last)
  const lines = (day: Day) => [
    formatDay(day.day),
    t('models.usage.dayIn', { n: formatNumber(day.inputTokens) }),
    t('models.usage.dayOut', { n: formatNumber(day.outputTokens) }),
    t('models.usage.dayRequests', { count: day.requests, formatted: formatNumber(day.requests) }),
  ]
  const move = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowLeft: current - 1, ArrowDown: current - 1 }
    Object.assign(steps, { ArrowRight: current + 1, ArrowUp: current + 1, Home: 0, End: last })
    Object.assign(steps, { PageUp: current - 7, PageDown: current + 7 })
    const next = steps[event.key]
    if (event.key === 'Escape') setHere(null)
    if (next === undefined) return
    event.preventDefault()
    setHere(Math.max(0, Math.min(last, next)))
  }
  const share = (part: number) => `${(part / end) * 100}%`
  return (
    <div className="day-chart">
      <span className="day-most numbers" aria-hidden>
        {formatTokens(end)}
      </span>
      <span className="day-half numbers" aria-hidden>
        {formatTokens(end / 2)}
      </span>
      <span className="day-none numbers" aria-hidden>
        0
      </span>
      <div
        className="day-bars"
        role="slider"
        tabIndex={0}
        aria-label={t('models.usage.chart')}
        aria-valuemin={1}
        aria-valuemax={days.length}
        aria-valuenow={current + 1}
        aria-valuetext={lines(days[current] as Day).join(', ')}
        onKeyDown={move}
        onFocus={() => setHere(current)}
        onBlur={() => setHere(null)}
        onPointerLeave={() => setHere(null)}
      >
        {days.map((day, index) => (
          // The days are one control: the pointer only chooses which of them is shown.
          <div
            key={day.day}
            className="day-bar"
            data-here={index === here || undefined}
            onPointerEnter={() => setHere(index)}
          >
            <span data-part="out" style={{ height: share(day.outputTokens) }} />
            <span data-part="in" style={{ height: share(day.inputTokens) }} />
          </div>
        ))}
        {shown && (
          <div
            className="day-tip numbers"
            aria-hidden
            style={
              current > last / 2
                ? { right: `${((last - current + 1) / days.length) * 100}%` }
                : { left: `${((current + 1) / days.length) * 100}%` }
            }
          >
            {lines(shown).map((line, index) => (
              <div key={line} style={index === 0 ? { fontWeight: 600 } : undefined}>
                {line}
              </div>
            ))}
          </div>
        )}
      </div>
      <div className="day-ends" aria-hidden>
        <span>{formatDay(days[0]?.day ?? '')}</span>
        {last > 0 && <span>{formatDay(days[last]?.day ?? '')}</span>}
      </div>
    </div>
  )
}
