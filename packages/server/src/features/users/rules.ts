import { type Permission, tenantAdminCore, type User, type UserStatus } from '@tenantry/contract'
import type { NewUser, UserRow } from './store.ts'

const day = 86_400_000
/** How long a deleted user can be restored, in milliseconds. */
export const restorableFor = 30 * day

/** The status a person reads: a lock that has passed is open, whether or not it has been cleared. */
export function statusOf(row: UserRow, now: Date): UserStatus {
  if (row.status !== 'locked' || (row.locked_until !== null && row.locked_until > now)) return row.status
  if (row.last_login_at === null) return 'invited'
  return row.must_change_password ? 'must_change' : 'active'
}

/** Whether these rights are what a tenant may never be without. */
export const isTenantAdmin = (rights: ReadonlySet<Permission>): boolean =>
  tenantAdminCore.every((permission) => rights.has(permission))

const instant = (date: Date | null) => date?.toISOString() ?? null

/** The user as the API shows them. */
export function present(row: UserRow, now: Date): User {
  const status = statusOf(row, now)
  return {
    id: row.id,
    username: row.username,
    email: row.email,
    firstName: row.first_name,
    lastName: row.last_name,
    role: { id: row.role_id, name: row.role_name },
    status,
    lastLoginAt: instant(row.last_login_at),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    lockedUntil: status === 'locked' ? instant(row.locked_until) : null,
    temporaryUntil: instant(row.temporary_until),
    eraseAt: row.deleted_at ? new Date(row.deleted_at.getTime() + restorableFor).toISOString() : null,
    version: row.version,
  }
}

type Created = Pick<NewUser, 'id' | 'username' | 'email' | 'firstName' | 'lastName' | 'temporaryUntil'> & {
  role: { id: string; name: string }
}

/** A user who was created just now, as the API shows them: there is nothing yet that the caller does not know. */
export const presentNew = ({ role, temporaryUntil, ...person }: Created, now: Date): User => ({
  ...person,
  role: { id: role.id, name: role.name },
  status: 'invited',
  lastLoginAt: null,
  createdAt: now.toISOString(),
  updatedAt: now.toISOString(),
  lockedUntil: null,
  temporaryUntil: instant(temporaryUntil),
  eraseAt: null,
  version: 1,
})
