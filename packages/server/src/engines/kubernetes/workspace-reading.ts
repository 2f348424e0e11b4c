import type { WorkspaceReading } from '../port.ts'
import { told } from './events.ts'
import type { Anything, Event, Pod } from './objects.ts'
import { troubleOf } from './pods.ts'
import { port } from './workspace-objects.ts'

/** What was read of a workspace; null is what is not there. */
export type WorkspaceRead = { handle: string; set: Anything | null; pod: Pod | null; events: readonly Event[] }

/** How a workspace is, by its stateful set, its one pod and what was told of both. */
export function readingOf({ handle, set, pod, events }: WorkspaceRead): WorkspaceReading {
  const reading = (phase: WorkspaceReading['phase'], reason: string | null = null): WorkspaceReading => ({
    phase,
    reason,
    address: null,
    handle,
    events: told(events),
  })
  if (set === null) return pod === null ? reading('missing') : reading('stopping')
  if (set.metadata.deletionTimestamp !== null) return reading('stopping')
  if (pod === null) {
    // Also: it is being replaced, or what took the place that was there when it was tried.
    const refused = events.findLast(
      ({ reason, involvedObject: { kind } }) => reason === 'FailedCreate' && kind === 'StatefulSet',
    )
    return reading('queued', refused?.message ?? null)
  }
  if (pod.metadata.deletionTimestamp !== null) return reading('starting', 'Its pod is being replaced.')
  const trouble = troubleOf(pod)
  if (trouble?.word === 'Unschedulable') return reading('queued', trouble.said)
  // What it failed for is told; the stateful set makes a new pod in its place.
  if (pod.status?.phase === 'Failed') return reading('starting', trouble?.said ?? null)
  if (trouble) return reading('failed', whyOf(pod, trouble))
  if (pod.spec.nodeName === null) return reading('queued')
  const host = pod.status?.podIP
  const isReady = pod.status?.conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
  if (isReady && host) return { ...reading('ready'), address: { host, port } }
  const main = pod.status?.containerStatuses[0]
  if (main?.state?.running == null && isPulling(pod, events)) return reading('pulling')
  return reading('starting', main && (main.restartCount ?? 0) > 0 ? endedAs(pod) : null)
}

/** Why it is tried again and again says how it ended before; why it cannot be begun says Kubernetes. */
const whyOf = (pod: Pod, { word, said }: { word: string; said: string }): string =>
  word === 'CrashLoopBackOff' ? (endedAs(pod) ?? said) : said

/** How its container ended the last time. */
function endedAs({ status }: Pod): string | null {
  const [main] = status?.containerStatuses ?? []
  const end = main?.state?.terminated ?? main?.lastState?.terminated
  if (!end) return null
  const times = main?.restartCount ?? 0
  const again = times > 0 ? ` It was begun again ${times === 1 ? 'once' : `${times} times`}.` : ''
  if (end.reason === 'OOMKilled') return `It used more memory than it has.${again}`
  return `Its server ended${end.exitCode === null ? '' : ` with exit code ${end.exitCode}`}.${again}${end.message ? ` ${end.message}` : ''}`
}

/** By the last that was told of its image: only events tell. */
function isPulling({ metadata }: Pod, events: readonly Event[]): boolean {
  const own = events.filter(({ involvedObject: { kind, uid } }) => kind === 'Pod' && uid === metadata.uid)
  return own.findLast(({ reason }) => reason === 'Pulling' || reason === 'Pulled')?.reason === 'Pulling'
}
