import type { Job } from '@tenantry/contract'
import { formatMemory } from '../../app/format.ts'
import { i18n } from '../../app/i18n.ts'
import { formatDuration } from './durations.ts'
import './messages.ts'

// As the contract has them, without the schemas that would come along.
const known = [
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'TIMEOUT',
  'OUT_OF_MEMORY',
  'NODE_FAIL',
  'BOOT_FAIL',
  'PREEMPTED',
  'DEADLINE',
] as const
export type KnownEnd = (typeof known)[number]

export const knownEnd = (reason: string | null): KnownEnd | null => known.find((one) => one === reason) ?? null

/** How it is, or why it is over, in a word or two. What the engine calls it stands in a tooltip. */
export function stateInWords({ state, endReason }: Pick<Job, 'state' | 'endReason'>): string {
  const end = knownEnd(endReason)
  return end ? i18n.t(`jobs.ended.${end}`) : (endReason ?? i18n.t(`jobs.state.${state}`))
}

/** What the engine calls it, with how it left. */
export const nativeState = ({ nativeState, endReason, exitCode, signal }: Job): string =>
  [
    ...new Set([...nativeState, ...(endReason ? [endReason] : [])]),
    ...(exitCode !== null ? [i18n.t('jobs.exit', { code: exitCode })] : []),
    ...(signal ? [i18n.t('jobs.signal', { signal })] : []),
  ].join(' ')

/** Why it is over and what helps, in a sentence or two; null where there is nothing to say. */
export function endSentence(job: Job): string | null {
  const { t } = i18n
  const end = knownEnd(job.endReason)
  if (!end || end === 'COMPLETED') return null
  if (end === 'FAILED') {
    if (job.signal) return t('jobs.why.signal', { signal: job.signal })
    if (job.exitCode === 127) return t('jobs.why.notFound')
    return job.exitCode === null ? t('jobs.why.FAILED') : t('jobs.why.exit', { code: job.exitCode })
  }
  if (end === 'OUT_OF_MEMORY') {
    const asked = formatMemory(job.memoryMiB / Math.max(1, job.nodeCount))
    return t(job.nodeCount > 1 ? 'jobs.why.memoryEach' : 'jobs.why.OUT_OF_MEMORY', { asked })
  }
  if (end === 'TIMEOUT' && job.timeLimitMinutes !== null)
    return t('jobs.why.timeLimit', { limit: formatDuration(job.timeLimitMinutes * 60) })
  return t(`jobs.why.${end}`)
}
