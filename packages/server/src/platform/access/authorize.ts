import type { Permission } from '@tenantry/contract'
import { problem } from '../http/problem.ts'
import type { Actor } from './actor.ts'
import { missingFrom } from './rights.ts'

/** The check by permission. Throws `missing_permission`. */
export function authorize(actor: Pick<Actor, 'permissions'>, permission: Permission): void {
  if (!actor.permissions.has(permission)) problem('missing_permission', { missing: [permission] })
}

/** The same where any one of several permits. */
export function authorizeAny(actor: Pick<Actor, 'permissions'>, wanted: readonly Permission[]): void {
  if (!wanted.some((permission) => actor.permissions.has(permission))) {
    problem('missing_permission', { missing: [...wanted] })
  }
}

/**
 * The guard on rights, for every path that changes what somebody may do or signs in as: nobody gives, and nobody acts
 * on, more than they hold. `wanted` are the rights of the target before, or after. Throws `exceeds_your_rights`.
 */
export function guardRights(actor: Pick<Actor, 'permissions'>, ...wanted: ReadonlySet<Permission>[]): void {
  const missing = missingFrom(actor.permissions, new Set(wanted.flatMap((rights) => [...rights])))
  if (missing.length > 0) problem('exceeds_your_rights', { missing })
}
