import type { ReadJob } from '../port.ts'
import { instant } from '../shape.ts'
import type { Job, Pod } from './objects.ts'
import { hasEnded, troubleOf } from './pods.ts'

/** How a job is, or one task of it. */
export type JobState = Pick<
  ReadJob,
  'state' | 'nativeState' | 'reason' | 'startedAt' | 'endedAt' | 'exitCode' | 'signal' | 'endReason'
>

const waits: JobState = {
  state: 'pending',
  nativeState: [],
  reason: null,
  startedAt: null,
  endedAt: null,
  exitCode: null,
  signal: null,
  endReason: null,
}

/** `pod` is the latest of it, null where it has none. `obstacle` is why none could be made. */
export function stateOfJob(job: Job, pod: Pod | null, obstacle: string | null): JobState {
  const { metadata, spec, status } = job
  const is = (type: string) => status?.conditions.find((each) => each.type === type && each.status === 'True')
  const complete = is('Complete')
  const failed = is('Failed')
  const startedAt = pod === null ? instant(status?.startTime ?? null) : startOf(pod)
  if (complete) {
    const endedAt = instant(status?.completionTime ?? complete.lastTransitionTime)
    const exitCode = pod === null ? 0 : (endOf(pod)?.exitCode ?? 0)
    return {
      ...waits,
      state: 'stopped',
      nativeState: ['Complete'],
      startedAt,
      endedAt,
      exitCode,
      endReason: 'COMPLETED',
    }
  }
  if (failed) {
    const endedAt = (pod && instant(endOf(pod)?.finishedAt ?? null)) ?? instant(failed.lastTransitionTime)
    const why = failed.reason === 'DeadlineExceeded' ? timedOut : pod === null ? null : endingOf(pod)
    const nativeState = ['Failed', ...(failed.reason ? [failed.reason] : [])]
    return {
      ...waits,
      ...(why ?? { endReason: 'FAILED', reason: failed.message }),
      state: 'failed',
      nativeState,
      startedAt,
      endedAt,
      ...(pod && exitOf(pod)),
    }
  }
  if (metadata.deletionTimestamp !== null)
    return { ...waits, state: 'stopping', nativeState: ['Terminating'], startedAt }
  if (spec.suspend) return { ...waits, nativeState: ['Suspended'], reason: 'It waits to be let in (suspended).' }
  if (pod === null) return { ...waits, reason: obstacle }
  return stateOfPod(pod)
}

/** Of a task of an array, whose pod is all there is of it. */
export function stateOfTask(pod: Pod): JobState {
  const startedAt = startOf(pod)
  const endedAt = instant(endOf(pod)?.finishedAt ?? null)
  if (pod.status?.phase === 'Succeeded') {
    const ended: JobState = { ...waits, state: 'stopped', nativeState: ['Succeeded'], startedAt, endedAt }
    return { ...ended, exitCode: 0, endReason: 'COMPLETED' }
  }
  if (pod.status?.phase === 'Failed') {
    return { ...waits, state: 'failed', nativeState: ['Failed'], startedAt, endedAt, ...endingOf(pod), ...exitOf(pod) }
  }
  return stateOfPod(pod)
}

/** While it lasts: an ended pod is one whose job has yet to say what that means for it. */
function stateOfPod(pod: Pod): JobState {
  const { metadata, status } = pod
  const phase = status?.phase ?? 'Pending'
  const startedAt = startOf(pod)
  if (metadata.deletionTimestamp !== null)
    return { ...waits, state: 'stopping', nativeState: ['Terminating'], startedAt }
  if (hasEnded(pod)) return { ...waits, state: 'stopping', nativeState: [phase], startedAt }
  const trouble = troubleOf(pod)
  if (trouble) return { ...waits, nativeState: [phase, trouble.word], reason: trouble.said, startedAt }
  if (phase === 'Running') return { ...waits, state: 'running', nativeState: [phase], startedAt }
  if (phase === 'Unknown') return { ...waits, state: 'unknown', nativeState: [phase], startedAt }
  const isPlaced = pod.spec.nodeName !== null
  return { ...waits, state: isPlaced ? 'starting' : 'pending', nativeState: [phase] }
}

const timedOut = { endReason: 'TIMEOUT', reason: 'It ran for longer than it may.' }

/** Of the container that the job is: the first. What stands beside it ends for reasons of its own. */
const mainOf = ({ spec, status }: Pod) => {
  const statuses = status?.containerStatuses ?? []
  return (statuses.find(({ name }) => name === spec.containers[0]?.name) ?? statuses[0])?.state ?? null
}
const endOf = (pod: Pod) => mainOf(pod)?.terminated ?? null
const startOf = (pod: Pod) => instant(mainOf(pod)?.running?.startedAt ?? endOf(pod)?.startedAt ?? null)
const exitOf = (pod: Pod) => ({ exitCode: endOf(pod)?.exitCode ?? null, signal: endOf(pod)?.signal || null })

/** Why a pod that failed did, in the words that Slurm has for it, by the reasons that the kubelet and the controllers give. */
function endingOf(pod: Pod): Pick<JobState, 'endReason' | 'reason'> {
  const { status } = pod
  const end = endOf(pod)
  const disruption = status?.conditions.find(({ type, status: is }) => type === 'DisruptionTarget' && is === 'True')
  const words = [status?.reason, disruption?.reason].filter((word) => word != null)
  const has = (...wanted: string[]) => words.some((word) => wanted.includes(word))
  const said = status?.message || disruption?.message || null
  if (has('DeadlineExceeded')) return timedOut
  if (end?.reason === 'OOMKilled')
    return { endReason: 'OUT_OF_MEMORY', reason: 'It used more memory than it asked for.' }
  if (has('Preempting', 'Preempted', 'PreemptionByScheduler')) return { endReason: 'PREEMPTED', reason: said }
  if (has('NodeLost', 'NodeShutdown', 'Shutdown', 'Terminated', 'DeletionByTaintManager', 'DeletionByPodGC')) {
    return { endReason: 'NODE_FAIL', reason: said }
  }
  const exit = end?.exitCode == null ? null : `It ended with exit code ${end.exitCode}.`
  return { endReason: 'FAILED', reason: end?.message || said || exit }
}
