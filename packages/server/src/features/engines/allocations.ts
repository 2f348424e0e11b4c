import type {
  Allocation,
  AuditAction,
  allocate as allocateRoute,
  BodyOf,
  changeAllocation as changeRoute,
  listAllocations as listRoute,
  QueryOf,
} from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { audit, type Target } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { fieldProblem, problem } from '../../platform/http/problem.ts'
import { newId } from '../../platform/secrets/ids.ts'
import { findTenant } from '../tenants/index.ts'
import * as store from './allocation-store.ts'
import { clashOf } from './scopes.ts'

const asPlatform = 'the platform shares its engines out'

export async function listAllocations(
  { database }: Deps,
  actor: Actor,
  filter: QueryOf<typeof listRoute>,
): Promise<{ items: Allocation[] }> {
  authorize(actor, 'allocation.manage')
  const rows = await database.readAtOnceAsSystem(asPlatform, (tx) => store.list(tx, filter))
  return { items: rows.map(present) }
}

/** Gives a tenant a part of an engine. Throws `not_found`, `allocation_taken`. */
export async function allocate(deps: Deps, actor: Actor, input: BodyOf<typeof allocateRoute>): Promise<Allocation> {
  authorize(actor, 'allocation.manage')
  const { tenantId, engineId, scope, quota } = input
  await findTenant(deps, tenantId)
  return inTenant(deps, actor, tenantId, 'allocation.created', async (tx) => {
    const engine = (await store.lockEngine(tx, engineId)) ?? problem('not_found')
    if (engine.kind !== scope.kind) fieldProblem('invalid_input', 'scope', `is not a part of ${engine.kind}`)
    const others = await store.list(tx, { engine: engineId })
    if (others.some(({ tenant_id: holder }) => holder === tenantId)) {
      problem('allocation_taken', { detail: 'The tenant has a part of this engine already: change that one.' })
    }
    refuseClash(scope, others)
    // Also of a part that is still being taken back, with names of its own.
    await store.forgetNames(tx, tenantId, engineId)
    const id = await store.put(tx, { id: newId(), tenant_id: tenantId, engine_id: engineId, scope, quota })
    await store.markPeople(tx, tenantId, engineId)
    return { id, target: { kind: 'engine', id: engineId, name: engine.name }, details: { after: { scope, quota } } }
  })
}

/** Changes a part or a quota. Throws `not_found`, `changed_meanwhile`, `allocation_taken`. */
export async function changeAllocation(
  deps: Deps,
  actor: Actor,
  id: string,
  edit: BodyOf<typeof changeRoute>,
  version: number | null,
): Promise<Allocation> {
  authorize(actor, 'allocation.manage')
  const { tenant_id: tenantId } = await findAllocation(deps, id)
  return inTenant(deps, actor, tenantId, 'allocation.changed', async (tx) => {
    const row = (await store.lock(tx, id)) ?? problem('not_found')
    if (version !== null && version !== row.version) problem('changed_meanwhile')
    const { scope = row.scope, quota = row.quota } = edit
    if (scope.kind !== row.scope.kind) fieldProblem('invalid_input', 'scope', `is not a part of ${row.scope.kind}`)
    refuseClash(
      scope,
      (await store.list(tx, { engine: row.engine_id })).filter((other) => other.id !== id),
    )
    const moved = JSON.stringify(scope) !== JSON.stringify(row.scope)
    await store.change(tx, id, { scope, quota, former: moved ? [...row.former, row.scope] : row.former })
    if (moved) await store.markPeople(tx, tenantId, row.engine_id)
    if (prefixOf(scope) !== prefixOf(row.scope)) await store.forgetNames(tx, tenantId, row.engine_id)
    const details = { before: { scope: row.scope, quota: row.quota }, after: { scope, quota } }
    return { id, target: { kind: 'engine', id: row.engine_id, name: row.engine }, details }
  })
}

/** Takes a part back. It goes when everybody's access there is gone; nothing of it is shown from now on. */
export async function withdrawAllocation(deps: Deps, actor: Actor, id: string): Promise<void> {
  authorize(actor, 'allocation.manage')
  const { tenant_id: tenantId } = await findAllocation(deps, id)
  await inTenant(deps, actor, tenantId, 'allocation.withdrawn', async (tx) => {
    const row = (await store.lock(tx, id)) ?? problem('not_found')
    await store.markPeople(tx, tenantId, row.engine_id)
    await store.withdraw(tx, row)
    return {
      id: null,
      target: { kind: 'engine', id: row.engine_id, name: row.engine },
      details: { before: { scope: row.scope, quota: row.quota } },
    }
  })
}

async function findAllocation({ database }: Deps, id: string): Promise<store.AllocationRow> {
  const row = await database.asSystem(asPlatform, (tx) => store.find(tx, id))
  return row ?? problem('not_found')
}

const prefixOf = (scope: Allocation['scope']): string | null => (scope.kind === 'slurm' ? scope.prefix : null)

function refuseClash(scope: Allocation['scope'], others: store.AllocationRow[]): void {
  for (const other of others) {
    const clash = clashOf(scope, other.scope)
    if (clash !== null) fieldProblem('allocation_taken', 'scope', `${clash} is ${other.tenant}’s`)
  }
}

type Done = { id: string | null; target: Target; details: Record<string, unknown> }

/** Carries out a change behind a tenant's wall, on the record there and with the platform. */
async function inTenant(
  { database }: Deps,
  actor: Actor,
  tenantId: string,
  action: AuditAction,
  work: (tx: Tx) => Promise<Done>,
): Promise<Allocation> {
  const { done, row } = await database.asSystem(
    asPlatform,
    async (tx) => {
      const done = await work(tx)
      audit(tx, { ...actor, visiting: true }, action, done)
      return { done, row: done.id === null ? undefined : await store.find(tx, done.id) }
    },
    tenantId,
  )
  await database.withTenant({ tenantId: actor.tenantId }, async (tx) =>
    audit(tx, actor, action, { target: done.target, details: { ...done.details, tenant: tenantId } }),
  )
  return row ? present(row) : (undefined as never)
}

const present = (row: store.AllocationRow): Allocation => ({
  id: row.id,
  tenantId: row.tenant_id,
  tenant: row.tenant,
  engineId: row.engine_id,
  engine: row.engine,
  scope: row.scope,
  quota: row.quota,
  version: row.version,
})
