import type { JobSummary, Layout } from '@tenantry/contract'
import { sqlFor } from '../../platform/database/builder.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { ShareRow } from './rules.ts'

export const shares = (tx: Tx, tenantId: string): Promise<ShareRow[]> =>
  tx.read<ShareRow>(
    `select h.engine_id, h.name, h.kind, h.status, h.as_of, h.reason, s.summary
     from allocations a join engine_health h on h.engine_id = a.engine_id
     left join engine_shares s on s.tenant_id = a.tenant_id and s.engine_id = a.engine_id
     where a.tenant_id = $1 and a.withdrawn_at is null order by h.name`,
    [tenantId],
    'dashboard shares',
  )

export type StoredLayout = { layout: Layout; revision: number }

export const findLayout = (tx: Tx, tenantId: string, userId: string): Promise<StoredLayout | undefined> =>
  tx.first(
    sqlFor
      .selectFrom('dashboard_layouts')
      .select(['layout', 'revision'])
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId),
  )

export const findDefault = (tx: Tx, tenantId: string): Promise<StoredLayout | undefined> =>
  tx.first(sqlFor.selectFrom('dashboard_defaults').select(['layout', 'revision']).where('tenant_id', '=', tenantId))

/** Saves on top of `revision`, 0 where there is none. False where it is another by now. */
export async function putLayout(
  tx: Tx,
  tenantId: string,
  userId: string,
  layout: Layout,
  revision: number,
): Promise<boolean> {
  const values = { layout: JSON.stringify(layout), revision: revision + 1, updated_at: tx.now }
  const changed = await tx.bookkeeping(
    revision === 0
      ? sqlFor
          .insertInto('dashboard_layouts')
          .values({ tenant_id: tenantId, user_id: userId, ...values })
          .onConflict((clash) => clash.doNothing())
      : sqlFor
          .updateTable('dashboard_layouts')
          .set(values)
          .where('tenant_id', '=', tenantId)
          .where('user_id', '=', userId)
          .where('revision', '=', revision),
  )
  return changed > 0
}

export const removeLayout = (tx: Tx, tenantId: string, userId: string): Promise<number> =>
  tx.bookkeeping(sqlFor.deleteFrom('dashboard_layouts').where('tenant_id', '=', tenantId).where('user_id', '=', userId))

export async function putDefault(tx: Tx, tenantId: string, layout: Layout, revision: number): Promise<boolean> {
  const values = { layout: JSON.stringify(layout), revision: revision + 1, updated_at: tx.now }
  const changed = await tx.run(
    revision === 0
      ? sqlFor
          .insertInto('dashboard_defaults')
          .values({ tenant_id: tenantId, ...values })
          .onConflict((clash) => clash.doNothing())
      : sqlFor
          .updateTable('dashboard_defaults')
          .set(values)
          .where('tenant_id', '=', tenantId)
          .where('revision', '=', revision),
  )
  return changed > 0
}

/** Those that run, then those that wait, then those that are over, the latest first; an array as one. */
export async function latestJobs(tx: Tx, tenantId: string, owner: string, most: number): Promise<JobSummary[]> {
  const rows = await tx.read<{ id: string; engine: string; doc: Omit<JobSummary, 'id' | 'engine'> }>(
    `select j.id, h.name as engine, j.doc from engine_jobs j join engine_health h on h.engine_id = j.engine_id
     where j.tenant_id = $1 and j.owner = $2 and j.array_id is null order by j.rank, j.submitted_at desc nulls last, j.id limit $3`,
    [tenantId, owner, most],
  )
  return rows.map(({ id, engine, doc }) => ({ ...doc, id, engine }))
}

/** Counts stop at 10,000 of a role: more are as many. */
export const countByRole = (tx: Tx, tenantId: string): Promise<{ id: string; name: string; n: string }[]> =>
  tx.read(
    `select r.id, r.name, (select count(*) from (select 1 from users u
       where u.tenant_id = r.tenant_id and u.role_id = r.id and u.deleted_at is null limit 10000) held) as n
     from roles r where r.tenant_id = $1 order by n desc, r.name limit 50`,
    [tenantId],
  )
