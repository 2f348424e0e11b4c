import type { Permission, Role, User } from '@tenantry/contract'

export const userCommands = [
  'edit',
  'reset',
  'changeRole',
  'view',
  'quota',
  'disable',
  'enable',
  'unlock',
  'signOut',
  'link',
  'delete',
  'restore',
] as const
export type UserCommand = (typeof userCommands)[number]

/** A command that somebody may give; `refusal` says why it would be refused, and it is shown disabled. */
export type Offered = {
  command: UserCommand
  refusal: { reason: 'self' } | { reason: 'rights'; missing: Permission[] } | null
}

const needs: Record<UserCommand, Permission> = {
  edit: 'user.update',
  reset: 'user.reset_password',
  changeRole: 'role.assign',
  view: 'user.view',
  quota: 'quota.assign',
  disable: 'user.disable',
  enable: 'user.disable',
  unlock: 'user.reset_password',
  signOut: 'user.sign_out',
  link: 'user.reset_password',
  delete: 'user.delete',
  restore: 'user.delete',
}
const notOnYourself = new Set<UserCommand>(['reset', 'disable', 'link', 'delete', 'changeRole'])

const fits = (command: UserCommand, { status }: User): boolean => {
  if (status === 'deleted') return command === 'view' || command === 'restore'
  if (command === 'restore') return false
  if (command === 'disable') return status !== 'disabled'
  if (command === 'enable') return status === 'disabled'
  if (command === 'unlock') return status === 'locked'
  return true
}

type By = { userId: string; may: (permission: Permission) => boolean; roles: Role[] | undefined }

/** What may be done with a user, in the order of the menu: the one list behind row menu, palette and page. */
export function commandsFor(user: User, { userId, may, roles }: By): Offered[] {
  const missing = roles?.find(({ id }) => id === user.role.id)?.missing ?? []
  return userCommands
    .filter((command) => may(needs[command]) && fits(command, user))
    .map((command) => {
      if (command === 'view') return { command, refusal: null }
      if (user.id === userId && notOnYourself.has(command)) return { command, refusal: { reason: 'self' } }
      // A quota gives no rights: it takes none to set.
      if (command === 'quota') return { command, refusal: null }
      if (missing.length > 0) return { command, refusal: { reason: 'rights', missing } }
      return { command, refusal: null }
    })
}
