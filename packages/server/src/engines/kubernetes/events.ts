import { EngineError } from '../port.ts'
import { instant } from '../shape.ts'
import { type Asker, piece } from './client.ts'
import { list } from './list.ts'
import { Event } from './objects.ts'

export type Told = { at: string; text: string; warning: boolean }

/** What Kubernetes told of things by their names, the earliest first. None where they may not be read. */
export async function eventsOf(
  kube: Asker,
  namespace: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Event[]> {
  const each = names.map((name) => eventsWhere(kube, namespace, `involvedObject.name=${name}`, signal))
  return (await Promise.all(each)).flat().sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1))
}

/** What was told of why pods could not be made, by the uid of what they are of: the latest. */
export async function failuresToCreate(kube: Asker, namespace: string, kind: string, signal: AbortSignal) {
  const events = await eventsWhere(kube, namespace, `reason=FailedCreate,involvedObject.kind=${kind}`, signal)
  const latest = events.sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1))
  return new Map(latest.map((event) => [event.involvedObject.uid ?? '', event.message ?? '']))
}

async function eventsWhere(kube: Asker, namespace: string, selector: string, signal: AbortSignal): Promise<Event[]> {
  const path = `/api/v1/namespaces/${piece(namespace)}/events`
  try {
    const found = await list(kube, path, Event, signal, { selector: `fieldSelector=${piece(selector)}` })
    return found?.items ?? []
  } catch (error) {
    // They are news of something, and not the thing itself.
    if (error instanceof EngineError && error.kind === 'unauthorised') return []
    throw error
  }
}

const timeOf = ({ lastTimestamp, eventTime, firstTimestamp, metadata }: Event) =>
  instant(lastTimestamp ?? eventTime ?? firstTimestamp ?? metadata.creationTimestamp) ?? ''

/** For people: the latest, the earliest of them first. */
export const told = (events: readonly Event[], most = 20): Told[] =>
  events.slice(-most).map((event) => ({
    at: timeOf(event),
    text: event.message || event.reason || '',
    warning: event.type === 'Warning',
  }))
