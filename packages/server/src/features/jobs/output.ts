import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { followJobOutput as followRoute, QueryOf } from '@tenantry/contract'
import { EngineError, type Person } from '../../engines/port.ts'
import type { Actor } from '../../platform/access/actor.ts'
import { authorizeAny } from '../../platform/access/authorize.ts'
import type { LiveSession } from '../../platform/access/sessions.ts'
import type { Deps } from '../../platform/deps.ts'
import type { LivePage, LivePages } from '../../platform/http/live-pages.ts'
import { problem } from '../../platform/http/problem.ts'
import { type OpenEngines, type Reached, reachEngines } from '../engines/index.ts'
import { personOf } from './choices.ts'
import { openPieces, type TextPiece } from './pieces.ts'
import { maySee } from './present.ts'
import { find, type Row } from './store.ts'

/** How often it is looked whether a job has begun, or is over. Milliseconds. */
const lookEvery = 1_000

type Asked = { id: string } & QueryOf<typeof followRoute>
type Following = { deps: Deps; engines: OpenEngines; pages: LivePages; session: LiveSession; token: string }

/**
 * What a job writes, as it comes, read as whoever asks: whose output they may read, the engine decides. Throws `not_found`,
 * `too_many_requests`.
 */
export async function followJobOutput(
  { deps, engines, pages, session, token }: Following,
  actor: Actor,
  { id, stream, from }: Asked,
): Promise<Readable> {
  authorizeAny(actor, ['job.view_own', 'job.view_all'])
  const look = (by: Actor) => deps.database.readAtOnce(by, (tx) => find(tx, by.tenantId, id))
  const row = await look(actor)
  if (!row || !maySee(actor, row)) return problem('not_found')
  if (actor.visiting || actor.userId === null) return problem('not_found')

  const now = (live: LiveSession): Actor => ({ ...actor, permissions: live.permissions })
  const page = pages.follow({ session, token, kind: 'output', may: (live) => maySee(now(live), row) })
  const reading: Reading = {
    page,
    asked: { stream, from },
    person: (reached) => personOf(deps, actor, reached),
    /** The job as it is now, and its engine; null when it is not the tenant's any more. */
    look: async () => {
      const [current, [reached]] = await Promise.all([look(actor), reachEngines(deps, engines, actor, row.engine_id)])
      return current && reached ? { row: current, reached } : null
    },
    isOver: async () => ((await look(actor))?.rank ?? 2) === 2,
  }
  read(reading)
    .catch((error) => deps.log.warn({ err: error }, 'following the output of a job failed'))
    .finally(() => page.close())
  return page.stream
}

type Reading = {
  page: LivePage
  asked: { stream: 'stdout' | 'stderr'; from: number }
  person(reached: Reached): Promise<Person | null>
  look(): Promise<{ row: Row; reached: Reached } | null>
  isOver(): Promise<boolean>
}

const event = (name: string, data: object): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`

async function read({ page, asked, person, look, isOver }: Reading): Promise<void> {
  const pieces = openPieces()
  let said = ''
  const send = async (some: Iterable<TextPiece>) => {
    for (const piece of some) {
      await page.ready()
      page.write(event('output', piece))
    }
  }
  /** Says why there is nothing yet, once for each reason, and looks again in a moment. */
  const wait = async (reason: string) => {
    if (reason !== said) page.write(event('waiting', { reason }))
    said = reason
    await delay(lookEvery, undefined, { signal: page.closed }).catch(() => {})
  }

  while (!page.closed.aborted) {
    const found = await look()
    if (!found) return
    const { row, reached } = found
    const over = row.rank === 2
    if (row.is_array) {
      page.write(event('waiting', { reason: 'Each task of an array writes on its own.' }))
      break
    }
    if (row.state === 'pending') {
      await wait(row.doc.reason === null ? 'It has not begun yet.' : `It has not begun yet: ${row.doc.reason}.`)
      continue
    }
    const stop = over ? null : stopWhen(isOver, page.closed)
    try {
      const { jobs } = reached.open()
      const reader = await person(reached)
      if (!jobs || !reader) return
      const where = { nativeId: row.native_id, stream: asked.stream, from: pieces.next() ?? asked.from, follow: !over }
      const signal = stop?.signal ?? page.closed
      for await (const piece of untilAborted(jobs.output(reached.scope, reader, where, signal), signal)) {
        said = ''
        await send(pieces.add(piece))
      }
      if (over) break
      // What ends by itself while the job runs is asked for again, not at once.
      if (!stop?.signal.aborted) await delay(lookEvery, undefined, { signal: page.closed }).catch(() => {})
    } catch (error) {
      if (page.closed.aborted) return
      if (stop?.signal.aborted) continue
      if (!(error instanceof EngineError)) throw error
      if (error.kind === 'refused') {
        page.write(event('waiting', { reason: error.message }))
        break
      }
      if (over && error.kind === 'not_found') break
      await wait(error.kind === 'not_found' ? 'It has written nothing yet.' : error.message)
    } finally {
      stop?.end()
    }
  }
  if (page.closed.aborted) return
  await send(pieces.end())
  page.write(event('end', {}))
}

/** Aborts when the job is over, so that what is left is read to its end, or when the page is closed. */
function stopWhen(isOver: () => Promise<boolean>, closed: AbortSignal): { signal: AbortSignal; end(): void } {
  const over = new AbortController()
  const timer = setInterval(() => {
    isOver().then(
      (yes) => yes && over.abort(),
      () => {},
    )
  }, lookEvery)
  return { signal: AbortSignal.any([over.signal, closed]), end: () => clearInterval(timer) }
}

/** The same, but ends at the signal also where a connector does not mind it. */
async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]()
  const aborted = new Promise<null>((done) => {
    if (signal.aborted) done(null)
    signal.addEventListener('abort', () => done(null), { once: true })
  })
  try {
    for (;;) {
      const next = iterator.next()
      next.catch(() => {})
      const result = await Promise.race([next, aborted])
      if (result === null || result.done) return
      yield result.value
    }
  } finally {
    void iterator.return?.()
  }
}
