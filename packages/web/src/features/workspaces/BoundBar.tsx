import type { Bound, Want } from '@tenantry/contract'
import { takes } from '@tenantry/contract/bounds'
import { useTranslation } from 'react-i18next'
import { amountOf, boundInWords } from './in-words.ts'

/** One bound: what is used, what this would take, what is left; in words, and as a bar. */
export function BoundBar({ bound, want }: { bound: Bound; want: Want }) {
  const { t } = useTranslation()
  const { used, total } = bound
  const more = takes(want, bound)
  const inUnit = (amount: number) => amountOf(bound, amount)
  const name = boundInWords(t, bound)
  if (total === null)
    return (
      <li>
        {name}
        <div className="dim numbers">
          {t('workspaces.launch.boundless', { used: inUnit(used), more: inUnit(more) })}
        </div>
      </li>
    )
  const left = total - used - more
  // One that is overstepped is drawn to its end: the share that is too much hangs over.
  const whole = Math.max(total, used + more, 1)
  const share = (part: number) => `${(part / whole) * 100}%`
  return (
    <li>
      {name}
      <span className="bound-bar" data-over={left < 0} aria-hidden="true">
        <span data-part="used" style={{ width: share(used) }} />
        <span data-part="this" style={{ width: share(more) }} />
      </span>
      <div className="dim numbers">
        {[
          t('workspaces.launch.used', { n: inUnit(used) }),
          t('workspaces.launch.this', { n: inUnit(more) }),
          left < 0
            ? t('workspaces.launch.over', { n: inUnit(-left) })
            : t('workspaces.launch.left', { n: inUnit(left) }),
        ].join(' · ')}
      </div>
    </li>
  )
}
