import type { ReadJob } from '../port.ts'
import { gpusOf, gpusOfTres, readModel } from './gres.ts'
import type { SlurmScope } from './scope.ts'
import type { Job } from './shapes.ts'
import { endOf, holdsNodes, isOver, jobState } from './states.ts'

/** Nodes that are named of one job. */
const mostNodes = 64

/** A job as it is told to its tenant. `now` in milliseconds since 1970. */
export function presentJob(job: Job, scope: SlurmScope, now: number): ReadJob {
  const state = jobState(job.states)
  const over = isOver(job.states)
  const gpus = gpusOfJob(job)
  return {
    nativeId: job.id,
    name: job.name,
    owner: job.user,
    state,
    nativeState: job.states,
    reason: job.reason,
    gpus: sum(gpus),
    // A job may be in a partition that is not shown to the tenant: it is theirs all the same.
    where: scope.partitions.includes(job.partition) ? job.partition : job.account,
    submittedAt: job.submittedAt,
    startedAt: holdsNodes(job.states) || over ? job.startedAt : null,
    array: job.array && {
      native: job.array.id,
      task: job.array.task,
      waiting: job.array.waiting,
      waitingCount: job.array.waitingCount,
    },
    account: job.account,
    qos: job.qos || null,
    gpuModels: [...gpus].map(([type, count]) => ({ model: nameOf(type), count })),
    cpus: job.cpus,
    memoryMiB: Math.round(job.memory * job.nodeCount),
    nodeCount: job.nodeCount,
    nodes: job.nodes.slice(0, mostNodes),
    timeLimitMinutes: job.timeLimitMinutes,
    expectedStart:
      state === 'pending' && job.startedAt !== null && Date.parse(job.startedAt) > now ? job.startedAt : null,
    endedAt: over ? job.endedAt : null,
    exitCode: over ? job.exit.code : null,
    signal: over ? job.exit.signal : null,
    endReason: endOf(job.states),
  }
}

const sum = (byModel: Map<string, number>): number => [...byModel.values()].reduce((total, count) => total + count, 0)

function nameOf(type: string): string {
  const { model, profile } = readModel(type)
  return profile === null ? model : `${model} ${profile}`
}

/** By type, of what it holds; while it waits, and once it is over, of what it asked for. */
function gpusOfJob(job: Job): Map<string, number> {
  const held = new Map<string, number>()
  const add = (more: Map<string, number>, times: number) => {
    for (const [type, count] of more) held.set(type, (held.get(type) ?? 0) + count * times)
    return held.size > 0
  }
  for (const detail of job.gresDetail) add(gpusOf(detail), 1)
  if (held.size > 0 || add(gpusOf(job.tresPerJob), 1) || add(gpusOf(job.tresPerNode), job.nodeCount)) return held
  return gpusOfTres(job.tres)
}
