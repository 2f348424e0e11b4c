import type { BodyOf, editUser as editUserRoute, SetUpLink, User } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize, guardRights } from '../../platform/access/authorize.ts'
import { missingFrom, rightsOf } from '../../platform/access/rights.ts'
import { findRole, type RoleRow } from '../../platform/access/roles.ts'
import { endSessions, revoke } from '../../platform/access/sessions.ts'
import { checkEmailDomain, ownTenant, temporaryUntil } from '../../platform/access/tenants.ts'
import { openThrottle } from '../../platform/access/throttle.ts'
import { audit, difference } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { problem } from '../../platform/http/problem.ts'
import { generatePassword, newToken, sha256 } from '../../platform/secrets/tokens.ts'
import { assignable, changeUser, keepAnAdmin, targetOf } from './change.ts'
import { isTenantAdmin, present } from './rules.ts'
import { mailSetUpLink, setUpUrl } from './set-up-link.ts'
import * as store from './store.ts'

/** Changes e-mail, names and role. `version` is the one that was read; null changes any. */
export const editUser = (
  deps: Deps,
  actor: Actor,
  id: string,
  edit: BodyOf<typeof editUserRoute>,
  version: number | null,
) =>
  changeUser(deps, actor, id, {
    needs: 'user.update',
    action: 'user.updated',
    work: async (tx, user, current) => {
      if (version !== null && version !== user.version) problem('changed_meanwhile')
      const { roleId, ...rest } = edit
      const before = { email: user.email, firstName: user.first_name, lastName: user.last_name }
      const changed = difference(before, rest)
      if (Object.keys(changed.after).length > 0) {
        const { email, firstName, lastName } = { ...before, ...rest }
        if (changed.after.email !== undefined) checkEmailDomain((await ownTenant(tx, actor.tenantId)).settings, email)
        await store.update(tx, actor.tenantId, id, { email, first_name: firstName, last_name: lastName })
        revoke(tx, { user: id })
        audit(tx, current, 'user.updated', { target: targetOf(user), details: changed })
      }
      if (roleId !== undefined && roleId !== user.role_id) {
        authorize(current, 'role.assign')
        return giveRole(tx, user, current, await findRole(tx, actor.tenantId, roleId))
      }
      return shown(tx, actor, id)
    },
  })

/** Gives another role, which takes effect on every open session before this resolves. */
export const changeRole = (deps: Deps, actor: Actor, id: string, roleId: string): Promise<User> =>
  changeUser(deps, actor, id, {
    needs: 'role.assign',
    action: 'user.role_changed',
    also: (tx) => findRole(tx, actor.tenantId, roleId),
    work: (tx, user, current, role) =>
      roleId === user.role_id ? shown(tx, actor, id) : giveRole(tx, user, current, role),
  })

async function giveRole(tx: Tx, user: store.LockedUser, actor: Actor, found: RoleRow | undefined): Promise<User> {
  const role = assignable(actor, found)
  const rights = rightsOf(role)
  if (user.id === actor.userId && missingFrom(rights, rightsOf(user)).length > 0) {
    problem('not_on_yourself', {
      detail: 'You cannot give up rights of your own. Another admin can take them from you.',
    })
  }
  if (!isTenantAdmin(rights)) await keepAnAdmin(tx, actor.tenantId, user)
  revoke(tx, { user: user.id })
  audit(tx, actor, 'user.role_changed', {
    target: targetOf(user),
    details: { before: { role: user.role_name }, after: { role: role.name } },
  })
  const [, changed] = await Promise.all([
    store.setRole(tx, actor.tenantId, user.id, role.id),
    shown(tx, actor, user.id),
  ])
  return changed
}

/** Gives a generated one-time password and ends all sessions. The secret is answered once and stored hashed. */
export async function resetPassword(deps: Deps, actor: Actor, id: string) {
  const temporaryPassword = generatePassword()
  const expiresAt = await changeUser(deps, actor, id, {
    needs: 'user.reset_password',
    action: 'user.password_reset',
    notOnYourself: true,
    work: (tx, user, current) => replaceCredential(tx, user, current, 'password', temporaryPassword),
  })
  return { temporaryPassword, expiresAt: expiresAt.toISOString() }
}

/** Gives a one-time link to choose a password with, and ends all sessions. */
export async function sendSetUpLink(deps: Deps, actor: Actor, id: string): Promise<SetUpLink> {
  const token = newToken(actor.tenantId)
  const { user, tenant, expiresAt } = await changeUser(deps, actor, id, {
    needs: 'user.reset_password',
    action: 'user.set_up_link_sent',
    notOnYourself: true,
    work: async (tx, user, current) => {
      const expiresAt = await replaceCredential(tx, user, current, 'link', token)
      return { user, tenant: await ownTenant(tx, actor.tenantId), expiresAt }
    },
  })
  const url = setUpUrl(deps, token)
  const person = { email: user.email, firstName: user.first_name, username: user.username }
  const mailed = await mailSetUpLink(deps, person, tenant, url, expiresAt)
  return { url, expiresAt: expiresAt.toISOString(), mailed }
}

async function replaceCredential(
  tx: Tx,
  user: store.LockedUser,
  actor: Actor,
  kind: 'password' | 'link',
  secret: string,
): Promise<Date> {
  const { settings } = await ownTenant(tx, actor.tenantId)
  const expiresAt = temporaryUntil(settings, tx.now)
  await store.setOneTime(tx, actor.tenantId, user.id, kind, sha256(secret))
  await store.update(tx, actor.tenantId, user.id, { must_change_password: true, temporary_until: expiresAt })
  await endSessions(tx, actor.tenantId, user.id)
  // Also where they have no session: their model keys are on hold at once.
  revoke(tx, { user: user.id })
  audit(tx, actor, kind === 'password' ? 'user.password_reset' : 'user.set_up_link_sent', {
    target: targetOf(user),
    details: { expiresAt: expiresAt.toISOString() },
  })
  return expiresAt
}

/** Disables: sessions end, nobody signs in as them. Nothing else is lost. */
export const disableUser = (deps: Deps, actor: Actor, id: string): Promise<User> =>
  changeUser(deps, actor, id, {
    needs: 'user.disable',
    action: 'user.disabled',
    notOnYourself: true,
    work: async (tx, user, current) => {
      if (user.disabled_at) return shown(tx, actor, id)
      await keepAnAdmin(tx, actor.tenantId, user)
      await store.update(tx, actor.tenantId, id, { disabled_at: tx.now })
      await endSessions(tx, actor.tenantId, id)
      // Also where they have no session: their model keys are refused at once.
      revoke(tx, { user: id })
      audit(tx, current, 'user.disabled', { target: targetOf(user) })
      return shown(tx, actor, id)
    },
  })

export const enableUser = (deps: Deps, actor: Actor, id: string): Promise<User> =>
  changeUser(deps, actor, id, {
    needs: 'user.disable',
    action: 'user.enabled',
    work: async (tx, user, current) => {
      if (!user.disabled_at) return shown(tx, actor, id)
      await store.update(tx, actor.tenantId, id, { disabled_at: null })
      audit(tx, current, 'user.enabled', { target: targetOf(user) })
      return shown(tx, actor, id)
    },
  })

/** Opens an account that was locked by failed sign-ins, and forgets those. */
export const unlockUser = (deps: Deps, actor: Actor, id: string): Promise<User> =>
  changeUser(deps, actor, id, {
    needs: 'user.reset_password',
    action: 'user.unlocked',
    work: async (tx, user, current) => {
      const { slug } = await ownTenant(tx, actor.tenantId)
      await openThrottle(tx, slug, [user.username, user.email])
      if (user.locked_until) {
        await store.update(tx, actor.tenantId, id, { locked_until: null })
        audit(tx, current, 'user.unlocked', { target: targetOf(user) })
      }
      return shown(tx, actor, id)
    },
  })

/** Ends every session of a user. */
export const signOutUser = (deps: Deps, actor: Actor, id: string): Promise<{ ended: number }> =>
  changeUser(deps, actor, id, {
    needs: 'user.sign_out',
    action: 'user.signed_out',
    work: async (tx, user, current) => {
      const ended = await endSessions(tx, actor.tenantId, id)
      audit(tx, current, 'user.signed_out', { target: targetOf(user), details: { sessions: ended } })
      return { ended }
    },
  })

/** Deletes: as disabling, and out of every list; kept for `restorableFor`, then erased. */
export const deleteUser = (deps: Deps, actor: Actor, id: string): Promise<User> =>
  changeUser(deps, actor, id, {
    needs: 'user.delete',
    action: 'user.deleted',
    notOnYourself: true,
    work: async (tx, user, current) => {
      await keepAnAdmin(tx, actor.tenantId, user)
      await store.update(tx, actor.tenantId, id, { deleted_at: tx.now })
      await endSessions(tx, actor.tenantId, id)
      revoke(tx, { user: id })
      audit(tx, current, 'user.deleted', { target: targetOf(user) })
      return shown(tx, actor, id)
    },
  })

export const restoreUser = (deps: Deps, actor: Actor, id: string): Promise<User> =>
  changeUser(deps, actor, id, {
    needs: 'user.delete',
    action: 'user.restored',
    allowDeleted: true,
    work: async (tx, user, current) => {
      guardRights(current, rightsOf({ ...user, enabled: true }))
      await store.update(tx, actor.tenantId, id, { deleted_at: null })
      audit(tx, current, 'user.restored', { target: targetOf(user) })
      return shown(tx, actor, id)
    },
  })

async function shown(tx: Tx, actor: Actor, id: string): Promise<User> {
  return present((await store.find(tx, actor.tenantId, id)) ?? problem('not_found'), tx.now)
}
