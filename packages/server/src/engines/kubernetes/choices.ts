import type { JobChoices, Scope } from '@tenantry/contract'
import type { Person } from '../port.ts'
import { isBoundIn } from './access.ts'
import { type Kube, piece } from './client.ts'
import { type GpuClass, gpusOfNode } from './gpus.ts'
import { list, listWithin, unlessForbidden } from './list.ts'
import { Namespace, type Node, Pod, ResourceQuota } from './objects.ts'
import { nameOfClass, takesPods } from './placing.ts'
import { add, holds, requestsOfPod, type Sums } from './pods.ts'
import { amountIn, type Limit, limitOf, mebibytes } from './quota.ts'
import { grouped, namespacesOf } from './scopes.ts'

type Place = JobChoices['places'][number]

/** The most that may be asked for at all, where nothing tells how large the nodes are. */
const unknown = { cpus: 4096, memoryMiB: 100_000_000 }
const longestModel = 60

/** What a person may submit to: the namespaces where they have access, within what the nodes and quotas hold. */
export async function choicesOf(
  kube: Kube,
  scope: Scope,
  person: Person,
  nodes: Promise<Node[] | null>,
  arrays: Promise<boolean>,
  signal: AbortSignal,
): Promise<JobChoices> {
  const names = namespacesOf(scope, 'kubernetes') ?? []
  const [bound, read, pods, quotas, namespaces, hasArrays] = await Promise.all([
    Promise.all(names.map((name) => isBoundIn(kube, name, person, signal))),
    nodes,
    // Others' pods hold nodes too; where they may not be read, what is free is what the scope does not hold itself.
    list(kube, '/api/v1/pods', Pod, signal)
      .then((all) => all?.items ?? [])
      .catch(unlessForbidden(async () => (await listWithin(kube, '/api/v1', 'pods', Pod, names, signal)) ?? [])),
    listWithin(kube, '/api/v1', 'resourcequotas', ResourceQuota, names, signal).then((found) => found ?? []),
    Promise.all(names.map((name) => kube.read(Namespace, `/api/v1/namespaces/${piece(name)}`, 'a namespace', signal))),
    arrays,
  ])
  const usable = read?.filter(takesPods) ?? null
  const podsOn = grouped(pods.filter(holds), ({ spec }) => spec.nodeName)
  const quotasIn = grouped(quotas, ({ metadata }) => metadata.namespace)
  const usedOn = ({ metadata }: Node) =>
    (podsOn.get(metadata.name) ?? []).reduce((sums, pod) => add(sums, requestsOfPod(pod)), new Map<string, number>())
  const places = names
    .filter((_, index) => bound[index])
    .map((name) => {
      const limit = (...resources: string[]) => limitOf(quotasIn.get(name) ?? [], resources)
      return placeOf(name, namespaces.find((found) => found?.metadata.name === name) ?? null, usable, usedOn, limit)
    })
  return {
    combinations: places.filter(({ open }) => open).map(({ name }) => ({ where: name, account: '', qos: '' })),
    places,
    needsImage: true,
    arrays: hasArrays,
  }
}

function placeOf(
  name: string,
  namespace: Namespace | null,
  nodes: readonly Node[] | null,
  usedOn: (node: Node) => Sums,
  limit: (...resources: string[]) => Limit | null,
): Place {
  const largest = (resource: string) =>
    nodes === null ? null : Math.max(0, ...nodes.map(({ status }) => amountIn(status?.allocatable ?? {}, resource)))
  const within = (amount: number | null, bound: Limit | null) =>
    Math.min(amount ?? Number.POSITIVE_INFINITY, bound?.total ?? Number.POSITIVE_INFINITY)
  const cpus = within(largest('cpu'), limit('requests.cpu', 'cpu', 'limits.cpu'))
  const memory = within(largest('memory'), limit('requests.memory', 'memory', 'limits.memory'))
  return {
    name,
    open: namespace !== null && namespace.status?.phase !== 'Terminating',
    // Where they may not be read there is one at least: a job has one pod, or tasks of one each.
    nodes: nodes?.length ?? 1,
    cpus: Math.min(unknown.cpus, Math.floor(cpus)),
    memoryMiB: Math.min(unknown.memoryMiB, Math.floor(mebibytes(memory))),
    gpus: gpusOf(nodes, usedOn, limit),
    defaultMinutes: null,
    maxMinutes: null,
  }
}

/** By the names that a job may ask for. Where the nodes may not be read: as many of any model as the quota allows. */
function gpusOf(
  nodes: readonly Node[] | null,
  usedOn: (node: Node) => Sums,
  limit: (resource: string) => Limit | null,
): Place['gpus'] {
  if (nodes === null) {
    const quota = limit('requests.nvidia.com/gpu')
    if (quota === null || quota.total < 1) return []
    const free = Math.max(0, quota.total - quota.used)
    return [{ model: '', perNode: Math.floor(quota.total), total: Math.floor(quota.total), free: Math.floor(free) }]
  }
  const found = new Map<string, Place['gpus'][number]>()
  for (const node of nodes) {
    for (const { total, free, ...which } of gpusOfNode(node, usedOn(node))) {
      const model = nameOfClass(which)
      const sum = found.get(model) ?? { model, perNode: 0, total: 0, free: 0 }
      const allowed = limitFor(which, limit)
      sum.perNode = Math.min(Math.max(sum.perNode, total), allowed?.total ?? total)
      sum.total = Math.min(sum.total + total, allowed?.total ?? Number.POSITIVE_INFINITY)
      sum.free = Math.min(
        sum.free + free,
        allowed ? Math.max(0, allowed.total - allowed.used) : Number.POSITIVE_INFINITY,
      )
      found.set(model, sum)
    }
  }
  return [...found.values()]
    .filter(({ model, total }) => model.length <= longestModel && total > 0)
    .sort((a, b) => (a.model < b.model ? -1 : 1))
}

/** Under the MIG strategy `mixed` slices have a resource of their own, under `single` they go by that of whole GPUs. */
function limitFor({ profile }: GpuClass, limit: (resource: string) => Limit | null): Limit | null {
  const own = profile === null ? null : limit(`requests.nvidia.com/mig-${profile.replace('+', '.')}`)
  return own ?? limit('requests.nvidia.com/gpu')
}
