import { sql } from 'kysely'
import { sqlFor } from '../../platform/database/builder.ts'
import { type Places, prepare } from '../../platform/database/prepare.ts'
import type { StoredStatus } from '../../platform/database/schema.ts'
import type { Tx } from '../../platform/database/tx.ts'

export type UserRow = {
  id: string
  username: string
  email: string
  first_name: string
  last_name: string
  role_id: string
  role_name: string
  role_since: Date
  must_change_password: boolean
  temporary_until: Date | null
  locked_until: Date | null
  disabled_at: Date | null
  deleted_at: Date | null
  last_login_at: Date | null
  status: StoredStatus
  version: number
  created_at: Date
  updated_at: Date
}

/** A user with what their role permits, locked against other changes until the transaction ends. */
export type LockedUser = UserRow & { built_in: string | null; enabled: boolean; permissions: string[] }

export const userColumns = [
  'u.id',
  'u.username',
  'u.email',
  'u.first_name',
  'u.last_name',
  'u.role_id',
  'r.name as role_name',
  'u.role_since',
  'u.must_change_password',
  'u.temporary_until',
  'u.locked_until',
  'u.disabled_at',
  'u.deleted_at',
  'u.last_login_at',
  'u.status',
  'u.version',
  'u.created_at',
  'u.updated_at',
] as const

export const usersWithRoles = (tenantId: string) =>
  sqlFor
    .selectFrom('users as u')
    .innerJoin('roles as r', (join) => join.onRef('r.tenant_id', '=', 'u.tenant_id').onRef('r.id', '=', 'u.role_id'))
    .where('u.tenant_id', '=', tenantId)

type ById = { tenantId: string; id: string }
const byId = prepare((place: Places<ById>) =>
  usersWithRoles(place('tenantId')).select(userColumns).where('u.id', '=', place('id')),
)
export const find = (tx: Tx, tenantId: string, id: string): Promise<UserRow | undefined> =>
  tx.first(byId({ tenantId, id }))

export const findNamed = (tx: Tx, tenantId: string, username: string): Promise<UserRow | undefined> =>
  tx.first(usersWithRoles(tenantId).select(userColumns).where('u.username', '=', username))

/**
 * Locks several users in the order of their ids, so that two transactions cannot wait for each other. The roles are
 * read afterwards: a join would keep the role from before the wait, and lose the row where it has changed.
 */
export async function lock(tx: Tx, tenantId: string, ids: string[]): Promise<LockedUser[]> {
  const [users, roles] = await Promise.all([tx.many(locked({ tenantId, ids })), tx.many(rolesOf({ tenantId, ids }))])
  return users.flatMap((user) => {
    const role = roles.find(({ id }) => id === user.role_id)
    return role ? [{ ...role, ...user }] : []
  })
}

type ByIds = { tenantId: string; ids: string[] }
const locked = prepare((place: Places<ByIds>) =>
  sqlFor
    .selectFrom('users as u')
    .select(userColumns.filter((column) => column !== 'r.name as role_name'))
    .where('u.tenant_id', '=', place('tenantId'))
    .where('u.id', '=', sql<string>`any(${place('ids')}::uuid[])`)
    .orderBy('u.id')
    .forUpdate(),
)
const rolesOf = prepare((place: Places<ByIds>) =>
  sqlFor
    .selectFrom('roles')
    .select(['id', 'name as role_name', 'built_in', 'enabled', 'permissions'])
    .where('tenant_id', '=', place('tenantId'))
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('users')
        .select('role_id')
        .where('tenant_id', '=', place('tenantId'))
        .where('id', '=', sql<string>`any(${place('ids')}::uuid[])`),
    ),
)

export type NewUser = {
  id: string
  username: string
  email: string
  firstName: string
  lastName: string
  roleId: string
  mustChangePassword: boolean
  temporaryUntil: Date | null
  passwordHash: string | null
  oneTimeHash: Buffer | null
}

/** Users with what they sign in with: one statement, however many. */
export const insert = (tx: Tx, tenantId: string, users: NewUser[]): Promise<number> =>
  tx.write(
    insertAll,
    [
      JSON.stringify(
        users.map(({ oneTimeHash, ...user }) => ({ ...user, oneTimeHash: oneTimeHash?.toString('hex') ?? null })),
      ),
      tenantId,
      tx.now,
    ],
    'insert_users',
  )

const insertAll = `
  with made as (
    select * from jsonb_to_recordset($1::jsonb) as made(id uuid, username text, email text, "firstName" text, "lastName" text,
      "roleId" uuid, "mustChangePassword" boolean, "temporaryUntil" timestamptz, "passwordHash" text, "oneTimeHash" text)
  ), people as (
    insert into users (id, tenant_id, username, email, first_name, last_name, role_id, role_since, must_change_password,
                       temporary_until, created_at, updated_at)
    select id, $2::uuid, username, email, "firstName", "lastName", "roleId", $3::timestamptz, "mustChangePassword",
           "temporaryUntil", $3::timestamptz, $3::timestamptz from made
  )
  insert into credentials (user_id, tenant_id, password_hash, one_time_hash, one_time_kind, changed_at)
  select id, $2::uuid, "passwordHash", decode("oneTimeHash", 'hex'), case when "oneTimeHash" is not null then 'link' end, $3::timestamptz
  from made`

type Change = {
  email?: string
  first_name?: string
  last_name?: string
  must_change_password?: boolean
  temporary_until?: Date | null
  locked_until?: Date | null
  disabled_at?: Date | null
  deleted_at?: Date | null
}

/** Changes a user and counts the version up. */
export const update = (tx: Tx, tenantId: string, id: string, change: Change): Promise<number> =>
  tx.run(
    sqlFor
      .updateTable('users')
      .set({ ...change, version: sql<number>`version + 1`, updated_at: tx.now })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id),
  )

/** Gives another role and counts the version up. */
export const setRole = (tx: Tx, tenantId: string, id: string, roleId: string): Promise<number> =>
  tx.write(
    'update users set role_id = $3, role_since = $4, updated_at = $4, version = version + 1 where tenant_id = $1 and id = $2',
    [tenantId, id, roleId, tx.now],
    'set_role',
  )

/** Replaces whatever the user signed in with by a generated secret, of which only the hash is kept. */
export const setOneTime = (
  tx: Tx,
  tenantId: string,
  id: string,
  kind: 'password' | 'link',
  hash: Buffer,
): Promise<number> =>
  tx.run(
    sqlFor
      .updateTable('credentials')
      .set({ password_hash: null, one_time_hash: hash, one_time_kind: kind, changed_at: tx.now })
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', id),
  )

type Others = { tenantId: string; exceptId: string | null; roleIds: string[]; evenOwing: boolean }
const otherHolder = prepare((place: Places<Others>) =>
  sqlFor
    .selectFrom('users')
    .select('id')
    .where('tenant_id', '=', place('tenantId'))
    .where('role_id', '=', sql<string>`any(${place('roleIds')}::uuid[])`)
    .where('id', 'is distinct from', place('exceptId'))
    .where('must_change_password', 'in', [false, place('evenOwing')])
    .where('disabled_at', 'is', null)
    .where('deleted_at', 'is', null)
    .limit(1),
)

/** Whether somebody else could still sign in today and holds one of these roles; `evenOwing`: also with a password owed. */
export async function hasOtherHolder(
  tx: Tx,
  tenantId: string,
  exceptId: string | null,
  roleIds: string[],
  evenOwing: boolean,
): Promise<boolean> {
  if (roleIds.length === 0) return false
  const row = await tx.first(otherHolder({ tenantId, exceptId, roleIds, evenOwing }))
  return row !== undefined
}

/** Makes changes that could take away an admin wait for each other, within one tenant and until the transaction ends. */
export const lockAdmins = (tx: Tx, tenantId: string) =>
  tx.read(`select pg_advisory_xact_lock(hashtextextended('admins of ' || $1, 0))`, [tenantId])

export const countOwned = async (
  tx: Tx,
  tenantId: string,
  id: string,
): Promise<{ sessions: number; devices: number }> => {
  const count = (table: 'sessions' | 'known_devices') =>
    tx.first(
      sqlFor
        .selectFrom(table)
        .select(({ fn }) => fn.countAll<string>().as('n'))
        .where('tenant_id', '=', tenantId)
        .where('user_id', '=', id),
    )
  return { sessions: Number((await count('sessions'))?.n), devices: Number((await count('known_devices'))?.n) }
}
