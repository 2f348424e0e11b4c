import type { AuditAction, Permission } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize, guardRights } from '../../platform/access/authorize.ts'
import { rightsOf } from '../../platform/access/rights.ts'
import { type RoleRow, rolesOf } from '../../platform/access/roles.ts'
import { auditRefusal, type Target } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { ProblemError, problem } from '../../platform/http/problem.ts'
import { isTenantAdmin } from './rules.ts'
import * as store from './store.ts'

export const targetOf = (user: { id: string; username: string }): Target => ({
  kind: 'user',
  id: user.id,
  name: user.username,
})

type Change<T, Also> = {
  needs: Permission
  /** Of the audit entry, also when the guard refuses. */
  action: AuditAction
  /** Deleted users can only be restored. */
  allowDeleted?: true
  /** For what nobody does to themselves. */
  notOnYourself?: true
  /** What else `work` has to know, read in the same turn as actor and user. */
  also?: (tx: Tx) => Promise<Also>
  work: (tx: Tx, user: store.LockedUser, actor: Actor, also: Also | undefined) => Promise<T>
}

/**
 * The one way to change a user: locks actor and user, checks the permission and the guard on rights as they are now,
 * and records a refusal. Throws `not_found`, `missing_permission`, `exceeds_your_rights`, `not_on_yourself`,
 * `wrong_state`, and what `work` throws.
 */
export async function changeUser<T, Also = never>(
  { database }: Deps,
  actor: Actor,
  id: string,
  change: Change<T, Also>,
): Promise<T> {
  let target: Target | undefined
  try {
    return await database.withTenant(actor, async (tx) => {
      const [{ user, current }, also] = await Promise.all([lockBoth(tx, actor, id), change.also?.(tx)])
      target = targetOf(user)
      authorize(current, change.needs)
      guardRights(current, rightsOf({ ...user, enabled: true }))
      if (change.notOnYourself && id === actor.userId) problem('not_on_yourself')
      if ((user.deleted_at !== null) !== (change.allowDeleted === true)) {
        const detail = user.deleted_at ? 'The user is deleted. Restore them first.' : 'The user is not deleted.'
        problem('wrong_state', { detail })
      }
      return await change.work(tx, user, current, also)
    })
  } catch (error) {
    if (target && error instanceof ProblemError && recorded.has(error.code)) {
      const { code, extra } = error
      await auditRefusal(database, actor, change.action, {
        target,
        details: { reason: code, missing: extra.missing ?? [] },
      })
    }
    throw error
  }
}

const recorded = new Set(['missing_permission', 'exceeds_your_rights', 'not_on_yourself', 'last_tenant_admin'])

/** The actor's rights as of now, under lock, where the actor is of this tenant. */
async function lockBoth(tx: Tx, actor: Actor, id: string): Promise<{ user: store.LockedUser; current: Actor }> {
  const home = actor.userId !== null && !actor.visiting
  const locked = await store.lock(tx, actor.tenantId, home ? [id, actor.userId as string] : [id])
  const user = locked.find((row) => row.id === id) ?? problem('not_found')
  return { user, current: home ? withCurrentRights(actor, locked) : actor }
}

function withCurrentRights(actor: Actor, locked: store.LockedUser[]): Actor {
  const self = locked.find((row) => row.id === actor.userId)
  if (!self || self.disabled_at || self.deleted_at) return problem('not_signed_in')
  return { ...actor, permissions: rightsOf(self) }
}

/** The actor with the rights of now, under lock: for what changes no user that exists, as creating one. */
export async function refreshActor(tx: Tx, actor: Actor): Promise<Actor> {
  if (actor.userId === null || actor.visiting) return actor
  return withCurrentRights(actor, await store.lock(tx, actor.tenantId, [actor.userId]))
}

/**
 * Throws `last_tenant_admin` where `user` is the last who can sign in today and run the tenant; of somebody who still owes a
 * password, the last who could at all.
 */
export async function keepAnAdmin(tx: Tx, tenantId: string, user: store.LockedUser): Promise<void> {
  if (!isTenantAdmin(rightsOf(user)) || user.disabled_at || user.deleted_at) return
  await keepAnAdminBeside(tx, tenantId, { user: user.id, evenOwing: user.must_change_password })
}

/** Throws `last_tenant_admin` where nobody else can sign in today and run the tenant: without this user, or this role. */
export async function keepAnAdminBeside(
  tx: Tx,
  tenantId: string,
  { user = null, role = null, evenOwing = false }: { user?: string | null; role?: string | null; evenOwing?: boolean },
): Promise<void> {
  await store.lockAdmins(tx, tenantId)
  const admins = (await rolesOf(tx, tenantId)).filter(({ id, ...rest }) => id !== role && isTenantAdmin(rightsOf(rest)))
  const ids = admins.map(({ id }) => id)
  if (!(await store.hasOtherHolder(tx, tenantId, user, ids, evenOwing))) problem('last_tenant_admin')
}

/** A role the actor may give. Throws `role_not_available`, `exceeds_your_rights`. */
export function assignable(actor: Actor, role: RoleRow | undefined): RoleRow {
  if (!role?.enabled) {
    const detail = 'There is no such role in this tenant, or it is disabled.'
    return problem('role_not_available', {
      detail,
      errors: [{ pointer: '/roleId', code: 'role_not_available', detail }],
    })
  }
  guardRights(actor, rightsOf(role))
  return role
}
