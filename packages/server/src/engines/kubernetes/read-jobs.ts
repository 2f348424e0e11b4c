import type { ReadJob } from '../port.ts'
import { instant } from '../shape.ts'
import { classOf, classToCome, isGpu } from './gpus.ts'
import { indexesIn, mostTasks, rangesOf } from './indexes.ts'
import { type JobState, stateOfJob, stateOfTask } from './job-states.ts'
import { ownerOf } from './names.ts'
import type { Job, Node, Pod } from './objects.ts'
import { askedLabels, nameOfClass } from './placing.ts'
import { requestsOfPod } from './pods.ts'
import { mebibytes, rounded } from './quota.ts'
import { grouped } from './scopes.ts'

/** Finished jobs that are kept of a scope: the latest. */
const mostFinished = 500

export const displayName = 'tenantry/name'
const indexKey = 'batch.kubernetes.io/job-completion-index'

/** What was read of the jobs of a scope; `obstacles` is why pods of jobs could not be made, by the uid of the job. */
export type JobsRead = {
  jobs: readonly Job[]
  pods: readonly Pod[]
  nodes: readonly Node[]
  obstacles: ReadonlyMap<string, string>
}

/** The jobs of a scope: an array is its tasks that have begun, and what of it has not. */
export function readJobs({ jobs, pods, nodes, obstacles }: JobsRead): ReadJob[] {
  const byOwner = grouped(pods, ({ metadata }) => metadata.ownerReferences[0]?.uid ?? '')
  const read = jobs.flatMap((job): ReadJob[] => {
    const { uid } = job.metadata
    const own = uid === null ? [] : (byOwner.get(uid) ?? [])
    if (job.spec.completionMode === 'Indexed') return arrayOf(job, own, nodes, obstacles.get(uid ?? '') ?? null)
    const pod = latestOf(own)
    const state = stateOfJob(job, pod, obstacles.get(uid ?? '') ?? null)
    return [{ ...describe(job, own, nodes, Math.max(1, job.spec.parallelism ?? 1)), ...state }]
  })
  return latest(read)
}

/** Jobs that should have a pod and have none. */
export function lackingPods(jobs: readonly Job[], pods: readonly Pod[]): Job[] {
  const having = new Set(pods.map(({ metadata }) => metadata.ownerReferences[0]?.uid))
  return jobs.filter((job) => !isOver(job) && !having.has(job.metadata.uid))
}

const isOver = ({ status }: Job) =>
  (status?.conditions ?? []).some(({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True')

const latestOf = (pods: readonly Pod[]): Pod | null =>
  pods.reduce<Pod | null>(
    (last, pod) =>
      last === null || (pod.metadata.creationTimestamp ?? '') >= (last.metadata.creationTimestamp ?? '') ? pod : last,
    null,
  )

/** Of which number of its array a pod is; null where it is of none. */
export function indexOfPod({ metadata }: Pod): number | null {
  const told = metadata.annotations[indexKey] ?? metadata.labels[indexKey]
  return told !== undefined && /^\d{1,7}$/.test(told) ? Number(told) : null
}

const over: Omit<JobState, 'state' | 'endReason' | 'nativeState'> = {
  reason: null,
  startedAt: null,
  endedAt: null,
  exitCode: null,
  signal: null,
}

function arrayOf(job: Job, pods: readonly Pod[], nodes: readonly Node[], obstacle: string | null): ReadJob[] {
  const count = Math.min(job.spec.completions ?? 1, mostTasks)
  const completed = indexesIn(job.status?.completedIndexes ?? null)
  const failed = indexesIn(job.status?.failedIndexes ?? null)
  const byIndex = grouped(pods, indexOfPod)
  const whole = describe(job, [], nodes, 1)
  const native = whole.nativeId
  const waiting: number[] = []
  const ended = isOver(job)
  const tasks = Array.from({ length: count }, (_, task): ReadJob[] => {
    const own = byIndex.get(task) ?? []
    const pod = latestOf(own)
    const array = { native, task, waiting: null, waitingCount: 0 }
    const described = { ...describe(job, own, nodes, 1), nativeId: `${native}_${task}`, array }
    if (pod) return [{ ...described, ...stateOfTask(pod) }]
    // Its pod may have been taken away meanwhile; the job remembers.
    if (completed.has(task)) {
      return [
        { ...described, ...over, state: 'stopped', nativeState: ['Succeeded'], endReason: 'COMPLETED', exitCode: 0 },
      ]
    }
    if (failed.has(task))
      return [{ ...described, ...over, state: 'failed', nativeState: ['Failed'], endReason: 'FAILED' }]
    if (ended) return [{ ...described, ...over, state: 'stopped', nativeState: ['Cancelled'], endReason: 'CANCELLED' }]
    waiting.push(task)
    return []
  }).flat()
  if (waiting.length === 0) return tasks
  const { parallelism } = job.spec
  const bound = parallelism !== null && parallelism < count ? `%${parallelism}` : ''
  const array = { native, task: null, waiting: rangesOf(waiting) + bound, waitingCount: waiting.length }
  return [...tasks, { ...whole, ...stateOfJob(job, null, obstacle), startedAt: null, array }]
}

/** What is the same whatever state it is in. `width` is how many pods it has at once. */
function describe(
  job: Job,
  pods: readonly Pod[],
  nodes: readonly Node[],
  width: number,
): Omit<ReadJob, keyof JobState> & JobState {
  const { metadata, spec } = job
  const asked = requestsOfPod({ spec: spec.template.spec })
  const on = [...new Set(pods.flatMap((pod) => pod.spec.nodeName ?? []))]
  const labels = nodes.find((node) => node.metadata.name === on[0])?.metadata.labels
  const told = labels ?? askedLabels(spec.template.spec)
  const gpuModels = [...asked]
    .filter(([resource, amount]) => isGpu(resource) && amount > 0)
    .map(([resource, amount]) => {
      const isTold = labels !== undefined || Object.keys(askedLabels(spec.template.spec)).length > 0
      const which = isTold ? classOf(resource, told) : classToCome(nodes, resource)
      return { model: nameOfClass(which), count: Math.round(amount * width) }
    })
  const seconds = spec.template.spec.activeDeadlineSeconds ?? spec.activeDeadlineSeconds
  return {
    nativeId: `${metadata.namespace}/${metadata.name}`,
    name: (metadata.annotations[displayName] ?? metadata.name).slice(0, 200),
    owner: ownerOf(metadata.labels),
    gpus: gpuModels.reduce((sum, { count }) => sum + count, 0),
    where: metadata.namespace ?? '',
    submittedAt: instant(metadata.creationTimestamp),
    array: null,
    account: null,
    qos: null,
    gpuModels,
    cpus: rounded((asked.get('cpu') ?? 0) * width),
    memoryMiB: mebibytes((asked.get('memory') ?? 0) * width),
    nodeCount: width,
    nodes: on,
    timeLimitMinutes: seconds === null ? null : Math.ceil(seconds / 60),
    expectedStart: null,
    ...over,
    state: 'pending',
    nativeState: [],
    endReason: null,
  }
}

function latest(jobs: ReadJob[]): ReadJob[] {
  const hasEnded = ({ endReason }: ReadJob) => endReason !== null
  const finished = jobs
    .filter(hasEnded)
    .sort((a, b) => (b.submittedAt ?? '').localeCompare(a.submittedAt ?? ''))
    .slice(0, mostFinished)
  return [...jobs.filter((job) => !hasEnded(job)), ...finished]
}
