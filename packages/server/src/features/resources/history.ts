import { type Engine, EngineError } from '../../engines/port.ts'
import type { Deps } from '../../platform/deps.ts'
import { type Hashes, prefixOf } from './ids.ts'
import { missSubmitted, newestEnd } from './job-store.ts'
import { keepEnds } from './keep-jobs.ts'
import type { Part } from './reader-store.ts'
import { tellChange } from './store.ts'

const second = 1000
const minute = 60 * second
const askedEvery = 30 * second
/** Where jobs are missed, sooner: most of them have ended. */
const askedAgainAfter = 2 * second
const patience = 20 * second
/** How far back it is asked at first, beyond the newest end known; at most; and each time beyond the last. Milliseconds. */
const overlapAtFirst = 60 * minute
const longest = 7 * 24 * 60 * minute
const overlap = 10 * minute
/** What was submitted here is in a reading that began this much later, or is gone. */
const listedWithin = 15 * second

type Of = { deps: Pick<Deps, 'database' | 'log'>; engineId: string; signal: AbortSignal }
type Reading = {
  engine: Engine
  parts: readonly Part[]
  /** When it was begun. */
  asOf: Date
  /** Whether jobs were no longer in it. */
  missed: boolean
  listed(tenantId: string): Hashes
}

/** Asks one engine now and then how jobs ended that it lists no longer. */
export function openHistory({ deps: { database, log }, engineId, signal }: Of) {
  const askedUntil = new Map<string, Date>()
  let askedAt = -askedEvery
  let asking: Promise<void> = Promise.resolve()
  let busy = false
  let missed = false

  const ask = async ({ tenant_id: tenantId, scope }: Part, { engine, asOf, listed }: Reading) => {
    const where = { tenantId, engineId, prefix: prefixOf(scope) }
    const history = engine.jobs?.history?.bind(engine.jobs)
    if (history) {
      const now = database.now().getTime()
      const last = askedUntil.get(tenantId)
      const newest = last ?? (await database.withTenant(where, (tx) => newestEnd(tx, where)))
      const since = newest === null ? 0 : newest.getTime() - (last ? overlap : overlapAtFirst)
      const bound = AbortSignal.any([signal, AbortSignal.timeout(patience)])
      const ended = await history(scope, new Date(Math.max(since, now - longest)), bound)
      await keepEnds(database, where, ended, listed(tenantId))
      askedUntil.set(tenantId, new Date(now))
    }
    await database.withTenant(where, async (tx) => {
      const missed = await missSubmitted(tx, where, new Date(asOf.getTime() - listedWithin))
      if (missed > 0) await tellChange(tx, { tenant: tenantId, jobs: true })
    })
  }

  const askAll = async (reading: Reading) => {
    for (const part of reading.parts) {
      if (signal.aborted) return
      // The next round asks again, as far back as this one would have.
      await ask(part, reading).catch((error) => {
        if (signal.aborted) return
        if (error instanceof EngineError) log.debug({ engine: engineId, said: error.said }, error.message)
        else log.warn({ err: error, engine: engineId }, 'reading how jobs ended failed')
      })
    }
  }

  return {
    /** After each reading: asks where it is due, beside the readings. */
    look(reading: Reading): void {
      if (reading.engine.jobs === undefined) return
      missed ||= reading.missed
      const since = performance.now() - askedAt
      if (busy || since < (missed ? askedAgainAfter : askedEvery)) return
      askedAt = performance.now()
      missed = false
      busy = true
      asking = askAll(reading).finally(() => {
        busy = false
      })
    },
    /** When nothing is asked any more. */
    ended: () => asking,
  }
}
