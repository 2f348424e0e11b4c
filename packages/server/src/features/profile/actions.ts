import type {
  BodyOf,
  changeOwnPassword as changeOwnPasswordRoute,
  editProfile as editProfileRoute,
  User,
} from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { endSessions, revoke } from '../../platform/access/sessions.ts'
import { checkEmailDomain, ownTenant, passwordMinLength } from '../../platform/access/tenants.ts'
import * as throttle from '../../platform/access/throttle.ts'
import { audit, difference } from '../../platform/audit/audit.ts'
import { activityOf } from '../../platform/audit/read.ts'
import { sealTenant } from '../../platform/audit/seal.ts'
import type { Deps } from '../../platform/deps.ts'
import { fieldProblem, problem } from '../../platform/http/problem.ts'
import { confirmPassword, judgePassword } from '../../platform/secrets/judge-password.ts'
import { findCandidateById, setPassword } from '../sign-in/index.ts'
import { findUser, lockUsers, presentUser, sessionsOf, targetOf, updateUser } from '../users/index.ts'

const idOf = (actor: Actor): string => actor.userId ?? problem('not_signed_in')

export const getProfile = ({ database }: Deps, actor: Actor): Promise<User> =>
  database.withTenant(actor, async (tx) =>
    presentUser((await findUser(tx, actor.tenantId, idOf(actor))) ?? problem('not_signed_in'), tx.now),
  )

/** Changes one's own e-mail and names. `version` is the one that was read; null changes any. */
export const editProfile = (
  { database }: Deps,
  actor: Actor,
  edit: BodyOf<typeof editProfileRoute>,
  version: number | null,
): Promise<User> =>
  database.withTenant(actor, async (tx) => {
    const id = idOf(actor)
    const [user] = await lockUsers(tx, actor.tenantId, [id])
    if (!user) return problem('not_signed_in')
    if (version !== null && version !== user.version) problem('changed_meanwhile')
    const before = { email: user.email, firstName: user.first_name, lastName: user.last_name }
    const changed = difference(before, edit)
    if (Object.keys(changed.after).length > 0) {
      const { email, firstName, lastName } = { ...before, ...edit }
      if (changed.after.email !== undefined) checkEmailDomain((await ownTenant(tx, actor.tenantId)).settings, email)
      await updateUser(tx, actor.tenantId, id, { email, first_name: firstName, last_name: lastName })
      revoke(tx, { user: id })
      audit(tx, actor, 'profile.updated', { target: targetOf(user), details: changed })
    }
    return presentUser((await findUser(tx, actor.tenantId, id)) ?? problem('not_signed_in'), tx.now)
  })

/** Changes one's own password and ends one's other sessions. Throws `wrong_password`, `weak_password`, `too_many_attempts`. */
export async function changeOwnPassword(
  deps: Deps,
  actor: Actor,
  input: BodyOf<typeof changeOwnPasswordRoute>,
): Promise<void> {
  const { database, passwords } = deps
  const id = idOf(actor)
  const own = throttle.accountKey('own password', id, null)
  const { user, tenant } = await database.withTenant({ tenantId: actor.tenantId }, async (tx) => {
    const until = (await throttle.blockedUntil(tx, [own]))[0]?.blocked_until
    if (until && until > tx.now)
      problem('too_many_attempts', { retryAfter: Math.ceil((until.getTime() - tx.now.getTime()) / 1000) })
    return { user: await findCandidateById(tx, actor.tenantId, id), tenant: await ownTenant(tx, actor.tenantId) }
  })
  if (!user) return problem('not_signed_in')
  if (!(await passwords.verify(user.password_hash, input.currentPassword))) {
    await database.withTenant({ tenantId: actor.tenantId }, async (tx) => {
      const wait = throttle.waitAfter(await throttle.countFailure(tx, own))
      if (wait > 0) await throttle.block(tx, own, new Date(tx.now.getTime() + wait))
      audit(tx, actor, 'profile.password_changed', {
        target: targetOf(user),
        result: 'refused',
        details: { reason: 'wrong_password' },
      })
    })
    fieldProblem('wrong_password', 'currentPassword', 'is not your current password')
  }
  confirmPassword(input.newPassword, input.confirmPassword)
  const names = [user.username, user.email, user.first_name, user.last_name, tenant.slug, tenant.name]
  judgePassword(input.newPassword, { minLength: passwordMinLength(tenant.settings), names }, '/newPassword')
  if (input.newPassword === input.currentPassword)
    fieldProblem('weak_password', 'newPassword', 'is the one you have now')
  const hash = await passwords.hash(input.newPassword)
  await database.withTenant(actor, async (tx) => {
    await lockUsers(tx, actor.tenantId, [id])
    const now = await findCandidateById(tx, actor.tenantId, id)
    if (now?.changed_at.getTime() !== user.changed_at.getTime()) problem('changed_meanwhile')
    await setPassword(tx, actor.tenantId, id, hash)
    await throttle.forget(tx, [own])
    const ended = await endSessions(tx, actor.tenantId, id, { except: actor.sessionId ?? '' })
    revoke(tx, { user: id })
    audit(tx, actor, 'profile.password_changed', { target: targetOf(user), details: { otherSessionsEnded: ended } })
  })
}

export const listOwnSessions = ({ database }: Deps, actor: Actor) =>
  database.withTenant(actor, (tx) => sessionsOf(tx, actor.tenantId, idOf(actor), actor.sessionId))

/** Ends one of one's own sessions. Throws `not_found`. */
export const endOwnSession = ({ database }: Deps, actor: Actor, sessionId: string): Promise<void> =>
  database.withTenant(actor, async (tx) => {
    const ended = await endSessions(tx, actor.tenantId, idOf(actor), { only: sessionId })
    if (ended === 0) problem('not_found')
    audit(tx, actor, 'session.ended', { target: { kind: 'session', id: sessionId, name: actor.name } })
  })

export const endOtherSessions = ({ database }: Deps, actor: Actor): Promise<{ ended: number }> =>
  database.withTenant(actor, async (tx) => {
    const ended = await endSessions(tx, actor.tenantId, idOf(actor), { except: actor.sessionId ?? '' })
    if (ended > 0)
      audit(tx, actor, 'session.others_ended', {
        target: { kind: 'user', id: idOf(actor), name: actor.name },
        details: { sessions: ended },
      })
    return { ended }
  })

export async function listOwnActivity(
  { database }: Deps,
  actor: Actor,
  paging: { cursor?: string | undefined; limit: number },
) {
  await sealTenant(database, actor.tenantId)
  return database.withTenant(actor, (tx) => activityOf(tx, actor.tenantId, idOf(actor), paging))
}
