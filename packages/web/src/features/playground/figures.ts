import type { AnswerFigures } from '@tenantry/contract'
import { formatNumber } from '../../app/format.ts'
import type { i18n } from '../../app/i18n.ts'

type T = (typeof i18n)['t']

const twoDigits = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const oneDigit = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })

/** “840 ms”, “6.30 s”, “2 min 5 s”. */
export function durationOf(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${twoDigits.format(ms / 1000)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}
/** Tokens per second. */
export const speedOf = (value: number): string =>
  value < 100 ? oneDigit.format(value) : formatNumber(Math.round(value))

const reasons = ['stop', 'length', 'content_filter', 'tool_calls', 'function_call', 'stopped', 'cut_off'] as const
/** Why an answer ended, in words; as the endpoint says, where there are none. */
export function endOf(t: T, reason: string | null): string {
  const known = reasons.find((one) => one === reason)
  return known ? t(`playground.figures.reasons.${known}`) : (reason ?? t('playground.figures.unknown'))
}

/** A cost is often far less than the smallest coin. */
export function costOf({ amount, currency }: NonNullable<AnswerFigures['cost']>): string {
  const options = { style: 'currency', currency, maximumSignificantDigits: 3 } as const
  return new Intl.NumberFormat(undefined, amount < 1 ? options : { style: 'currency', currency }).format(amount)
}

type Best = { fastest: number | null; soonest: number | null }
/** Which lane wrote the fastest, and which began first: null where there is nothing to compare, or they are alike. */
export function bestOf(all: (AnswerFigures | null | undefined)[]): Best {
  const best = (value: (one: AnswerFigures) => number | null, better: (a: number, b: number) => boolean) => {
    const known = all.flatMap((one, lane) => {
      const is = one ? value(one) : null
      return is === null ? [] : [{ is, lane }]
    })
    const [first, ...rest] = known
    if (!first || rest.length === 0) return null
    const winner = rest.reduce((a, b) => (better(b.is, a.is) ? b : a), first)
    return known.some(({ is, lane }) => lane !== winner.lane && is === winner.is) ? null : winner.lane
  }
  return {
    fastest: best(
      ({ tokensPerSecond }) => tokensPerSecond,
      (a, b) => a > b,
    ),
    soonest: best(
      ({ firstTokenMs }) => firstTokenMs,
      (a, b) => a < b,
    ),
  }
}
