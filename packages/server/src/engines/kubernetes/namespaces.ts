import type { Amount } from '@tenantry/contract'
import type { ReadResource } from '../port.ts'
import { factsOf, instant } from '../shape.ts'
import { gpusOfNamespace } from './gpus.ts'
import type { Namespace, Node, Pod, ResourceQuota } from './objects.ts'
import { add, holds, requestsOfPod, troubleOf } from './pods.ts'
import { amount, limitedBy, limitOf, mebibytes } from './quota.ts'

/** What was read about one namespace; `namespace` is null where it is not there. */
export type NamespaceRead = {
  name: string
  namespace: Namespace | null
  pods: readonly Pod[]
  quotas: readonly ResourceQuota[]
  nodes: readonly Node[]
}

/** A namespace as a resource: what its quota allows and uses, or, without one, what its pods hold. */
export function resourceOfNamespace({ name, namespace, pods, quotas, nodes }: NamespaceRead): ReadResource {
  const holding = pods.filter(holds).map((pod) => ({ node: pod.spec.nodeName ?? '', held: requestsOfPod(pod) }))
  const sums = holding.reduce((all, { held }) => add(all, held), new Map<string, number>())
  const of = (resource: string, names: readonly string[], unit: (value: number) => number): Amount => {
    const limit = limitOf(quotas, names)
    const held = unit(sums.get(resource) ?? 0)
    return limit === null ? amount(held, held) : amount(unit(limit.total), unit(limit.used))
  }
  const inPhase = (phase: string) => pods.filter(({ status }) => status?.phase === phase).length
  return {
    kind: 'kubernetes',
    name,
    nativeId: name,
    ...stateOf(namespace, pods),
    cpus: of('cpu', ['requests.cpu', 'cpu'], (cores) => cores),
    memoryMiB: of('memory', ['requests.memory', 'memory'], mebibytes),
    gpus: gpusOfNamespace(nodes, holding, limitedBy(quotas), (resource) => limitOf(quotas, [`requests.${resource}`])),
    facts: factsOf({
      'Pods running': inPhase('Running'),
      'Pods pending': inPhase('Pending'),
      'Pods failed': inPhase('Failed'),
      Quota: quotas.map(({ metadata }) => metadata.name).join(', ') || 'none: total is what its pods request',
    }),
    power: [],
    createdAt: instant(namespace?.metadata.creationTimestamp ?? null),
  }
}

type State = Pick<ReadResource, 'state' | 'nativeState' | 'reason'>

function stateOf(namespace: Namespace | null, pods: readonly Pod[]): State {
  if (namespace === null) return { state: 'failed', nativeState: ['NotFound'], reason: 'The namespace is not there.' }
  const phase = namespace.status?.phase ?? 'Active'
  if (phase === 'Terminating' || namespace.metadata.deletionTimestamp !== null) {
    return { state: 'stopping', nativeState: ['Terminating'], reason: null }
  }
  const troubles = pods.flatMap((pod) => troubleOf(pod) ?? [])
  const [first] = [...troubles.filter(({ word }) => word === 'Unschedulable'), ...troubles]
  if (first === undefined) return { state: 'running', nativeState: [phase], reason: null }
  const words = [...new Set(troubles.map(({ word }) => word))].sort()
  const others = troubles.length - 1
  const reason = others === 0 ? first.sentence : `${first.sentence} (and ${others} more)`
  return { state: 'degraded', nativeState: [phase, ...words], reason }
}
