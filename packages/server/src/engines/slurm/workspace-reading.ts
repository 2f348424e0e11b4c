import type { WorkspaceReading } from '../port.ts'
import type { Job } from './shapes.ts'
import { endOf, isOver, jobState } from './states.ts'

/** Why a job waits, in words (squeue(1), job reason codes). */
const waits: [RegExp, string][] = [
  [/^Resources$/, 'It waits for free resources.'],
  [/^Priority$/, 'Others are before it in the queue.'],
  [/^(Dependency|DependencyNeverSatisfied)$/, 'It waits for the one before to end.'],
  [/NotAvail|Nodes_required|ReqNodeNotAvail/, 'The nodes it needs are not available just now.'],
  [/^(PartitionDown|PartitionInactive)$/, 'The partition takes no work just now.'],
  [/TimeLimit/, 'It asks for more time than the partition permits.'],
  [/^(QOS|Assoc)/, 'A limit of the cluster is reached: it waits until something else ends.'],
  [/^JobHeld/, 'It is held at the cluster.'],
]

/** Why it ended, in words. */
const ends: Record<string, string> = {
  TIMEOUT: 'It reached its time limit.',
  OUT_OF_MEMORY: 'It ran out of memory.',
  NODE_FAIL: 'Its node failed.',
  BOOT_FAIL: 'Its node did not start.',
  PREEMPTED: 'It gave way to a job of higher priority.',
  DEADLINE: 'Its deadline passed.',
  LAUNCH_FAILED: 'The cluster could not start it.',
}

/** What a workspace’s job says of it. `address` is null until its server has answered; only for one that runs. */
export function readingOf(job: Job, address: WorkspaceReading['address']): WorkspaceReading {
  const base = { handle: job.number, events: eventsOf(job), address: null }
  const state = jobState(job.states)
  if (isOver(job.states)) return { ...base, ...overOf(job) }
  if (state === 'pending') return { ...base, phase: 'queued', reason: waitOf(job) }
  if (state === 'stopping') return { ...base, phase: 'stopping', reason: null }
  if (state === 'starting') return { ...base, phase: 'starting', reason: 'Its node is made ready.' }
  if (state === 'degraded') return { ...base, phase: 'starting', reason: 'It is suspended at the cluster.' }
  return address === null
    ? { ...base, phase: 'starting', reason: 'Its server starts.' }
    : { ...base, phase: 'ready', reason: null, address }
}

function waitOf({ reason, startedAt }: Job): string {
  const [, text] = waits.find(([pattern]) => reason !== null && pattern.test(reason)) ?? [
    null,
    'It waits in the queue.',
  ]
  const expected = startedAt !== null && Date.parse(startedAt) > Date.now() ? startedAt : null
  return expected === null ? text : `${text} Expected to start at ${expected.slice(0, 16).replace('T', ' ')} UTC.`
}

function overOf(job: Job): Pick<WorkspaceReading, 'phase' | 'reason'> {
  const end = endOf(job.states) ?? ''
  if (end === 'CANCELLED' || end === 'REVOKED') return { phase: 'missing', reason: 'It was cancelled at the cluster.' }
  const { code, signal } = job.exit
  // The script ends so after it was told to.
  if (end === 'COMPLETED' && code === 0) return { phase: 'failed', reason: 'Its server ended.' }
  if (code === 127) return { phase: 'failed', reason: 'There is no notebook server on its node: its log says more.' }
  const how = signal !== null ? ` (signal ${signal})` : code !== null ? ` (exit code ${code})` : ''
  return { phase: 'failed', reason: ends[end] ?? `Its server ended by itself${how}.` }
}

function eventsOf(job: Job): WorkspaceReading['events'] {
  const events: WorkspaceReading['events'] = []
  if (job.submittedAt) events.push({ at: job.submittedAt, text: `Submitted as job ${job.number}.`, warning: false })
  const begun = jobState(job.states) !== 'pending' && job.nodes.length > 0
  if (begun && job.startedAt) {
    events.push({ at: job.startedAt, text: `Started on ${job.nodes.join(', ')}.`, warning: false })
  }
  return events
}

/**
 * The port that the script of a job said its server answers at; null before. The log may still be of a job before, and whoever
 * owns it may have written anything there.
 */
export function portIn(log: string, job: string): number | null {
  const lines = log.matchAll(/^TENANTRY_READY \S+ (\d{1,5}) (\d+)$/gm)
  const port = Number([...lines].find(([, , of]) => of === job)?.[1] ?? 0)
  return port >= 1024 && port <= 65_535 ? port : null
}

/** What the script wrote of the busiest GPU, in percent; null where it is not known. */
export function gpuPercentIn(text: string | null): number | null {
  const percent = Number(/^TENANTRY_USE \{"gpu":(\d{1,3})\}$/m.exec(text ?? '')?.[1] ?? Number.NaN)
  return percent >= 0 && percent <= 100 ? percent : null
}
