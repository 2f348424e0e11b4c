import type { Amount, GpuAmount } from '@tenantry/contract'
import type { ReadResource, Share } from '../port.ts'
import { gpusOf, readModel } from './gres.ts'
import { presentJob } from './present.ts'
import type { SlurmScope } from './scope.ts'
import { type Account, type Job, type Node, subtree } from './shapes.ts'
import { holdsNodes, isOver, nodeState, takesWork } from './states.ts'

export { type SlurmScope, slurmScope } from './scope.ts'
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
  const now = Date.now()
  const ownJobs = jobsOf(jobs, own)
  const held = holdingsOf(ownJobs)
  const resources = nodes
    .filter(({ partitions }) => partitions.some((name) => scope.partitions.includes(name)))
    .map((node) => presentNode(node, held.get(node.name), scope))
  return { resources, jobs: latest(ownJobs).map((job) => presentJob(job, scope, now)) }
}

const byAccount = new WeakMap<readonly Job[], Map<string, Job[]>>()

/** Of accounts. A cluster has as many tenants as jobs by the thousand: each job is looked at once, not once for every tenant. */
function jobsOf(jobs: readonly Job[], accounts: ReadonlySet<string>): Job[] {
  let grouped = byAccount.get(jobs)
  if (!grouped) {
    grouped = new Map()
    for (const job of jobs) {
      const same = grouped.get(job.account)
      if (same) same.push(job)
      else grouped.set(job.account, [job])
    }
    byAccount.set(jobs, grouped)
  }
  return [...accounts].flatMap((account) => grouped.get(account) ?? [])
}

type Held = { cpus: number; memory: number; gpus: Map<string, number> }

/** What jobs hold, by node. */
function holdingsOf(jobs: readonly Job[]): Map<string, Held> {
  const byNode = new Map<string, Held>()
  for (const job of jobs) {
    if (!holdsNodes(job.states)) continue
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
  const over = (job: Job) => isOver(job.states)
  const finished = jobs.filter(over).sort((a, b) => (b.submittedAt ?? '').localeCompare(a.submittedAt ?? ''))
  return [...jobs.filter((job) => !over(job)), ...finished.slice(0, mostFinished)]
}
