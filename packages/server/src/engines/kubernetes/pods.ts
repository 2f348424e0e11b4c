import type { Pod, Quantities } from './objects.ts'
import { parseQuantity } from './quota.ts'

/** Amounts by resource, in the unit itself: cores, bytes, devices. */
export type Sums = Map<string, number>

export const add = (sums: Sums, more: Sums) => {
  for (const [resource, value] of more) sums.set(resource, (sums.get(resource) ?? 0) + value)
  return sums
}

const atLeast = (sums: Sums, least: Sums) => {
  for (const [resource, value] of least) sums.set(resource, Math.max(sums.get(resource) ?? 0, value))
  return sums
}

const read = (quantities: Quantities): Sums =>
  new Map(Object.entries(quantities).map(([resource, given]) => [resource, parseQuantity(given) ?? 0]))

type Container = Pod['spec']['containers'][number]
/** A limit without a request is a request of as much. */
const requestsOf = ({ resources }: Container) => read({ ...resources?.limits, ...resources?.requests })

/**
 * What a pod holds while it is on a node, as the scheduler reckons: its containers and sidecars together, or the most
 * demanding of the steps before them, and what the sandbox takes.
 */
export function requestsOfPod({ spec }: Pick<Pod, 'spec'>): Sums {
  const sidecars: Sums = new Map()
  const steps: Sums = new Map()
  for (const container of spec.initContainers) {
    if (container.restartPolicy === 'Always') atLeast(steps, add(sidecars, requestsOf(container)))
    else atLeast(steps, add(new Map(sidecars), requestsOf(container)))
  }
  const together = spec.containers.reduce((sums, container) => add(sums, requestsOf(container)), sidecars)
  return add(atLeast(together, steps), read(spec.overhead))
}

export const hasEnded = ({ status }: Pod) => status?.phase === 'Succeeded' || status?.phase === 'Failed'

/** Whether a pod holds resources of a node. */
export const holds = (pod: Pod) => pod.spec.nodeName !== null && !hasEnded(pod)

const waitsForLong =
  /^(CrashLoopBackOff|ErrImagePull|ImagePullBackOff|InvalidImageName|Create\w*Error|RunContainerError)$/

/** What is wrong with a pod: the word of Kubernetes for it, what it says, and that with the pod's name; null where nothing is. */
export function troubleOf({ metadata, status }: Pod): { word: string; said: string; sentence: string } | null {
  const trouble = (word: string, message: string | null | undefined, otherwise: string) => {
    const said = message || otherwise
    return { word, said, sentence: `${metadata.name}: ${said}` }
  }
  if (status?.phase === 'Failed') return trouble(status.reason ?? 'Failed', status.message, 'The pod has failed.')
  const scheduled = status?.conditions.find(({ type }) => type === 'PodScheduled')
  if (scheduled?.status === 'False' && scheduled.reason === 'Unschedulable') {
    return trouble('Unschedulable', scheduled.message, 'There is no node for it.')
  }
  for (const { state } of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
    const reason = state?.waiting?.reason ?? ''
    if (waitsForLong.test(reason)) return trouble(reason, state?.waiting?.message, reason)
  }
  return null
}
