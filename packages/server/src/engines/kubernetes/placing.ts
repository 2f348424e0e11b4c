import { type Accelerator, type GpuRequest, isModel } from '@tenantry/contract'
import { EngineError } from '../port.ts'
import { classOf, type GpuClass, isGpu } from './gpus.ts'
import type { Node, Pod } from './objects.ts'
import { amountIn } from './quota.ts'

/** What a class of GPUs is called where there is one name for it: `H100-80GB-HBM3`, `A100-SXM4-40GB 1g.5gb`. No model has a space. */
export const nameOfClass = ({ model, profile }: GpuClass) => (profile === null ? model : `${model} ${profile}`)

/** The labels of nodes that tell the model, in the order in which they are believed. */
const productLabels = ['nvidia.com/gpu.product', 'amd.com/gpu.product-name', 'tenantry.io/gpu-model']

/** What a pod has to say to be given GPUs: how many of which resource, and on which nodes; `nodes` empty: on any. */
export type Placing = {
  resource: string
  count: number
  nodes: { key: string; values: string[] }[]
}

/** GPUs as a job asks for them. `nodes` is null where they may not be read. Errors: `refused`. */
export function placeJob({ model, count }: GpuRequest, nodes: readonly Node[] | null): Placing {
  if (model === '') return { resource: 'nvidia.com/gpu', count, nodes: [] }
  const exactly = (each: GpuClass) => nameOfClass(each) === model
  const roughly = (each: GpuClass) => each.profile === null && isModel(model, each.model)
  return placed(model, count, nodes, [exactly, roughly])
}

/** Likewise of a workspace: a model may be named as people do, `h100`. Errors: `refused`. */
export function placeAccelerator(wanted: Accelerator, nodes: readonly Node[] | null): Placing {
  // The name of a resource writes `.me` what the configuration of MIG writes `+me`.
  const profile = wanted.kind === 'mig' ? wanted.profile.replace('.me', '+me') : null
  const name = nameOfClass({ model: wanted.model, profile })
  const exactly = (each: GpuClass) => nameOfClass(each) === name
  const roughly = (each: GpuClass) => each.profile === profile && isModel(wanted.model, each.model)
  return placed(name, wanted.count, nodes, [exactly, roughly])
}

function placed(
  name: string,
  count: number,
  nodes: readonly Node[] | null,
  tests: ((each: GpuClass) => boolean)[],
): Placing {
  if (nodes === null) {
    throw new EngineError('refused', 'The models of GPUs cannot be told here: the nodes may not be read.')
  }
  const has = nodes.flatMap(offersOf)
  const fitting = tests.map((test) => has.filter((each) => test(each.gpus))).find((found) => found.length > 0) ?? []
  // One class can go by two resources, where the strategies of MIG differ between nodes: that of which there is most.
  const totals = new Map<string, number>()
  for (const { resource, total } of fitting) totals.set(resource, (totals.get(resource) ?? 0) + total)
  const [most] = [...totals].sort(([, a], [, b]) => b - a)
  if (most === undefined) throw new EngineError('refused', `There is no ${name} in this cluster.`)
  const [resource] = most
  const values = new Map<string, Set<string>>()
  for (const { label } of fitting.filter((each) => each.resource === resource)) {
    if (label) values.set(label.key, (values.get(label.key) ?? new Set()).add(label.value))
  }
  return { resource, count, nodes: [...values].map(([key, found]) => ({ key, values: [...found].sort() })) }
}

type Offer = { resource: string; gpus: GpuClass; total: number; label: { key: string; value: string } | null }

/** What a node has of each class. */
function offersOf({ metadata: { labels }, status }: Node): Offer[] {
  const key = productLabels.find((each) => labels[each] !== undefined)
  const label = key === undefined ? null : { key, value: labels[key] ?? '' }
  const has = { ...status?.capacity, ...status?.allocatable }
  return Object.keys(has)
    .filter(isGpu)
    .map((resource) => ({ resource, gpus: classOf(resource, labels), total: amountIn(has, resource), label }))
    .filter(({ total }) => total > 0)
}

/** The labels that a pod asks of its node, as far as they tell the model of its GPUs. */
export function askedLabels({ nodeSelector, affinity }: Pod['spec']): Record<string, string> {
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  const named = terms
    .flatMap(({ matchExpressions }) => matchExpressions)
    .flatMap(({ key, operator, values: [first] }) =>
      operator === 'In' && first !== undefined && productLabels.includes(key) ? [[key, first] as const] : [],
    )
  return { ...Object.fromEntries(named), ...nodeSelector }
}

const families = ['nvidia.com/gpu', 'amd.com/gpu']

/** Whether a node is for everybody, or for whoever asks for GPUs: not one of those that run the cluster itself. */
export const takesPods = ({ spec, status }: Node): boolean => {
  const ready = status?.conditions.find(({ type }) => type === 'Ready')
  const closed = (spec?.taints ?? []).some(
    ({ key, effect }) => effect !== 'PreferNoSchedule' && !families.includes(key ?? ''),
  )
  return !spec?.unschedulable && ready?.status === 'True' && !closed
}

/** What of a pod's specification puts it where its GPUs are. */
export function placementOf(placing: Placing | null) {
  if (placing === null) return {}
  const family = placing.resource.startsWith('amd.com/') ? 'amd.com/gpu' : 'nvidia.com/gpu'
  const nodeSelectorTerms = placing.nodes.map(({ key, values }) => ({
    matchExpressions: [{ key, operator: 'In', values }],
  }))
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } }
  return {
    tolerations: [{ key: family, operator: 'Exists', effect: 'NoSchedule' }],
    ...(nodeSelectorTerms.length > 0 && { affinity: { nodeAffinity: required } }),
  }
}
