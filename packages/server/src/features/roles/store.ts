import { sql } from 'kysely'
import type { RoleRow } from '../../platform/access/roles.ts'
import { sqlFor } from '../../platform/database/builder.ts'
import type { Tx } from '../../platform/database/tx.ts'

const countedTo = 10_000

/** Makes changes of one role wait for each other. */
export const lock = (tx: Tx, tenantId: string, id: string): Promise<RoleRow | undefined> =>
  tx.first(sqlFor.selectFrom('roles').selectAll().where('tenant_id', '=', tenantId).where('id', '=', id).forUpdate())

export type Change = { name: string; description: string; enabled: boolean; permissions: string[] }

export const update = (tx: Tx, tenantId: string, id: string, change: Change): Promise<number> =>
  tx.run(
    sqlFor
      .updateTable('roles')
      .set({ ...change, version: sql<number>`version + 1`, updated_at: tx.now })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id),
  )

export const remove = (tx: Tx, tenantId: string, id: string): Promise<number> =>
  tx.run(sqlFor.deleteFrom('roles').where('tenant_id', '=', tenantId).where('id', '=', id))

/** How many hold each role, without those who are deleted; each counted no further than 10,000. */
export async function countHolders(
  tx: Tx,
  tenantId: string,
  roleIds: string[],
): Promise<{ roleId: string; count: number; more: boolean }[]> {
  const rows = await tx.read<{ id: string; n: string }>(
    `select r.id, (select count(*) from (
        select 1 from users u where u.tenant_id = $1 and u.role_id = r.id and u.deleted_at is null limit ${countedTo + 1}) held) as n
     from unnest($2::uuid[]) r(id)`,
    [tenantId, roleIds],
  )
  return rows.map(({ id, n }) => ({ roleId: id, count: Math.min(Number(n), countedTo), more: Number(n) > countedTo }))
}

export type Holder = { id: string; username: string; first_name: string; last_name: string }

/** Whoever holds a role, deleted users too where `deleted` says so, by username. */
export const holders = (
  tx: Tx,
  tenantId: string,
  roleId: string,
  { limit, deleted }: { limit: number; deleted: boolean },
): Promise<Holder[]> => {
  const all = sqlFor
    .selectFrom('users')
    .select(['id', 'username', 'first_name', 'last_name'])
    .where('tenant_id', '=', tenantId)
    .where('role_id', '=', roleId)
    .orderBy('username')
    .limit(limit)
  return tx.many(deleted ? all : all.where('deleted_at', 'is', null))
}

/** Gives everybody who holds one role another. */
export const moveHolders = (tx: Tx, tenantId: string, from: string, to: string): Promise<number> =>
  tx.write(
    'update users set role_id = $3, role_since = $4, updated_at = $4, version = version + 1 where tenant_id = $1 and role_id = $2',
    [tenantId, from, to, tx.now],
  )

/** Active holders of any of the roles. */
export const activeHolders = (tx: Tx, tenantId: string, roleIds: string[], limit: number): Promise<Holder[]> =>
  tx.many(
    sqlFor
      .selectFrom('users')
      .select(['id', 'username', 'first_name', 'last_name'])
      .where('tenant_id', '=', tenantId)
      .where('role_id', 'in', roleIds)
      .where('disabled_at', 'is', null)
      .where('deleted_at', 'is', null)
      .orderBy('username')
      .limit(limit),
  )
