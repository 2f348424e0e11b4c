import { i18n } from './i18n.ts'

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'long' })
const number = new Intl.NumberFormat()

export const formatInstant = (instant: string): string => dateTime.format(new Date(instant))
export const formatNumber = (value: number): string => number.format(value)

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** “3 hours ago”, “in 2 days”, “just now”, “now” where it is still to come. */
export function formatRelative(instant: string, now = Date.now()): string {
  const seconds = (new Date(instant).getTime() - now) / 1000
  const step = steps.find(([, size]) => Math.abs(seconds) >= size)
  if (step) return relative.format(Math.trunc(seconds / step[1]), step[0])
  return seconds <= 0 ? i18n.t('time.justNow') : relative.format(0, 'second')
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })
/** The time of the day to the second; with the date where it is not within the last twelve hours. */
export const formatClock = (instant: string, now = Date.now()): string =>
  Math.abs(now - new Date(instant).getTime()) < 43_200_000 ? clock.format(new Date(instant)) : formatInstant(instant)

const hour = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })
/** “10:42”; with the date where it is not within the last or next twelve hours. */
export const formatHour = (instant: string, now = Date.now()): string =>
  Math.abs(now - new Date(instant).getTime()) < 43_200_000 ? hour.format(new Date(instant)) : formatInstant(instant)

const shortNumber = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })
/** Memory given in MiB: “512 MiB”, “1.5 TiB”. */
export function formatMemory(mebibytes: number): string {
  const step = Math.min(2, Math.floor(Math.log2(Math.max(1, mebibytes)) / 10))
  return `${shortNumber.format(mebibytes / 1024 ** step)} ${['MiB', 'GiB', 'TiB'][step]}`
}

/** “812 B”, “64 kB”, “3.1 MB”: powers of a thousand. */
export function formatBytes(bytes: number): string {
  const step = Math.min(3, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  return `${shortNumber.format(bytes / 1000 ** step)} ${['B', 'kB', 'MB', 'GB'][step]}`
}
