import { z } from 'zod'
import { ActivityEntry } from './audit.ts'
import { Email, Id, Instant, Password, PersonName, pageOf, paging, Username } from './fields.ts'
import { permissions } from './permissions.ts'
import { Problem } from './problems.ts'
import { route } from './route.ts'
import { OwnSession } from './session.ts'

/** `invited`: never signed in; `must_change`: owes a new password; `deleted`: restorable for 30 days. */
export const userStatuses = ['invited', 'active', 'must_change', 'locked', 'disabled', 'deleted'] as const
export const UserStatus = z.enum(userStatuses)
export type UserStatus = z.infer<typeof UserStatus>

export const User = z.object({
  id: Id,
  username: z.string(),
  email: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  role: z.object({ id: Id, name: z.string() }),
  status: UserStatus,
  lastLoginAt: Instant.nullable(),
  createdAt: Instant,
  updatedAt: Instant,
  /** While locked after too many failed sign-ins: when it opens by itself. */
  lockedUntil: Instant.nullable(),
  /** While a temporary password or set-up link is out: when it expires. */
  temporaryUntil: Instant.nullable(),
  /** When a deleted user is erased. */
  eraseAt: Instant.nullable(),
  /** Grows with every change; the ETag is this number in quotes. */
  version: z.int(),
})
export type User = z.infer<typeof User>

/** A one-time link with which a person chooses the first password themselves. Shown once. */
export const SetUpLink = z.object({ url: z.string(), expiresAt: Instant, mailed: z.boolean() })
export type SetUpLink = z.infer<typeof SetUpLink>

export const userSorts = ['username', 'name', 'email', 'role', 'status', 'lastLogin', 'created'] as const
const descending = <S extends string>(sort: S): `-${S}` => `-${sort}`
export const UserSort = z.enum([...userSorts, ...userSorts.map(descending)])
export type UserSort = z.infer<typeof UserSort>

/** What narrows the list: words of username, name or e-mail; roles and statuses, comma-separated for several. */
export const userFilter = {
  q: z.string().max(200).optional(),
  role: z
    .string()
    .max(2000)
    .regex(/^[0-9a-f-]{36}(,[0-9a-f-]{36})*$/, { error: 'is not an id, or ids with commas between' })
    .optional(),
  status: z
    .string()
    .max(200)
    .regex(new RegExp(`^(${userStatuses.join('|')})(,(${userStatuses.join('|')}))*$`), {
      error: `is not one of ${userStatuses.join(', ')}, or several with commas between`,
    })
    .optional(),
}

const byId = z.object({ id: Id })
const guards = ['not_found', 'exceeds_your_rights'] as const
const tag = 'Users'

export const listUsers = route('listUsers', 'GET /users', {
  summary:
    'The users of the tenant: search, filter, sort, page. Deleted users only where the status filter names them.',
  tag,
  needs: 'user.view',
  query: z.object({ ...userFilter, sort: UserSort.optional(), ...paging }),
  answers: { 200: pageOf(User) },
  problems: ['invalid_cursor'],
})

export const countUsers = route('countUsers', 'GET /users/count', {
  summary: 'How many users a filter finds, counted up to 10,000.',
  tag,
  needs: 'user.view',
  query: z.object(userFilter),
  answers: { 200: z.object({ count: z.int(), more: z.boolean() }) },
  problems: [],
})

export const createUser = route('createUser', 'POST /users', {
  summary: 'Create a user with a temporary password, or, without one, with a set-up link.',
  tag,
  needs: 'user.create',
  body: z.object({
    username: Username,
    email: Email,
    firstName: PersonName,
    lastName: PersonName,
    roleId: Id,
    password: Password.optional(),
    confirmPassword: Password.optional(),
  }),
  answers: { 201: z.object({ user: User, setUpLink: SetUpLink.nullable() }) },
  problems: ['username_taken', 'email_taken', 'weak_password', 'role_not_available', 'exceeds_your_rights'],
  answersSecret: true,
})

export const getUser = route('getUser', 'GET /users/:id', {
  summary: 'One user. The ETag names the version.',
  tag,
  needs: 'user.view',
  params: byId,
  answers: { 200: User },
  problems: ['not_found'],
})

export const editUser = route('editUser', 'PATCH /users/:id', {
  summary: 'Change e-mail, names and role of a user. Another role needs role.assign as well.',
  tag,
  needs: 'user.update',
  params: byId,
  body: z.object({ email: Email, firstName: PersonName, lastName: PersonName, roleId: Id }).partial(),
  answers: { 200: User },
  problems: [
    ...guards,
    'email_taken',
    'role_not_available',
    'last_tenant_admin',
    'not_on_yourself',
    'wrong_state',
    'changed_meanwhile',
    'precondition_required',
  ],
  ifMatch: true,
})

export const resetPassword = route('resetPassword', 'POST /users/:id/reset-password', {
  summary: 'Give a user a generated temporary password, shown once, and end all of their sessions.',
  tag,
  needs: 'user.reset_password',
  params: byId,
  answers: { 200: z.object({ temporaryPassword: z.string(), expiresAt: Instant }) },
  problems: [...guards, 'not_on_yourself', 'wrong_state'],
  answersSecret: true,
})

export const sendSetUpLink = route('sendSetUpLink', 'POST /users/:id/set-up-link', {
  summary: 'Give a user a one-time link to choose a password, shown once, and end all of their sessions.',
  tag,
  needs: 'user.reset_password',
  params: byId,
  answers: { 200: SetUpLink },
  problems: [...guards, 'not_on_yourself', 'wrong_state'],
  answersSecret: true,
})

export const changeRole = route('changeRole', 'POST /users/:id/change-role', {
  summary: 'Give a user another role.',
  tag,
  needs: 'role.assign',
  params: byId,
  body: z.object({ roleId: Id }),
  answers: { 200: User },
  problems: [...guards, 'role_not_available', 'last_tenant_admin', 'not_on_yourself', 'wrong_state'],
})

export const disableUser = route('disableUser', 'POST /users/:id/disable', {
  summary: 'Disable a user: sessions end and nobody can sign in as them.',
  tag,
  needs: 'user.disable',
  params: byId,
  answers: { 200: User },
  problems: [...guards, 'last_tenant_admin', 'not_on_yourself', 'wrong_state'],
})

export const enableUser = route('enableUser', 'POST /users/:id/enable', {
  summary: 'Enable a disabled user.',
  tag,
  needs: 'user.disable',
  params: byId,
  answers: { 200: User },
  problems: [...guards, 'wrong_state'],
})

export const unlockUser = route('unlockUser', 'POST /users/:id/unlock', {
  summary: 'Unlock a user after too many failed sign-ins.',
  tag,
  needs: 'user.reset_password',
  params: byId,
  answers: { 200: User },
  problems: [...guards, 'wrong_state'],
})

export const signOutUser = route('signOutUser', 'POST /users/:id/sign-out', {
  summary: 'Sign a user out everywhere.',
  tag,
  needs: 'user.sign_out',
  params: byId,
  answers: { 200: z.object({ ended: z.int() }) },
  problems: [...guards, 'wrong_state'],
})

export const deleteUser = route('deleteUser', 'DELETE /users/:id', {
  summary: 'Delete a user; restorable for 30 days, then erased.',
  tag,
  needs: 'user.delete',
  params: byId,
  answers: { 200: User },
  problems: [...guards, 'last_tenant_admin', 'not_on_yourself', 'wrong_state'],
})

export const restoreUser = route('restoreUser', 'POST /users/:id/restore', {
  summary: 'Restore a deleted user.',
  tag,
  needs: 'user.delete',
  params: byId,
  answers: { 200: User },
  problems: [...guards, 'wrong_state'],
})

export const listOwned = route('listOwned', 'GET /users/:id/owned', {
  summary: 'What a user owns, to be read before deleting them.',
  tag,
  needs: 'user.view',
  params: byId,
  answers: { 200: z.object({ items: z.array(z.object({ kind: z.enum(['sessions', 'devices']), count: z.int() })) }) },
  problems: ['not_found'],
})

export const listUserPermissions = route('listUserPermissions', 'GET /users/:id/permissions', {
  summary: 'What a user may do, and where each permission comes from.',
  tag,
  needs: 'user.view',
  params: byId,
  answers: {
    200: z.object({
      items: z.array(
        z.object({
          permission: z.enum(permissions),
          from: z.object({ kind: z.enum(['role']), id: Id, name: z.string() }),
          since: Instant,
        }),
      ),
    }),
  },
  problems: ['not_found'],
})

export const listUserSessions = route('listUserSessions', 'GET /users/:id/sessions', {
  summary: 'Where a user is signed in.',
  tag,
  needs: 'user.sign_out',
  params: byId,
  answers: { 200: z.object({ items: z.array(OwnSession) }) },
  problems: ['not_found'],
})

export const listUserActivity = route('listUserActivity', 'GET /users/:id/activity', {
  summary: 'What a user did and what was done to them, newest first.',
  tag,
  needs: 'audit.view',
  params: byId,
  query: z.object(paging),
  answers: { 200: pageOf(ActivityEntry) },
  problems: ['not_found', 'invalid_cursor'],
})

/** Of each id: done, or the problem why not. */
export const BulkResult = z.object({
  items: z.array(z.object({ id: Id, username: z.string().nullable(), done: z.boolean(), problem: Problem.nullable() })),
})
export type BulkResult = z.infer<typeof BulkResult>
/** Whom a request for several is about. */
export const UserIds = z.array(Id).min(1).max(500)

export const bulkChangeRole = route('bulkChangeRole', 'POST /users/bulk/change-role', {
  summary: 'Give several users another role, with a result for each.',
  tag,
  needs: 'role.assign',
  body: z.object({ ids: UserIds, roleId: Id }),
  answers: { 200: BulkResult },
  problems: ['role_not_available', 'exceeds_your_rights'],
})
export const bulkDisable = route('bulkDisable', 'POST /users/bulk/disable', {
  summary: 'Disable several users, with a result for each.',
  tag,
  needs: 'user.disable',
  body: z.object({ ids: UserIds }),
  answers: { 200: BulkResult },
  problems: [],
})
export const bulkEnable = route('bulkEnable', 'POST /users/bulk/enable', {
  summary: 'Enable several users, with a result for each.',
  tag,
  needs: 'user.disable',
  body: z.object({ ids: UserIds }),
  answers: { 200: BulkResult },
  problems: [],
})
export const bulkDelete = route('bulkDelete', 'POST /users/bulk/delete', {
  summary: 'Delete several users, with a result for each.',
  tag,
  needs: 'user.delete',
  body: z.object({ ids: UserIds }),
  answers: { 200: BulkResult },
  problems: [],
})

/** What an import did, or would do, with one line of the file. `line` counts from 1 and includes the heading. */
export const ImportRow = z.object({
  line: z.int(),
  username: z.string(),
  result: z.enum(['create', 'unchanged', 'error']),
  /** With `error`: what is wrong, `pointer` naming the column as `/column`. */
  errors: z.array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() })),
  /** After an import, for a user that was created: the one-time link. Shown once. */
  setUpLink: z.string().nullable(),
})
export const ImportResult = z.object({
  created: z.int(),
  unchanged: z.int(),
  errors: z.int(),
  rows: z.array(ImportRow),
})
export type ImportResult = z.infer<typeof ImportResult>
const importLimit = 32 * 1024 * 1024

export const checkImport = route('checkImport', 'POST /users/import/check', {
  summary: 'What an import of this CSV file would do, row by row; changes nothing.',
  tag,
  needs: 'user.create',
  body: 'text/csv',
  bodyLimit: importLimit,
  answers: { 200: ImportResult },
  problems: ['invalid_input', 'too_large'],
})
export const importUsers = route('importUsers', 'POST /users/import', {
  summary:
    'Create the users of this CSV file with set-up links; rows that cannot be used are reported and left out. Safe to run again.',
  tag,
  needs: 'user.create',
  body: 'text/csv',
  bodyLimit: importLimit,
  answers: { 200: ImportResult },
  problems: ['invalid_input', 'too_large'],
  answersSecret: true,
})
export const importTemplate = route('importTemplate', 'GET /users/import/template', {
  summary: 'A CSV file to fill in for an import.',
  tag,
  needs: 'user.create',
  answers: { 200: 'text/csv' },
  problems: [],
})
export const exportUsers = route('exportUsers', 'GET /users/export', {
  summary: 'The users a filter finds as CSV, guarded against formula injection.',
  tag,
  needs: 'user.export',
  query: z.object({ ...userFilter, sort: UserSort.optional() }),
  answers: { 200: 'text/csv' },
  problems: [],
})
