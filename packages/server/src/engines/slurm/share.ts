import type { Amount, GpuAmount, Scope } from '@tenantry/contract'
import type { ReadJob, ReadResource, Share } from '../port.ts'
import { gpusOf, readModel } from './gres.ts'
import { type Account, type Job, type Node, subtree } from './shapes.ts'
import { jobState, nodeState, takesWork } from './states.ts'

export type SlurmScope = Extract<Scope, { kind: 'slurm' }>
export type Cluster = { nodes: readonly Node[]; jobs: readonly Job[]; accounts: readonly Account[] }

/** Finished jobs that are kept of a tenant: the latest. */
const mostFinished = 500

/**
 * The part of a cluster that is a tenant's: the nodes of its partitions and the jobs of its accounts. Everybody with a token
 * sees all of Slurm, so this is the wall: nothing leaves here that names another tenant's job, user, account or partition.
 * What others use of a shared node is missing from `used` and from `free`, and from nowhere else.
 */
export function shareOf({ nodes, jobs, accounts }: Cluster, scope: SlurmScope, all: readonly SlurmScope[]): Share {
  const others = all.flatMap((other) => (other === scope ? [] : other.accounts))
  const own = subtree(accounts, scope.accounts, others)
  const ownJobs = jobs.filter(({ account }) => own.has(account))
  const held = holdingsOf(ownJobs)
  const resources = nodes
    .filter(({ partitions }) => partitions.some((name) => scope.partitions.includes(name)))
    .map((node) => presentNode(node, held.get(node.name), scope))
  return { resources, jobs: latest(ownJobs).map((job) => presentJob(job, scope)) }
}

type Held = { cpus: number; memory: number; gpus: Map<string, number> }

/** What jobs hold, by node. */
function holdingsOf(jobs: readonly Job[]): Map<string, Held> {
  const byNode = new Map<string, Held>()
  for (const job of jobs) {
    if (!holdsNodes(job)) continue
    for (const [index, name] of job.nodes.entries()) {
      const held = byNode.get(name) ?? { cpus: 0, memory: 0, gpus: new Map() }
      held.cpus += job.cpus / job.nodeCount
      held.memory += job.memory
      for (const [type, count] of gpusOf(job.gresDetail[index])) held.gpus.set(type, (held.gpus.get(type) ?? 0) + count)
      byNode.set(name, held)
    }
  }
  return byNode
}

const holdsNodes = ({ states }: Job): boolean =>
  ['running', 'stopping', 'starting', 'degraded'].includes(jobState(states))

function presentNode(node: Node, held: Held | undefined, scope: SlurmScope): ReadResource {
  const state = nodeState(node.states)
  const open = takesWork(node.states)
  const taken = gpusOf(node.gresUsed)
  return {
    kind: 'slurm',
    nativeId: node.name,
    name: node.name,
    state,
    nativeState: node.states,
    reason: state === 'running' ? null : node.reason,
    cpus: amount(node.cpus, held?.cpus ?? 0, node.allocatedCpus, open),
    memoryMiB: amount(node.memory, held?.memory ?? 0, node.allocatedMemory, open),
    gpus: [...gpusOf(node.gres)].map(
      ([type, total]): GpuAmount => ({
        ...readModel(type),
        ...amount(total, held?.gpus.get(type) ?? 0, taken.get(type) ?? 0, open),
      }),
    ),
    facts: [
      { name: 'Partitions', value: node.partitions.filter((name) => scope.partitions.includes(name)).join(', ') },
    ],
    power: [],
    createdAt: null,
  }
}

/** `taken` is everybody's use, `used` the tenant's own. A node that takes no work has nothing free. */
function amount(total: number, used: number, taken: number, open: boolean): Amount {
  const own = Math.min(total, Math.round(used))
  return { total, used: own, free: open ? Math.max(0, total - Math.max(taken, own)) : 0 }
}

function latest(jobs: readonly Job[]): Job[] {
  const over = (job: Job) => ['failed', 'stopped'].includes(jobState(job.states))
  const finished = jobs.filter(over).sort((a, b) => (b.submittedAt ?? '').localeCompare(a.submittedAt ?? ''))
  return [...jobs.filter((job) => !over(job)), ...finished.slice(0, mostFinished)]
}

function presentJob(job: Job, scope: SlurmScope): ReadJob {
  const state = jobState(job.states)
  return {
    nativeId: job.id,
    name: job.name,
    owner: job.user,
    state,
    nativeState: job.states,
    reason: job.reason,
    gpus: gpusOfJob(job),
    // A job may be in a partition that is not shown to the tenant: it is theirs all the same.
    where: scope.partitions.includes(job.partition) ? job.partition : job.account,
    submittedAt: job.submittedAt,
    startedAt: holdsNodes(job) || state === 'failed' || state === 'stopped' ? job.startedAt : null,
    array: null,
    account: job.account,
    qos: null,
    gpuModels: [],
    cpus: job.cpus,
    memoryMiB: job.memory * job.nodeCount,
    nodeCount: job.nodeCount,
    nodes: job.nodes,
    timeLimitMinutes: null,
    expectedStart: null,
    endedAt: null,
    exitCode: null,
    signal: null,
    endReason: null,
  }
}

const sum = (byModel: Map<string, number>): number => [...byModel.values()].reduce((total, count) => total + count, 0)

/** Of what it holds; while it waits, of what it asked for. */
function gpusOfJob(job: Job): number {
  const held = job.gresDetail.reduce((total, detail) => total + sum(gpusOf(detail)), 0)
  if (held > 0) return held
  return sum(gpusOf(job.tresPerJob)) || sum(gpusOf(job.tresPerNode)) * job.nodeCount
}
