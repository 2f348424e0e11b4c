import type { NewJob } from '@tenantry/contract'
import type { JobDoc } from '../../platform/database/schema.ts'
import { headRow, jobRow, type putSubmitted } from '../resources/index.ts'
import { tasksOf } from './rules.ts'

/** What is known of a job the moment it was submitted: shown until the engine lists it. */
export function firstRow(
  id: string,
  nativeId: string,
  job: NewJob,
  owner: string,
  now: Date,
): Parameters<typeof putSubmitted>[2] {
  const { name, where, account, qos, nodes, cpus, memoryMiB, gpus, minutes, array } = job
  const count = (gpus?.count ?? 0) * nodes
  const doc: JobDoc = {
    nativeId,
    name,
    owner,
    state: 'pending',
    nativeState: [],
    reason: null,
    gpus: count,
    gpuModels: gpus === null ? [] : [{ model: gpus.model, count }],
    where,
    account,
    qos,
    cpus: cpus * nodes,
    memoryMiB: memoryMiB * nodes,
    nodeCount: nodes,
    nodes: [],
    timeLimitMinutes: minutes,
    submittedAt: now.toISOString(),
    startedAt: null,
    expectedStart: null,
    endedAt: null,
    exitCode: null,
    signal: null,
    endReason: null,
    array: array === null ? null : { native: nativeId, task: null, waiting: array, waitingCount: tasksOf(array) },
  }
  const row = { id, hash: null, owner, seen: now }
  const head =
    array === null ? null : headRow({ ...row, waiting: doc, groups: [], sample: undefined, stored: undefined })
  return head ?? jobRow({ ...row, arrayId: null, doc })
}
