import type { AuditAction, EngineKind, Quota, Scope } from '@tenantry/contract'
import { type Engine, EngineError } from '../../engines/port.ts'
import type { Actor } from '../../platform/access/actor.ts'
import { type audit, auditRefusal } from '../../platform/audit/audit.ts'
import type { Deps } from '../../platform/deps.ts'
import { problem } from '../../platform/http/problem.ts'
import type { OpenEngines } from './open.ts'

/** Milliseconds that an engine has to do what it is asked. */
const patience = 10_000

/** A tenant's part of an engine. `open` throws `EngineError` where its credential cannot be read. */
export type Reached = {
  id: string
  name: string
  kind: EngineKind
  version: number
  scope: Scope
  quota: Quota
  open(): Engine
}

type Stored = Parameters<OpenEngines['of']>[0] & { name: string }

/** The engines that the tenant of the actor has a part of, by name; `engineId`: that one alone. */
export async function reachEngines(
  { database }: Pick<Deps, 'database'>,
  engines: OpenEngines,
  { tenantId }: Pick<Actor, 'tenantId'>,
  engineId: string | null = null,
): Promise<Reached[]> {
  const parts = await database.readAtOnce({ tenantId }, (tx) =>
    tx.read<{ engine_id: string; scope: Scope; quota: Quota }>(
      `select engine_id, scope, quota from allocations
       where tenant_id = $1 and engine_id = coalesce($2, engine_id) and withdrawn_at is null`,
      [tenantId, engineId],
    ),
  )
  if (parts.length === 0) return []
  const stored = await database.readAtOnceAsSystem('the engines that a tenant has parts of', (tx) =>
    tx.read<Stored>(
      `select id, name, kind, address, ca, credential, version from engines where id = any($1::uuid[]) order by name_key`,
      [parts.map(({ engine_id: id }) => id)],
    ),
  )
  return stored.flatMap((engine) => {
    const part = parts.find(({ engine_id: id }) => id === engine.id)
    const { id, name, kind, version } = engine
    return part
      ? [{ id, name, kind, version, scope: part.scope, quota: part.quota, open: () => engines.of(engine) }]
      : []
  })
}

/** One of them, opened. Throws `not_found`; `EngineError` where its credential cannot be read. */
export async function reachEngine(
  deps: Pick<Deps, 'database'>,
  engines: OpenEngines,
  actor: Pick<Actor, 'tenantId'>,
  engineId: string,
): Promise<Reached & { engine: Engine }> {
  const [reached] = await reachEngines(deps, engines, actor, engineId)
  return reached ? { ...reached, engine: reached.open() } : problem('not_found')
}

type What = Parameters<typeof audit>[3] & object

/** Asks an engine to do something; its refusal goes on record. Throws `not_found`, `engine_unavailable`, `engine_refused`. */
export async function askEngine<T>(
  { database }: Pick<Deps, 'database'>,
  actor: Actor,
  action: AuditAction,
  { target, details }: What,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await work(AbortSignal.timeout(patience))
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    const reason = [error.message, error.said].filter(Boolean).join(' ')
    await auditRefusal(database, actor, action, { ...(target && { target }), details: { ...details, reason } })
    if (error.kind === 'not_found') return problem('not_found')
    if (error.kind === 'refused') return problem('engine_refused', { detail: reason })
    return problem('engine_unavailable', { detail: error.message, retryAfter: 5 })
  }
}
