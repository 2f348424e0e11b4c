import type { Job } from '@tenantry/contract'
import { i18n } from '../../app/i18n.ts'
import { formatDuration } from './durations.ts'
import { goesOn } from './job-search.ts'
import './messages.ts'

const secondsBetween = (from: string, to: number | string): number =>
  Math.max(0, (new Date(to).getTime() - new Date(from).getTime()) / 1000)

/** How long it has run, or ran; null where it has not begun. Seconds. */
export function ranSeconds({ startedAt, endedAt, ...job }: Job, now: number): number | null {
  if (startedAt === null) return null
  if (endedAt !== null) return secondsBetween(startedAt, endedAt)
  return goesOn(job) && job.state !== 'pending' ? secondsBetween(startedAt, now) : null
}

/** When it starts, how long it has run of how long it may, or how long it ran. */
export function timeInWords(job: Job, now: number): string {
  const { t } = i18n
  const ran = ranSeconds(job, now)
  if (job.state === 'pending') {
    if (job.expectedStart !== null) {
      const left = (new Date(job.expectedStart).getTime() - now) / 1000
      // A minute more or less is more than the engine knows.
      return left < 60 ? t('jobs.time.startsSoon') : t('jobs.time.startsIn', { time: formatDuration(roughly(left)) })
    }
    return job.submittedAt === null
      ? t('jobs.state.pending')
      : t('jobs.time.waits', { time: formatDuration(secondsBetween(job.submittedAt, now)) })
  }
  if (!goesOn(job)) {
    if (ran !== null) return t('jobs.time.ran', { time: formatDuration(ran) })
    return job.startedAt === null ? t('jobs.time.neverRan') : ''
  }
  if (ran === null) return ''
  return job.timeLimitMinutes === null
    ? t('jobs.time.runs', { time: formatDuration(ran) })
    : t('jobs.time.of', { time: formatDuration(ran), limit: formatDuration(job.timeLimitMinutes * 60) })
}

const roughly = (seconds: number): number => (seconds < 3600 ? seconds : Math.round(seconds / 300) * 300)
