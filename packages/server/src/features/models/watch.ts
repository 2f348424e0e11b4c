import { EngineError } from '../../engines/port.ts'
import { sqlFor } from '../../platform/database/builder.ts'
import type { ModelCounters } from '../../platform/database/schema.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { openEndpoint, unsealCredential } from './endpoint.ts'
import { listServed, readMetrics } from './probe.ts'
import { find, type ModelRow } from './store.ts'

/** Milliseconds: how often it is seen who is due, how often each endpoint is asked, and how long it may take to answer. */
const tick = 2_000
const every = 30_000
const patience = 8_000
const slowAfter = 4_000
/** How many are asked at once by one replica. */
const atOnce = 16

type Due = { tenant_id: string; model_id: string }

/** Asks every endpoint how it is, each by whichever replica comes first. */
export function watchModels(deps: Deps): { close(): Promise<void> } {
  const { database, log } = deps
  let closed = false
  const look = async () => {
    const due = await database.readAtOnceAsSystem('endpoints of models that are looked at next, of any tenant', (tx) =>
      tx.read<Due>('select tenant_id, model_id from model_health where next_at <= $1 order by next_at limit 200', [
        database.now(),
      ]),
    )
    // Whoever is slow holds up nobody but themselves.
    const next = due.values()
    const worker = async () => {
      for (const one of next) {
        if (closed) return
        await lookAt(deps, one)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
  }
  let looking: Promise<void> = Promise.resolve()
  let busy = false
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    looking = look()
      .catch((error) => log.warn({ err: error }, 'looking after models failed; it is tried again'))
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
