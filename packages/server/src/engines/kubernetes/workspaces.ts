import type { Scope } from '@tenantry/contract'
import { EngineError, type Person, type WorkspaceHost, type WorkspaceReading, type WorkspaceSpec } from '../port.ts'
import { shaped } from '../shape.ts'
import { bodyOf, type Kube, piece } from './client.ts'
import { eventsOf } from './events.ts'
import { logOf } from './logs.ts'
import { isName, managedBy } from './names.ts'
import { Anything, type Node, Pod } from './objects.ts'
import { placeAccelerator } from './placing.ts'
import { inWords } from './refusals.ts'
import { namespaceIn } from './scopes.ts'
import { tryPod } from './try-pod.ts'
import { kinds, type Part, partsOf, volumeLabel, workspaceLabel } from './workspace-objects.ts'
import { readingOf } from './workspace-reading.ts'

/** What is shown of a log before it is followed, in bytes. */
const logBytes = 65_536
/** How long is tried to take back what was made, where something went wrong: also where the time of the call is over. */
const cleaningMs = 5_000

/**
 * Workspaces as a stateful set of one pod, with what it needs. Made with the platform's credential: the network policy and
 * the token are not to be had by asking as somebody of the tenant. `nodes` answers null where they may not be read.
 */
export function workspaceHostOf(kube: Kube, nodes: (signal: AbortSignal) => Promise<Node[] | null>): WorkspaceHost {
  return {
    async start(scope, person, spec, _handle, signal) {
      const place = placeOf(scope, person, spec)
      const before = await kube.read(Anything, pathOf(place, kinds.set, spec.name), 'a workspace', signal)
      // What still goes is not begun anew beneath it: the call is repeated once it is gone.
      if (before && isOurs(before, place) && before.metadata.deletionTimestamp !== null)
        return read(kube, place, signal)
      const placing = spec.accelerator && placeAccelerator(spec.accelerator, await nodes(signal))
      const { parts, template } = partsOf(spec, person, placing)
      try {
        // A stateful set is taken on whatever its namespace still holds: what would be refused is its pod, later.
        if (before === null) await tryPod(kube, place.namespace, template, signal)
        await makeAll(kube, place, parts, signal)
      } catch (error) {
        throw inWords(error, null)
      }
      return read(kube, place, signal)
    },

    read: async (scope, person, spec, _handle, signal) => read(kube, placeOf(scope, person, spec), signal),

    async stop(scope, person, spec, _handle, signal) {
      const place = placeOf(scope, person, spec)
      await removeAll(kube, place, signal)
      return read(kube, place, signal)
    },

    async remove(scope, person, spec, _handle, signal) {
      await removeAll(kube, placeOf(scope, person, spec), signal)
    },

    async removeVolume(scope, person, { name, where }, signal) {
      const place = { namespace: namespaceIn(scope, where), name: nameOf(name), tenant: person.tenant }
      await remove(kube, place, kinds.volume, signal)
    },

    // How busy GPUs are is told by an exporter beside Kubernetes, and what a notebook starts, it starts within its own pod.
    use: async (scope, person, spec) => {
      placeOf(scope, person, spec)
      return { gpuPercent: null, children: [] }
    },

    async *logs(scope, person, spec, _handle, signal) {
      const pod = await podOf(kube, placeOf(scope, person, spec), signal)
      if (pod === null) throw new EngineError('not_found', 'It has not written anything yet.')
      const decoder = new TextDecoder()
      for await (const { bytes } of logOf(kube, pod, { from: -logBytes, follow: true }, signal)) {
        yield decoder.decode(bytes, { stream: true })
      }
    },
  }
}

/** Where a workspace is, and whose. */
type Place = { namespace: string; name: string; tenant: string }

/** Errors: `not_found` for what is of no namespace of the scope. */
const placeOf = (scope: Scope, { tenant }: Person, { name, placement }: WorkspaceSpec): Place => ({
  namespace: namespaceIn(scope, placement.where),
  name: nameOf(name),
  tenant,
})

/** A service has a name of DNS: without dots, and of 63 characters at most; the pod's ends with a number besides. */
function nameOf(name: string): string {
  if (!isName(name) || name.length > 50 || name.includes('.')) {
    throw new EngineError('not_found', 'There is no such workspace.')
  }
  return name
}

type Kind = Pick<Part, 'what' | 'base' | 'plural'>
const collectionOf = ({ namespace }: Place, { base, plural }: Kind) =>
  `${base}/namespaces/${piece(namespace)}/${plural}`
const pathOf = (place: Place, kind: Kind, name: string) => `${collectionOf(place, kind)}/${piece(name)}`

/** Whether we made something for this workspace or volume of this tenant; whose it is among its people may have changed. */
function isOurs({ metadata: { labels, name } }: Anything, { tenant }: Place): boolean {
  const own = { ...managedBy, 'tenantry/tenant': tenant }
  const has = (wanted: Record<string, string>) => Object.entries(wanted).every(([key, value]) => labels[key] === value)
  return has(own) && (has(workspaceLabel(name)) || has(volumeLabel(name)))
}

const foreign = ({ what }: Kind, name: string, { namespace }: Place) =>
  new EngineError('refused', `The ${what} ${name} in ${namespace} was not made for this: it is left alone.`)

/** Makes what is missing. Where one is refused, what this call made is taken back. */
async function makeAll(kube: Kube, place: Place, parts: readonly Part[], signal: AbortSignal): Promise<void> {
  const tried: { part: Part; uid: string | null }[] = []
  try {
    for (const part of parts) {
      const answer = await kube.send(collectionOf(place, part), { method: 'POST', body: part.body }, signal)
      if (answer.status === 409) await leave(kube, place, part, signal)
      else if (answer.status === 404)
        throw new EngineError('not_found', `The namespace ${place.namespace} is not there.`)
      else tried.push({ part, uid: shaped(Anything, bodyOf(answer), part.what).metadata.uid })
    }
  } catch (error) {
    const cleaning = AbortSignal.timeout(cleaningMs)
    const taken = tried.map(({ part, uid }) => removeAt(kube, pathOf(place, part, part.name), uid, cleaning))
    await Promise.allSettled(taken)
    throw error
  }
}

/** What is there already is left as it is. Errors: `refused` for what is not ours, or goes. */
async function leave(kube: Kube, place: Place, part: Part, signal: AbortSignal): Promise<void> {
  const there = await kube.read(Anything, pathOf(place, part, part.name), part.what, signal)
  if (there === null || there.metadata.deletionTimestamp !== null) {
    throw new EngineError('refused', `The ${part.what} ${part.name} is just going: try again in a moment.`)
  }
  if (!isOurs(there, place)) throw foreign(part, part.name, place)
}

/** The pod first, and what guards it last; the volume stays. */
async function removeAll(kube: Kube, place: Place, signal: AbortSignal): Promise<void> {
  for (const kind of [kinds.set, kinds.service, kinds.secret, kinds.policy])
    await remove(kube, place, kind, signal, true)
}

/** What is there and ours. `quietly`: what is not ours is none of this. */
async function remove(kube: Kube, place: Place, kind: Kind, signal: AbortSignal, quietly = false): Promise<void> {
  const path = pathOf(place, kind, place.name)
  const there = await kube.read(Anything, path, kind.what, signal)
  if (there === null || there.metadata.deletionTimestamp !== null) return
  if (isOurs(there, place)) return removeAt(kube, path, there.metadata.uid, signal)
  if (!quietly) throw foreign(kind, place.name, place)
}

/** What was looked at, not what took its name since. With all that is of it: then the set is gone when its pod is. */
async function removeAt(kube: Kube, path: string, uid: string | null, signal: AbortSignal): Promise<void> {
  const preconditions = uid === null ? {} : { preconditions: { uid } }
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Foreground', ...preconditions }
  const answer = await kube.send(path, { method: 'DELETE', body }, signal)
  if (answer.status !== 404 && answer.status !== 409) bodyOf(answer)
}

/** Its pod; null where there is none, or none of ours. */
async function podOf(kube: Kube, place: Place, signal: AbortSignal): Promise<Pod | null> {
  const path = `/api/v1/namespaces/${piece(place.namespace)}/pods/${piece(`${place.name}-0`)}`
  const pod = await kube.read(Pod, path, 'a pod', signal)
  return pod?.metadata.labels['tenantry/workspace'] === place.name ? pod : null
}

async function read(kube: Kube, place: Place, signal: AbortSignal): Promise<WorkspaceReading> {
  const [set, pod, events] = await Promise.all([
    kube.read(Anything, pathOf(place, kinds.set, place.name), 'a workspace', signal),
    podOf(kube, place, signal),
    eventsOf(kube, place.namespace, [place.name, `${place.name}-0`], signal),
  ])
  const own = set && isOurs(set, place) ? set : null
  return readingOf({ handle: `${place.namespace}/${place.name}`, set: own, pod, events })
}
