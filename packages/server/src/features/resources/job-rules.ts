import { hash } from 'node:crypto'
import type { ResourceState } from '@tenantry/contract'
import type { ReadJob } from '../../engines/port.ts'
import type { JobDoc, JobStates } from '../../platform/database/schema.ts'
import { type HeadRow, type JobRow, type StoredHead, type TaskGroup, vanished } from './job-store.ts'
import { isRunning } from './summary.ts'

/** 0 runs, 1 waits, 2 is over. */
export const rankOf = (state: ResourceState): number => (isRunning(state) ? 0 : state === 'pending' ? 1 : 2)

const mostNodes = 64
// What jsonb cannot hold.
const unfit = /[\0\p{Cs}]/gu
const fit = (text: string): string => text.replace(unfit, '\ufffd')

/** A job with its owner's name as it is here; `owner` is null where it is nobody's of the tenant. */
export function presentJob(job: ReadJob, prefix: string): { doc: JobDoc; owner: string | null } {
  const own = job.owner.startsWith(prefix)
  const doc = {
    ...job,
    name: fit(job.name),
    reason: job.reason === null ? null : fit(job.reason),
    owner: own ? job.owner.slice(prefix.length) : job.owner,
    nodes: job.nodes.length > mostNodes ? job.nodes.slice(0, mostNodes) : job.nodes,
  }
  return { doc, owner: own ? doc.owner : null }
}

// To see whether something changed, not to prove it: short, since one of each job is kept in memory.
export const hashOfJob = (doc: JobDoc): string => hash('sha1', JSON.stringify(doc), 'base64url')

const nameKey = (name: string): string => name.toLowerCase().slice(0, 200)

type Kept = { id: string; arrayId: string | null; hash: string | null; doc: JobDoc; owner: string | null; seen: Date }

/** The row of a job. `seen` stands for when it ended, where the engine does not say. */
export function jobRow({ id, arrayId, hash, doc, owner, seen }: Kept): JobRow {
  const rank = rankOf(doc.state)
  return {
    id,
    native_id: doc.nativeId,
    array_id: arrayId,
    task: doc.array?.task ?? null,
    owner,
    name_key: nameKey(doc.name),
    state: doc.state,
    rank,
    submitted_at: doc.submittedAt,
    ended_at: rank === 2 ? (doc.endedAt ?? seen.toISOString()) : null,
    hash,
    doc,
  }
}

type Known = {
  id: string
  hash: string | null
  /** What has not begun yet, as it was read; null: nothing of it is listed. */
  waiting: JobDoc | null
  groups: readonly TaskGroup[]
  sample: Pick<StoredHead, 'doc'> | undefined
  stored: Pick<StoredHead, 'doc'> | undefined
  owner: string | null
  seen: Date
}

const order: readonly ResourceState[] = ['running', 'starting', 'degraded', 'stopping', 'pending', 'failed', 'unknown']

/**
 * The row that stands for an array, from its tasks and what of it waits. It runs where any runs, else waits where any
 * waits, else failed where any failed. It takes what its running tasks take; while none runs, what one would.
 */
export function headRow({ id, hash, waiting, groups, sample, stored, owner, seen }: Known): HeadRow | null {
  const base = waiting ?? sample?.doc ?? stored?.doc
  if (!base) return null
  const counts = new Map<ResourceState, number>()
  const count = (state: ResourceState, n: number) => n > 0 && counts.set(state, (counts.get(state) ?? 0) + n)
  for (const { state, n } of groups) count(state, n)
  if (waiting) count(waiting.state, Math.max(1, waiting.array?.waitingCount ?? 1))
  const gone = counts.size === 0
  if (gone) count('unknown', stored?.doc.array?.waitingCount || 1)
  const states: JobStates = [...counts].map(([state, n]) => ({ state, count: n }))
  const state = order.find((one) => counts.has(one)) ?? 'stopped'
  const rank = rankOf(state)
  const alike = groups.find((group) => group.state === state)
  const running = groups.reduce((sum, group) => sum + (rankOf(group.state) === 0 ? group.n : 0), 0)
  const times = Math.max(1, running)
  const native = base.array?.native ?? base.nativeId
  const least = (...of: (string | null | undefined)[]) => of.filter((one) => one != null).sort()[0] ?? null
  const endedAt =
    rank === 2
      ? (groups
          .flatMap(({ ended }) => ended ?? [])
          .concat(waiting?.endedAt ?? [])
          .sort()
          .at(-1) ?? null)
      : null
  const doc: JobDoc = {
    ...base,
    nativeId: native,
    state,
    nativeState: alike?.native ?? waiting?.nativeState ?? [],
    reason: gone ? vanished : waiting?.state === state ? waiting.reason : (alike?.reason ?? null),
    array: {
      native,
      task: null,
      waiting: waiting?.array?.waiting ?? null,
      waitingCount: waiting?.array?.waitingCount ?? 0,
    },
    submittedAt: least(waiting?.submittedAt, ...groups.map(({ submitted }) => submitted)),
    startedAt: least(...groups.map(({ started }) => started)),
    endedAt,
    endReason: rank === 2 ? (alike?.end_reason ?? waiting?.endReason ?? null) : null,
    exitCode: null,
    signal: null,
    nodes: [],
    gpus: base.gpus * times,
    gpuModels: base.gpuModels.map(({ model, count: n }) => ({ model, count: n * times })),
    cpus: base.cpus * times,
    memoryMiB: base.memoryMiB * times,
    nodeCount: base.nodeCount * times,
  }
  doc.submittedAt ??= stored?.doc.submittedAt ?? null
  const { array_id: _, task: __, ...row } = jobRow({ id, arrayId: null, hash, doc, owner, seen })
  return { ...row, waiting, states, tasks: states.reduce((sum, one) => sum + one.count, 0) }
}
