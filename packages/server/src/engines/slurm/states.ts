import type { ResourceState } from '@tenantry/contract'

const has = (words: readonly string[], ...wanted: string[]) => wanted.some((word) => words.includes(word))

/** A node has a base state and any number of flags: never one word. Source: `slurm.h`, node states; sinfo(1). */
export function nodeState(words: readonly string[]): ResourceState {
  if (has(words, 'POWERING_DOWN')) return 'stopping'
  if (has(words, 'POWERED_DOWN', 'POWER_DOWN')) return 'stopped'
  if (has(words, 'POWERING_UP', 'POWER_UP', 'REBOOT_ISSUED')) return 'starting'
  if (has(words, 'DOWN', 'ERROR', 'FAIL', 'NOT_RESPONDING', 'INVALID_REG', 'INVAL')) return 'failed'
  if (has(words, 'DRAIN', 'MAINTENANCE', 'MAINT', 'REBOOT_REQUESTED', 'PLANNED_DOWN', 'BLOCKED')) return 'degraded'
  if (has(words, 'IDLE', 'ALLOCATED', 'ALLOC', 'MIXED', 'COMPLETING', 'RESERVED', 'PLANNED')) return 'running'
  if (has(words, 'FUTURE')) return 'pending'
  return 'unknown'
}

/** Whether a node takes new work. */
export const takesWork = (words: readonly string[]): boolean => nodeState(words) === 'running'

/** Source: squeue(1), job state codes. */
export function jobState(words: readonly string[]): ResourceState {
  if (has(words, 'COMPLETING', 'SIGNALING', 'STAGE_OUT')) return 'stopping'
  if (
    has(words, 'FAILED', 'TIMEOUT', 'OUT_OF_MEMORY', 'NODE_FAIL', 'BOOT_FAIL', 'DEADLINE', 'PREEMPTED', 'LAUNCH_FAILED')
  ) {
    return 'failed'
  }
  if (has(words, 'CONFIGURING', 'POWER_UP_NODE')) return 'starting'
  if (has(words, 'SUSPENDED', 'STOPPED')) return 'degraded'
  if (has(words, 'RUNNING')) return 'running'
  if (has(words, 'PENDING', 'REQUEUED', 'REQUEUE_HOLD', 'REQUEUE_FED', 'SPECIAL_EXIT', 'RESV_DEL_HOLD'))
    return 'pending'
  if (has(words, 'COMPLETED', 'CANCELLED', 'REVOKED')) return 'stopped'
  return 'unknown'
}

/** Whether a job holds what it was given. */
export const holdsNodes = (words: readonly string[]): boolean =>
  ['running', 'stopping', 'starting', 'degraded'].includes(jobState(words))

export const isOver = (words: readonly string[]): boolean => ['failed', 'stopped'].includes(jobState(words))

const ends = [
  ...['OUT_OF_MEMORY', 'TIMEOUT', 'NODE_FAIL', 'BOOT_FAIL', 'PREEMPTED', 'DEADLINE', 'CANCELLED', 'LAUNCH_FAILED'],
  ...['FAILED', 'REVOKED', 'COMPLETED'],
]
/** The word of how a job ended; null while it has not. */
export const endOf = (words: readonly string[]): string | null =>
  isOver(words) ? (ends.find((word) => words.includes(word)) ?? null) : null
