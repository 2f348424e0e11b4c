import type { GpuAmount } from '@tenantry/contract'
import { tidyModel } from '../gpu-names.ts'
import type { Node } from './objects.ts'
import type { Sums } from './pods.ts'
import { amountIn, type Limit, parseQuantity } from './quota.ts'

/** A model of GPU, or a part of it: `profile` is a MIG profile (`1g.10gb`), `shared` for a share in time, null for all of it. */
export type GpuClass = { model: string; profile: string | null }

/** Of what model it will be is not known yet. */
export const anyModel = 'any'

/** Whether a resource is GPUs, or parts of them. */
export const isGpu = (resource: string) =>
  /^(nvidia\.com\/(gpu|gpu\.shared|mig-[\w.+-]+)|amd\.com\/gpu)$/.test(resource)

/** The profile that the name of a resource itself tells of. `mig-1g.10gb.me` is what a resource makes of `1g.10gb+me`. */
function profileOf(resource: string): string | null {
  const mig = /^nvidia\.com\/mig-(.+?)(\.shared)?$/.exec(resource)
  if (mig?.[1]) return mig[1].replace(/\.(me(?:\.\w+)?)$/, '+$1') + (mig[2] ? ' shared' : '')
  return resource.endsWith('.shared') ? 'shared' : null
}

/**
 * What a resource of a node is, by the labels of GPU Feature Discovery. The MIG strategy `single` and sharing in time call
 * parts of GPUs `nvidia.com/gpu` too, and say so in the product: `A100-SXM4-40GB-MIG-1g.5gb`, `Tesla-T4-SHARED`.
 */
export function classOf(resource: string, labels: Record<string, string>): GpuClass {
  const told = labels['nvidia.com/gpu.product'] ?? labels['amd.com/gpu.product-name'] ?? labels['tenantry.io/gpu-model']
  const [, product = '', mig, sharedInName] = /^(.*?)(?:-MIG-(.+?))?(-SHARED)?$/.exec(told ?? '') ?? []
  const ofName = profileOf(resource)
  if (ofName?.endsWith('shared')) return { model: tidyModel(product), profile: ofName }
  const isShared =
    Number(labels[`${resource}.replicas`] ?? 1) > 1 || (resource === 'nvidia.com/gpu' && sharedInName !== undefined)
  const parts = [ofName ?? mig, isShared ? 'shared' : undefined].filter((part) => part !== undefined)
  return { model: tidyModel(product), profile: parts.length === 0 ? null : parts.join(' ') }
}

/** The GPUs of a node: what can be given out there, and what `used` of it is. */
export function gpusOfNode({ metadata, status }: Node, used: Sums): GpuAmount[] {
  const allocatable = status?.allocatable ?? {}
  const resources = new Set([...Object.keys(allocatable), ...used.keys()].filter(isGpu))
  return gathered(
    [...resources].map((resource) => ({
      ...classOf(resource, metadata.labels),
      total: amountIn(allocatable, resource),
      used: used.get(resource) ?? 0,
    })),
  )
}

/** The classes that a resource can be in a cluster. */
function classesIn(nodes: readonly Node[], resource: string): GpuClass[] {
  const having = nodes.filter(({ status }) =>
    [status?.allocatable, status?.capacity].some((has) => (parseQuantity(has?.[resource] ?? '') ?? 0) > 0),
  )
  const classes = having.map(({ metadata }) => classOf(resource, metadata.labels))
  return [...new Map(classes.map((each) => [keyOf(each), each])).values()]
}

/** What a resource is that no pod has been given yet: of the one model there is, else of any. */
export function classToCome(nodes: readonly Node[], resource: string): GpuClass {
  const classes = classesIn(nodes, resource)
  if (classes.length === 1 && classes[0]) return classes[0]
  const profiles = new Set(classes.map(({ profile }) => profile))
  // Whole GPUs here and parts of them there under one name: what is to come may be either, and is not called whole.
  const profile = profiles.size > 1 ? anyModel : profiles.size === 1 ? ([...profiles][0] ?? null) : profileOf(resource)
  return { model: anyModel, profile }
}

/** The GPUs that pods on a node hold. */
export type Held = { node: string; held: Sums }

/**
 * The GPUs of a namespace: those that its pods hold, by the model of the node they are on, and what its quota allows beyond.
 * Without a quota there is nothing but what is held. `limit` answers for a resource such as `nvidia.com/gpu`.
 */
export function gpusOfNamespace(
  nodes: readonly Node[],
  held: readonly Held[],
  limited: ReadonlySet<string>,
  limit: (resource: string) => Limit | null,
): GpuAmount[] {
  const byName = new Map(nodes.map((node) => [node.metadata.name, node]))
  const resources = new Set([...limited, ...held.flatMap((each) => [...each.held.keys()])].filter(isGpu))
  const parts: Part[] = []
  for (const resource of resources) {
    let placed = 0
    for (const { node, held: sums } of held) {
      const count = sums.get(resource) ?? 0
      const labels = byName.get(node)?.metadata.labels
      const which = labels ? classOf(resource, labels) : classToCome(nodes, resource)
      placed += count
      parts.push({ ...which, total: count, used: count })
    }
    const quota = limit(resource)
    if (quota === null) continue
    // A quota counts pods that wait for a node as well.
    const waiting = Math.max(0, quota.used - placed)
    const total = Math.max(waiting, quota.total - placed, 0)
    parts.push({ ...classToCome(nodes, resource), total, used: waiting })
  }
  return gathered(parts)
}

type Part = GpuClass & { total: number; used: number }
const keyOf = ({ model, profile }: GpuClass) => `${model}\n${profile ?? ''}`

/** One amount of each class, without those there is nothing of. */
export function gathered(parts: readonly Part[]): GpuAmount[] {
  const sums = new Map<string, GpuAmount>()
  for (const { model, profile, total, used } of parts) {
    const sum = sums.get(keyOf({ model, profile })) ?? { model, profile, total: 0, used: 0, free: 0 }
    sum.total += total
    sum.used += used
    sum.free = Math.max(0, sum.total - sum.used)
    sums.set(keyOf(sum), sum)
  }
  return [...sums.values()]
    .filter(({ total, used }) => total > 0 || used > 0)
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}
