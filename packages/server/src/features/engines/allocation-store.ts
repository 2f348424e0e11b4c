import type { EngineKind, Quota, Scope } from '@tenantry/contract'
import { sql } from 'kysely'
import { sqlFor } from '../../platform/database/builder.ts'
import type { Tx } from '../../platform/database/tx.ts'

export type AllocationRow = {
  id: string
  tenant_id: string
  tenant: string
  engine_id: string
  engine: string
  scope: Scope
  quota: Quota
  former: Scope[]
  withdrawn_at: Date | null
  version: number
}

const rows = () =>
  sqlFor
    .selectFrom('allocations as a')
    .innerJoin('tenants as t', 't.id', 'a.tenant_id')
    .innerJoin('engine_health as h', 'h.engine_id', 'a.engine_id')
    .select(['a.id', 'a.tenant_id', 't.slug as tenant', 'a.engine_id', 'h.name as engine'])
    .select(['a.scope', 'a.quota', 'a.former', 'a.withdrawn_at', 'a.version'])

/** Those in force, of an engine or a tenant or all. */
export function list(
  tx: Tx,
  { engine, tenant }: { engine?: string | undefined; tenant?: string | undefined },
): Promise<AllocationRow[]> {
  let query = rows().where('a.withdrawn_at', 'is', null).orderBy('t.slug').orderBy('h.name')
  if (engine !== undefined) query = query.where('a.engine_id', '=', engine)
  if (tenant !== undefined) query = query.where('a.tenant_id', '=', tenant)
  return tx.many(query) as Promise<AllocationRow[]>
}

export const find = (tx: Tx, id: string): Promise<AllocationRow | undefined> =>
  tx.first(rows().where('a.id', '=', id).where('a.withdrawn_at', 'is', null)) as Promise<AllocationRow | undefined>

export async function lock(tx: Tx, id: string): Promise<AllocationRow | undefined> {
  await tx.first(sqlFor.selectFrom('allocations').select('id').where('id', '=', id).forUpdate())
  return find(tx, id)
}

/** Makes allocations of one engine wait for each other. */
export const lockEngine = (tx: Tx, id: string): Promise<{ kind: EngineKind; name: string } | undefined> =>
  tx.first(sqlFor.selectFrom('engines').select(['kind', 'name']).where('id', '=', id).forUpdate())

type New = Pick<AllocationRow, 'id' | 'tenant_id' | 'engine_id' | 'scope' | 'quota'>

/** Also where the tenant had a part that is still being taken back: its people leave that one then. Answers the id. */
export async function put(tx: Tx, { id, tenant_id, engine_id, scope, quota }: New): Promise<string> {
  const text = { scope: JSON.stringify(scope), quota: JSON.stringify(quota) }
  const before = await tx.first(
    sqlFor
      .updateTable('allocations')
      .set({
        ...text,
        withdrawn_at: null,
        former: sql`former || jsonb_build_array(scope)`,
        version: sql<number>`version + 1`,
      })
      .where('tenant_id', '=', tenant_id)
      .where('engine_id', '=', engine_id)
      .returning('id'),
  )
  if (before) return before.id
  await tx.run(sqlFor.insertInto('allocations').values({ id, tenant_id, engine_id, ...text, created_at: tx.now }))
  return id
}

type Change = Pick<AllocationRow, 'scope' | 'quota' | 'former'>

export const change = (tx: Tx, id: string, { scope, quota, former }: Change): Promise<number> =>
  tx.run(
    sqlFor
      .updateTable('allocations')
      .set({
        scope: JSON.stringify(scope),
        quota: JSON.stringify(quota),
        former: JSON.stringify(former),
        version: sql<number>`version + 1`,
      })
      .where('id', '=', id),
  )

/** What was read is forgotten at once; the row stays as long as somebody has access there, which is none where engines follow nobody. */
export async function withdraw(tx: Tx, { id, tenant_id, engine_id }: AllocationRow): Promise<void> {
  for (const table of ['resources', 'engine_jobs', 'engine_shares'] as const) {
    await tx.bookkeeping(sqlFor.deleteFrom(table).where('tenant_id', '=', tenant_id).where('engine_id', '=', engine_id))
  }
  await tx.run(sqlFor.updateTable('allocations').set({ withdrawn_at: tx.now }).where('id', '=', id))
  const followed = await tx.first(
    sqlFor
      .selectFrom('carry_through')
      .select('user_id')
      .where('tenant_id', '=', tenant_id)
      .where('engine_id', '=', engine_id)
      .limit(1),
  )
  if (!followed) await tx.run(sqlFor.deleteFrom('allocations').where('id', '=', id))
}

/** People have other names there from now on, which the engine has not taken in yet. */
export const forgetNames = (tx: Tx, tenantId: string, engineId: string): Promise<number> =>
  tx.bookkeeping(
    sqlFor
      .updateTable('carry_through')
      .set({ access: '' })
      .where('tenant_id', '=', tenantId)
      .where('engine_id', '=', engineId),
  )

/** Everybody of the tenant is looked at again at this engine. */
export async function markPeople(tx: Tx, tenantId: string, engineId: string): Promise<void> {
  await tx.write('call mark_for_engines($1, null, $2)', [tenantId, engineId])
}
