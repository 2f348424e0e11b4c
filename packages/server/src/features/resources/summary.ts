import type { Amount, GpuAmount, ResourceKind, ResourceState } from '@tenantry/contract'
import type { ReadJob, ReadResource } from '../../engines/port.ts'
import type { ShareSummary } from '../../platform/database/schema.ts'

type Part = NonNullable<ShareSummary[ResourceKind]>

/** The worst first: what a person would look at. */
const attentionOrder: readonly ResourceState[] = ['failed', 'degraded', 'unknown']
const mostAttention = 5

/** What the cards say of one reading of one engine. `idOf` is the id under which people know a resource. */
export function summarize(
  resources: readonly ReadResource[],
  jobs: readonly ReadJob[] | null,
  idOf: (resource: ReadResource) => string,
): ShareSummary {
  const kinds = new Set(resources.map(({ kind }) => kind))
  if (jobs !== null) kinds.add('slurm')
  return Object.fromEntries(
    [...kinds].map((kind) => [
      kind,
      partOf(
        resources.filter((resource) => resource.kind === kind),
        kind === 'slurm' ? jobs : null,
        idOf,
      ),
    ]),
  )
}

function partOf(
  resources: ReadResource[],
  jobs: readonly ReadJob[] | null,
  idOf: (resource: ReadResource) => string,
): Part {
  const counts = new Map<ResourceState, number>()
  for (const { state } of resources) counts.set(state, (counts.get(state) ?? 0) + 1)
  const attention = attentionOrder.flatMap((state) => resources.filter((resource) => resource.state === state))
  return {
    count: resources.length,
    states: [...counts].map(([state, count]) => ({ state, count })),
    gpus: sumGpus(resources.map(({ gpus }) => gpus)),
    cpus: sumAmounts(resources.map(({ cpus }) => cpus)),
    memoryMiB: sumAmounts(resources.map(({ memoryMiB }) => memoryMiB)),
    jobs: jobs && {
      running: jobs.filter(({ state }) => isRunning(state)).length,
      pending: jobs.filter(({ state }) => state === 'pending').length,
    },
    attention: attention.slice(0, mostAttention).map((resource) => ({
      id: idOf(resource),
      name: resource.name,
      state: resource.state,
      reason: resource.reason,
    })),
  }
}

export const isRunning = (state: ResourceState): boolean =>
  ['starting', 'running', 'stopping', 'degraded'].includes(state)

/** The cards' parts of several engines as one. */
export function sumParts(parts: readonly Part[]): Part {
  const counts = new Map<ResourceState, number>()
  for (const { states } of parts)
    for (const { state, count } of states) counts.set(state, (counts.get(state) ?? 0) + count)
  const jobs = parts.flatMap((part) => part.jobs ?? [])
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    states: [...counts].map(([state, count]) => ({ state, count })),
    gpus: sumGpus(parts.map(({ gpus }) => gpus)),
    cpus: sumAmounts(parts.map(({ cpus }) => cpus)),
    memoryMiB: sumAmounts(parts.map(({ memoryMiB }) => memoryMiB)),
    jobs:
      jobs.length === 0
        ? null
        : {
            running: jobs.reduce((sum, { running }) => sum + running, 0),
            pending: jobs.reduce((sum, { pending }) => sum + pending, 0),
          },
    attention: attentionOrder
      .flatMap((state) => parts.flatMap(({ attention }) => attention.filter((one) => one.state === state)))
      .slice(0, mostAttention),
  }
}

/** Per model and MIG profile; slices and whole GPUs are never added to each other. */
export function sumGpus(lists: readonly (readonly GpuAmount[])[]): GpuAmount[] {
  const byModel = new Map<string, GpuAmount>()
  for (const gpu of lists.flat()) {
    const key = `${gpu.model}\n${gpu.profile ?? ''}`
    const known = byModel.get(key)
    byModel.set(key, known ? { ...known, ...add(known, gpu) } : gpu)
  }
  return [...byModel.values()].sort(
    (a, b) => a.model.localeCompare(b.model) || (a.profile ?? '').localeCompare(b.profile ?? ''),
  )
}

function sumAmounts(amounts: readonly (Amount | null)[]): Amount | null {
  const known = amounts.filter((amount) => amount !== null)
  return known.length === 0 ? null : known.reduce(add)
}

const add = (a: Amount, b: Amount): Amount => ({
  total: a.total + b.total,
  used: a.used + b.used,
  free: a.free + b.free,
})
