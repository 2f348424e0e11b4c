import type { ModelUsage } from '@tenantry/contract'

/** Days at most, as the server answers for. */
export const mostDays = 366
const day = 86_400_000
export const presets = [7, 30, 90] as const
export type Range = { from: string; to: string }

const textOf = (time: number): string => new Date(time).toISOString().slice(0, 10)
export const today = (now = Date.now()): string => textOf(now)
const plus = (of: string, days: number): string => textOf(Date.parse(of) + days * day)
// A browser takes the 31st of February for a day of March.
const isDay = (text: string): boolean => !Number.isNaN(Date.parse(text)) && textOf(Date.parse(text)) === text
/** How many days there are, the first and the last included. */
export const daysIn = ({ from, to }: Range): number => Math.round((Date.parse(to) - Date.parse(from)) / day) + 1

/** The last `days` days, today included. UTC. */
export const lastDays = (days: number, now = Date.now()): Range => ({
  from: plus(today(now), 1 - days),
  to: today(now),
})

/** What cannot be asked for: a day that is none, the last before the first, or too many. */
export function wrongRange({ from, to }: Range): 'rangeEmpty' | 'rangeWrong' | null {
  if (!isDay(from) || !isDay(to)) return 'rangeEmpty'
  const days = daysIn({ from, to })
  return days < 1 || days > mostDays ? 'rangeWrong' : null
}

/** What the address asks for. Without a last day: until today. Without anything usable: the last 30 days. */
export function rangeOf({ from, to }: { from?: string; to?: string }, now = Date.now()): Range {
  const asked = { from: from ?? '', to: to ?? today(now) }
  return wrongRange(asked) ? lastDays(30, now) : asked
}

/** Which of the usual ranges it is, if any. */
export const presetOf = (range: Range, now = Date.now()): (typeof presets)[number] | null =>
  presets.find((days) => {
    const { from, to } = lastDays(days, now)
    return from === range.from && to === range.to
  }) ?? null

type Day = ModelUsage['days'][number]
/** Every day of a range; those without any use as well. */
export function everyDay(days: Day[], { from, to }: Range): Day[] {
  const byDay = new Map(days.map((one) => [one.day, one]))
  const nothing = { requests: 0, failed: 0, inputTokens: 0, outputTokens: 0, estimatedTokens: 0, cost: {} }
  return Array.from({ length: Math.max(0, daysIn({ from, to })) }, (_, index) => {
    const of = plus(from, index)
    return byDay.get(of) ?? { day: of, ...nothing }
  })
}

/** The next of 1, 2, 5, 10, 20, 50 …: where an axis ends. At least 10, so that its half is a whole number. */
export function axisEnd(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(10, most)))
  return [1, 2, 5, 10].map((step) => step * power).find((end) => end >= most) ?? 10
}

const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' })
export const formatDay = (of: string): string => date.format(Date.parse(of))
