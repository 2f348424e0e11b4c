import { sql } from 'kysely'
import { sqlFor } from '../../platform/database/builder.ts'
import { type Places, prepare } from '../../platform/database/prepare.ts'
import type { TenantSettings, TenantStatus } from '../../platform/database/schema.ts'
import type { Tx } from '../../platform/database/tx.ts'

export type FoundTenant = {
  id: string
  slug: string
  name: string
  kind: 'platform' | 'tenant'
  status: TenantStatus
  settings: TenantSettings
}

/** Somebody who might be signing in, with what they would be known by. */
export type Candidate = {
  id: string
  username: string
  email: string
  first_name: string
  last_name: string
  role_id: string
  role_name: string
  built_in: string | null
  enabled: boolean
  permissions: string[]
  must_change_password: boolean
  temporary_until: Date | null
  disabled_at: Date | null
  deleted_at: Date | null
  password_hash: string | null
  one_time_hash: Buffer | null
  one_time_kind: 'password' | 'link' | null
  changed_at: Date
}

/** As the system: the tenant of a slug, and the platform, where attempts at no tenant are recorded. */
export const findTenants = (tx: Tx, slug: string): Promise<FoundTenant[]> => tx.many(tenants({ slug }))
const tenants = prepare((place: Places<{ slug: string }>) =>
  sqlFor
    .selectFrom('tenants')
    .select(['id', 'slug', 'name', 'kind', 'status', 'settings'])
    .where((eb) => eb.or([eb('slug', '=', place('slug')), eb('kind', '=', 'platform')])),
)

const candidates = (tenantId: string) =>
  sqlFor
    .selectFrom('users as u')
    .innerJoin('roles as r', (join) => join.onRef('r.tenant_id', '=', 'u.tenant_id').onRef('r.id', '=', 'u.role_id'))
    .innerJoin('credentials as c', 'c.user_id', 'u.id')
    .select(['u.id', 'u.username', 'u.email', 'u.first_name', 'u.last_name', 'u.role_id', 'r.name as role_name'])
    .select(['r.built_in', 'r.enabled', 'r.permissions', 'u.must_change_password', 'u.temporary_until'])
    .select(['u.disabled_at', 'u.deleted_at', 'c.password_hash', 'c.one_time_hash', 'c.one_time_kind', 'c.changed_at'])
    .where('u.tenant_id', '=', tenantId)

/** By username or e-mail, in lower case, and whether they know the device. A username has no @, so at most one is found. */
export const findCandidate = (
  tx: Tx,
  tenantId: string,
  name: string,
  device: Buffer,
): Promise<(Candidate & { device_known: boolean }) | undefined> =>
  tx.first((name.includes('@') ? byEmail : byUsername)({ tenantId, name, device }))

type ByName = { tenantId: string; name: string; device: Buffer }
const onDevice = (tenantId: string, device: Buffer) =>
  candidates(tenantId).select((eb) =>
    eb
      .exists(
        eb
          .selectFrom('known_devices as d')
          .whereRef('d.tenant_id', '=', 'u.tenant_id')
          .whereRef('d.user_id', '=', 'u.id')
          .where('d.device_hash', '=', device),
      )
      .$castTo<boolean>()
      .as('device_known'),
  )
const byEmail = prepare((place: Places<ByName>) =>
  onDevice(place('tenantId'), place('device')).where('u.email_key', '=', place('name')),
)
const byUsername = prepare((place: Places<ByName>) =>
  onDevice(place('tenantId'), place('device')).where('u.username', '=', place('name')),
)

export const findById = (tx: Tx, tenantId: string, id: string): Promise<Candidate | undefined> =>
  tx.first(candidates(tenantId).where('u.id', '=', id))

export const findByLink = (tx: Tx, tenantId: string, hash: Buffer): Promise<Candidate | undefined> =>
  tx.first(
    candidates(tenantId)
      .where('c.tenant_id', '=', tenantId)
      .where('c.one_time_hash', '=', hash)
      .where('c.one_time_kind', '=', 'link')
      .where('u.temporary_until', '>', tx.now)
      .where('u.disabled_at', 'is', null)
      .where('u.deleted_at', 'is', null),
  )

type ById = { tenantId: string; id: string }

/** Locks the user until the end of the transaction; false where they are gone or disabled. */
export const lockStanding = async (tx: Tx, tenantId: string, id: string): Promise<boolean> =>
  (await tx.first(inStanding({ tenantId, id }))) !== undefined
const inStanding = prepare((place: Places<ById>) =>
  sqlFor
    .selectFrom('users')
    .select('id')
    .where('tenant_id', '=', place('tenantId'))
    .where('id', '=', place('id'))
    .where('disabled_at', 'is', null)
    .where('deleted_at', 'is', null)
    .forUpdate(),
)

/** When the credential was last set: the one that was verified must still be the one in force. */
export const credentialChangedAt = async (tx: Tx, tenantId: string, id: string): Promise<number | undefined> =>
  (await tx.first(credentialOf({ tenantId, id })))?.changed_at.getTime()
const credentialOf = prepare((place: Places<ById>) =>
  sqlFor
    .selectFrom('credentials')
    .select('changed_at')
    .where('tenant_id', '=', place('tenantId'))
    .where('user_id', '=', place('id')),
)

export const rememberDevice = (tx: Tx, tenantId: string, userId: string, hash: Buffer): Promise<number> =>
  tx.bookkeeping(remembered({ tenantId, userId, hash, now: tx.now }))
const remembered = prepare((place: Places<{ tenantId: string; userId: string; hash: Buffer; now: Date }>) =>
  sqlFor
    .insertInto('known_devices')
    .values({
      tenant_id: place('tenantId'),
      user_id: place('userId'),
      device_hash: place('hash'),
      last_used_at: place('now'),
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'user_id', 'device_hash']).doUpdateSet({ last_used_at: place('now') }),
    ),
)

/** `openLock`: the sign-in came by the way that had been locked. */
export const setSignedIn = (tx: Tx, tenantId: string, id: string, openLock: boolean): Promise<number> =>
  tx.run((openLock ? signedInAndOpened : signedIn)({ tenantId, id, now: tx.now }))
type AtById = ById & { now: Date }
const lastLogin = (tenantId: string, id: string, now: Date) =>
  sqlFor.updateTable('users').set({ last_login_at: now }).where('tenant_id', '=', tenantId).where('id', '=', id)
const signedIn = prepare((place: Places<AtById>) => lastLogin(place('tenantId'), place('id'), place('now')))
const signedInAndOpened = prepare((place: Places<AtById>) =>
  lastLogin(place('tenantId'), place('id'), place('now')).set({ locked_until: null }),
)

export const setLocked = (tx: Tx, tenantId: string, id: string, until: Date): Promise<number> =>
  tx.run(
    sqlFor.updateTable('users').set({ locked_until: until }).where('tenant_id', '=', tenantId).where('id', '=', id),
  )

/** Puts a lasting password in place of whatever there was. */
export async function setPassword(tx: Tx, tenantId: string, id: string, hash: string): Promise<void> {
  await tx.run(
    sqlFor
      .updateTable('credentials')
      .set({ password_hash: hash, one_time_hash: null, one_time_kind: null, changed_at: tx.now })
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', id),
  )
  await tx.run(
    sqlFor
      .updateTable('users')
      .set({
        must_change_password: false,
        temporary_until: null,
        version: sql<number>`version + 1`,
        updated_at: tx.now,
      })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id),
  )
}
