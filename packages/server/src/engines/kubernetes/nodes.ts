import type { ReadResource } from '../port.ts'
import { factsOf, instant } from '../shape.ts'
import { gpusOfNode } from './gpus.ts'
import type { Node, Pod } from './objects.ts'
import { add, requestsOfPod } from './pods.ts'
import { amount, amountIn, mebibytes } from './quota.ts'

/** A node as a resource. `pods` are those that hold resources of it, whosever they are. */
export function resourceOfNode(node: Node, pods: readonly Pod[]): ReadResource {
  const { metadata, status } = node
  const used = pods.reduce((all, pod) => add(all, requestsOfPod(pod)), new Map<string, number>())
  const allocatable = status?.allocatable ?? {}
  return {
    kind: 'kubernetes',
    name: metadata.name,
    nativeId: metadata.name,
    ...stateOf(node),
    cpus: amount(amountIn(allocatable, 'cpu'), used.get('cpu') ?? 0),
    memoryMiB: amount(mebibytes(amountIn(allocatable, 'memory')), mebibytes(used.get('memory') ?? 0)),
    gpus: gpusOfNode(node, used),
    facts: factsOf({
      Pods: pods.length,
      Kubelet: status?.nodeInfo?.kubeletVersion,
      'Operating system': status?.nodeInfo?.osImage,
      'MIG strategy': metadata.labels['nvidia.com/mig.strategy'],
      'MIG configuration': metadata.labels['nvidia.com/mig.config'],
      Address: status?.addresses.find(({ type }) => type === 'InternalIP')?.address,
    }),
    power: [],
    createdAt: instant(metadata.creationTimestamp),
  }
}

const pressures = new Set(['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'])

function stateOf({ metadata, spec, status }: Node): Pick<ReadResource, 'state' | 'nativeState' | 'reason'> {
  const conditions = status?.conditions ?? []
  const ready = conditions.find(({ type }) => type === 'Ready')
  const pressing = conditions.filter(({ type, status: is }) => pressures.has(type ?? '') && is === 'True')
  const mig = metadata.labels['nvidia.com/mig.config.state']
  const nativeState = [
    ready?.status === 'True' ? 'Ready' : ready === undefined ? 'Unknown' : 'NotReady',
    ...(spec?.unschedulable ? ['SchedulingDisabled'] : []),
    ...pressing.map(({ type }) => type ?? ''),
    ...(mig !== undefined && mig !== 'success' ? [`mig.config.state=${mig}`] : []),
  ]
  if (metadata.deletionTimestamp !== null) return { state: 'stopping', nativeState, reason: null }
  if (ready === undefined) return { state: 'unknown', nativeState, reason: null }
  if (ready.status !== 'True')
    return { state: 'failed', nativeState, reason: ready.message ?? 'The node is not ready.' }
  if (pressing[0]) return { state: 'degraded', nativeState, reason: pressing[0].message }
  if (mig === 'failed') return { state: 'degraded', nativeState, reason: 'The MIG configuration could not be applied.' }
  if (mig === 'pending' || mig === 'rebooting')
    return { state: 'starting', nativeState, reason: 'MIG is being configured.' }
  if (spec?.unschedulable) return { state: 'degraded', nativeState, reason: 'The node takes no new pods (cordoned).' }
  return { state: 'running', nativeState, reason: null }
}
