import { z } from 'zod'
import { EngineError } from '../port.ts'
import { text } from '../shape.ts'
import { type Kube, piece } from './client.ts'
import { unlessForbidden, versionOf } from './list.ts'

/** What is watched: a list, and whose changes in it count (null: everybody's). Optional: left out where it may not be read. */
export type Stream = { path: string; namespaces: ReadonlySet<string> | null; isOptional?: boolean }

/** Each stream is a connection that stays: of more namespaces than this the whole cluster is one stream. */
const watchedOneByOne = 4

/** The streams of a kind in namespaces, or in the whole cluster (null). */
export function streamsOf(base: string, plural: string, namespaces: readonly string[] | null): Stream[] {
  if (namespaces === null) return [{ path: `${base}/${plural}`, namespaces: null }]
  const wanted = new Set(namespaces)
  if (wanted.size > watchedOneByOne) return [{ path: `${base}/${plural}`, namespaces: wanted }]
  return [...wanted].map((namespace) => ({
    path: `${base}/namespaces/${piece(namespace)}/${plural}`,
    namespaces: new Set([namespace]),
  }))
}

const Event = z.object({
  type: z.string(),
  object: z.object({
    code: z.number().optional(),
    metadata: z.object({ namespace: text, resourceVersion: text }).nullish(),
  }),
})

/** How long the server is asked to keep a stream, and when it is given up if it keeps silent beyond that. */
const keptSeconds = 240
const givenUpSeconds = 270
/** So many failures without a single event between them: it cannot be kept. */
const mostFailures = 3

/**
 * Calls `changed` once everything is watched, and whenever something changes there. Returns when the signal says so or one
 * of the streams cannot be kept, whatever the cause. A kind that is not there (404) is not watched.
 */
export async function watchAll(kube: Kube, streams: readonly Stream[], changed: () => void, signal: AbortSignal) {
  const end = new AbortController()
  const stop = () => end.abort()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    const kept = await Promise.all(
      streams.map(async (stream) => {
        const version = versionOf(kube, stream.path, end.signal)
        const unreadable = unlessForbidden(async () => null)
        return { stream, version: await (stream.isOptional ? version.catch(unreadable) : version) }
      }),
    )
    const there = kept.flatMap(({ stream, version }) => (version === null ? [] : [{ stream, version }]))
    changed()
    if (there.length === 0) return
    const keeping = there.map(({ stream, version }) => keep(kube, stream, version, changed, end.signal))
    await Promise.race(keeping)
    stop()
    await Promise.all(keeping)
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
  } finally {
    stop()
    signal.removeEventListener('abort', stop)
  }
}

/** Keeps one stream: begins again where it ended, and anew where what was since is forgotten (410 Gone). */
async function keep(kube: Kube, stream: Stream, from: string, changed: () => void, signal: AbortSignal) {
  let version: string | null = from
  let failures = 0
  while (!signal.aborted && version !== null && failures < mostFailures) {
    const run = await follow(kube, stream, version, changed, signal)
    failures = run.events > 0 ? 0 : failures + (run.ended === 'gone' || run.seconds < 1 ? 1 : 0)
    if (run.ended === 'broken') return
    if (run.ended === 'gone') {
      version = await versionOf(kube, stream.path, signal).catch(() => null)
      if (version !== null) changed()
    } else version = run.version
  }
}

async function follow(
  kube: Kube,
  { path, namespaces }: Stream,
  from: string,
  changed: () => void,
  signal: AbortSignal,
) {
  const query = `watch=1&allowWatchBookmarks=true&timeoutSeconds=${keptSeconds}&resourceVersion=${piece(from)}`
  const bound = AbortSignal.any([signal, AbortSignal.timeout(givenUpSeconds * 1000)])
  const began = performance.now()
  let version = from
  let events = 0
  const told = (ended: 'end' | 'gone' | 'broken') => ({
    ended,
    version,
    events,
    seconds: (performance.now() - began) / 1000,
  })
  try {
    for await (const line of kube.lines(`${path}?${query}`, bound)) {
      const event = Event.safeParse(parsed(line))
      if (!event.success) return told('broken')
      const { type, object } = event.data
      if (type === 'ERROR') return told('gone')
      events += 1
      version = object.metadata?.resourceVersion ?? version
      const concerns = namespaces === null || namespaces.has(object.metadata?.namespace ?? '')
      if (type !== 'BOOKMARK' && concerns) changed()
    }
    return told('end')
  } catch (error) {
    // 410 before the first line is an ordinary refusal.
    return told(error instanceof EngineError && error.kind === 'refused' ? 'gone' : 'broken')
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
