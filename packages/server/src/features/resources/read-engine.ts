import { setTimeout as delay } from 'node:timers/promises'
import { type Engine, EngineError, type Share } from '../../engines/port.ts'
import type { Deps } from '../../platform/deps.ts'
import { openHistory } from './history.ts'
import { prefixOf } from './ids.ts'
import { insist } from './insist.ts'
import { type Kept, keepShare, recallShare } from './keep-share.ts'
import { type HealthChange, type Part, partsOf, putHealth } from './reader-store.ts'
import { tellChange } from './store.ts'

const second = 1000
/** How long one reading may take; after how long an engine counts as slow, and is asked again beside. Milliseconds. */
const patience = 30 * second
const slowAfter = 3 * second
const askedAgainAfter = (usual: number): number => Math.max(slowAfter, 3 * usual)
/**
 * Between readings: 0.4 s at least. Where a reading takes long, so long that it takes a fifth of the engine's time; where it
 * is short, half of it at most.
 */
const restAfter = (took: number): number =>
  took < second / 2 ? Math.max(0.4 * second, took) : Math.min(30 * second, 4 * took)
/** Where changes are told, a reading is only for what was missed. */
const restWhenWatching = 20 * second
const restAfterFailure = [second, 2 * second, 3 * second]
const probedEvery = 60 * second
const healthWrittenEvery = 2 * second

type Asked = { deps: Pick<Deps, 'database' | 'log'>; engineId: string; open: () => Engine; signal: AbortSignal }

/** Reads one engine for all tenants, again and again until the signal, and keeps what each has and how the engine is. */
export async function readEngine({ deps, engineId, open, signal }: Asked): Promise<void> {
  const { database, log } = deps
  const kept = new Map<string, Kept>()
  const history = openHistory({ deps, engineId, signal })
  let health: HealthChange = {}
  let writtenAt = -healthWrittenEvery
  let probedAt = -probedEvery
  let failures = 0
  const watched: { now: { scopes: string; stop: AbortController } | null } = { now: null }
  let wake = () => {}

  const note = async (change: HealthChange) => {
    const told = change.status !== undefined && (change.status !== health.status || change.reason !== health.reason)
    const due = performance.now() - writtenAt > healthWrittenEvery
    health = { ...health, ...change }
    if (!told && !due) return
    writtenAt = performance.now()
    await database.asSystem('how an engine is', async (tx) => {
      await putHealth(tx, engineId, health)
      if (told) await tellChange(tx, { engine: engineId })
    })
  }

  const watch = (engine: Engine, parts: readonly Part[]) => {
    const scopes = JSON.stringify(parts)
    if (!engine.watch || watched.now?.scopes === scopes) return
    watched.now?.stop.abort()
    const stop = new AbortController()
    const mine = { scopes, stop }
    watched.now = mine
    const both = AbortSignal.any([signal, stop.signal])
    engine
      .watch(
        parts.map(({ scope }) => scope),
        () => wake(),
        both,
      )
      .catch(() => {})
      .finally(() => {
        if (watched.now === mine) watched.now = null
      })
  }

  /** One reading. Answers how long to rest. */
  const read = async (): Promise<number> => {
    const engine = open()
    const begun = performance.now()
    const asOf = database.now()
    const bounds = { again: askedAgainAfter(health.latency_ms ?? 0), patience }
    const parts = await database.readAtOnceAsSystem('which part of an engine is whose', (tx) => partsOf(tx, engineId))
    if (begun - probedAt >= probedEvery || failures > 0 || parts.length === 0) {
      const { version, api } = await insist((bound) => engine.probe(bound), bounds, signal)
      health = { ...health, engine_version: version, api }
      probedAt = begun
    }
    const scopes = parts.map(({ scope }) => scope)
    const snapshot = async (bound: AbortSignal) => {
      const asked = performance.now()
      const shares = parts.length === 0 ? [] : await engine.snapshot(scopes, bound)
      return { shares, took: performance.now() - asked }
    }
    const { shares, took } = await insist(snapshot, bounds, signal)
    const read = performance.now()
    for (const [index, part] of parts.entries()) await keep(part, shares[index])
    const keeping = performance.now() - read
    for (const tenantId of kept.keys()) if (!parts.some((part) => part.tenant_id === tenantId)) kept.delete(tenantId)
    failures = 0
    const missed = [...kept.values()].some((one) => (one.missed ?? 0) > 0)
    history.look({ engine, parts, asOf, missed, listed: (tenantId) => kept.get(tenantId)?.jobs ?? new Map() })
    // Of what nobody has a part of, only who it is was asked.
    const latency = parts.length === 0 ? performance.now() - begun : took
    await note({ status: 'ok', reason: null, as_of: asOf, latency_ms: latency })
    if (parts.length === 0) return 5 * second
    watch(engine, parts)
    // What is much to keep is read more rarely, too: this process has others to serve.
    return watched.now === null ? restAfter(Math.max(took, keeping)) : restWhenWatching
  }

  const keep = async ({ tenant_id: tenantId, scope }: Part, share: Share | undefined) => {
    if (!share) throw new EngineError('garbage', 'Its reading is not complete.')
    const where = { tenantId, engineId, prefix: prefixOf(scope) }
    const before = kept.get(tenantId) ?? (await recallShare(database, where))
    kept.set(tenantId, await keepShare(database, where, share, before))
  }

  while (!signal.aborted) {
    const overdue = setTimeout(
      () =>
        void note({ status: 'slow', reason: `It has been taking more than ${slowAfter / second} s to answer.` }).catch(
          () => {},
        ),
      slowAfter,
    )
    let rest: number
    try {
      rest = await read()
    } catch (error) {
      if (signal.aborted) break
      const known = error instanceof EngineError
      if (!known) log.warn({ err: error, engine: engineId }, 'reading an engine failed')
      else log.debug({ engine: engineId, said: error.said }, error.message)
      const reason = known ? error.message : 'Reading it failed on our side; the log of the server says more.'
      await note({ status: 'failing', reason }).catch(() => {})
      rest = restAfterFailure[Math.min(failures, restAfterFailure.length - 1)] ?? second
      failures += 1
    } finally {
      clearTimeout(overdue)
    }
    const woken = new AbortController()
    wake = () => woken.abort()
    await delay(rest, undefined, { signal: AbortSignal.any([signal, woken.signal]) }).catch(() => {})
    // Changes come in bursts.
    if (woken.signal.aborted) await delay(100, undefined, { signal }).catch(() => {})
  }
  watched.now?.stop.abort()
  await history.ended()
}
