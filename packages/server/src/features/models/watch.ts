import { EngineError } from '../../engines/port.ts'
import { sqlFor } from '../../platform/database/builder.ts'
import type { ModelCounters } from '../../platform/database/schema.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { openEndpoint, unsealCredential } from './endpoint.ts'
import { listServed, readMetrics } from './probe.ts'
import { find, type ModelRow } from './store.ts'
import { openTurns } from './turns.ts'

/** Milliseconds: how often it is seen who is due, how often each endpoint is asked, and how long it may take to answer. */
const tick = 2_000
const every = 30_000
const patience = 8_000
const slowAfter = 4_000
/** How many are asked at once by one replica, and of them one tenant's: a hung one takes all of its patience. */
const atOnce = 64
const ofOne = 8
/** Of one tenant, and in all, that are due and known of at once. */
const known = { ofOne: 50, all: 1_000 }

type Due = { tenant_id: string; model_id: string }

/** Asks every endpoint how it is, each by whichever replica comes first. */
export function watchModels(deps: Deps): { close(): Promise<void> } {
  const { database, log } = deps
  let closed = false
  const warn = (error: unknown) => log.warn({ err: error }, 'looking after models failed; it is tried again')
  // Whoever is slow holds up nobody but their own tenant.
  const turns = openTurns<Due>({
    atOnce,
    ofOne,
    tenantOf: ({ tenant_id: tenantId }) => tenantId,
    work: (one) => lookAt(deps, one).catch(warn),
  })
  const look = async () => {
    const due = await database.readAtOnceAsSystem('endpoints of models that are looked at next, of any tenant', (tx) =>
      tx.read<Due>(
        `select tenant_id, model_id from (
           select tenant_id, model_id, next_at, row_number() over (partition by tenant_id order by next_at) as turn
           from model_health where next_at <= $1) due
         where turn <= $2 order by turn, next_at limit $3`,
        [database.now(), known.ofOne, known.all],
      ),
    )
    if (!closed) turns.set(due)
  }
  let looking: Promise<void> = Promise.resolve()
  let busy = false
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    looking = look()
      .catch(warn)
      .finally(() => {
        busy = false
      })
  }, tick)
  timer.unref()
  return {
    async close() {
      closed = true
      clearInterval(timer)
      await looking
      await turns.close()
    },
  }
}

async function lookAt(deps: Deps, { tenant_id: tenantId, model_id: id }: Due): Promise<void> {
  const claimed = await deps.database.withTenant({ tenantId }, async (tx) => {
    const taken = await tx.bookkeeping(
      healthOf(tenantId, id)
        .set({ next_at: new Date(tx.now.getTime() + every) })
        .where('next_at', '<=', tx.now),
    )
    const row = taken > 0 ? await find(tx, tenantId, id) : undefined
    return row && { row, counters: await countersOf(tx, tenantId, id) }
  })
  if (!claimed?.row.enabled) return
  const seen = await askHow(deps, claimed.row, claimed.counters)
  await deps.database.withTenant({ tenantId }, async (tx) => {
    // What was changed meanwhile is asked again.
    const [now] = await tx.read<{ version: number }>('select version from models where tenant_id = $1 and id = $2', [
      tenantId,
      id,
    ])
    if (now?.version !== claimed.row.version) return
    await tx.bookkeeping(
      healthOf(tenantId, id).set({
        status: seen.status,
        reason: seen.reason,
        metrics: seen.metrics && JSON.stringify(seen.metrics),
        counters: seen.counters && JSON.stringify(seen.counters),
        ...(seen.status !== 'failing' && { as_of: tx.now }),
      }),
    )
  })
}

const healthOf = (tenantId: string, id: string) =>
  sqlFor.updateTable('model_health').where('tenant_id', '=', tenantId).where('model_id', '=', id)

async function countersOf(tx: Tx, tenantId: string, id: string): Promise<ModelCounters | null> {
  const [row] = await tx.read<{ counters: ModelCounters | null }>(
    'select counters from model_health where tenant_id = $1 and model_id = $2',
    [tenantId, id],
  )
  return row?.counters ?? null
}

/** Never throws: what goes wrong is how it is. */
async function askHow(deps: Deps, row: ModelRow, before: ModelCounters | null) {
  const nothing = { metrics: null, counters: null }
  const { address, ca, upstream: model } = row
  try {
    const endpoint = openEndpoint(deps, { address, ca, credential: unsealCredential(deps, row.id, row.credential) })
    const begun = performance.now()
    const served = await listServed(endpoint, patience).finally(() => endpoint.http.close())
    const took = performance.now() - begun
    const told = await readMetrics(deps, { address, ca, model }, before)
    const missing = served !== null && served.length > 0 && !served.some(({ id }) => id === model)
    if (missing) return { status: 'failing' as const, reason: `It does not serve “${model}”.`, ...(told ?? nothing) }
    const slow = took > slowAfter
    const reason = slow ? `It took ${Math.round(took / 100) / 10} s to answer.` : null
    return { status: slow ? ('slow' as const) : ('ok' as const), reason, ...(told ?? nothing) }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return { status: 'failing' as const, reason: error.message, ...nothing }
  }
}
