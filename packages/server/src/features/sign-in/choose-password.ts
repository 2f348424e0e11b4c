import { timingSafeEqual } from 'node:crypto'
import type { Actor, Origin } from '../../platform/access/actor.ts'
import type { LiveSession } from '../../platform/access/sessions.ts'
import { endSessions } from '../../platform/access/sessions.ts'
import {
  ownTenant,
  passwordMinLength,
  passwordPolicy,
  type OwnTenant as WholeTenant,
} from '../../platform/access/tenants.ts'
import * as throttle from '../../platform/access/throttle.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { problem } from '../../platform/http/problem.ts'
import { confirmPassword, judgePassword } from '../../platform/secrets/judge-password.ts'
import { sha256, tenantOfToken } from '../../platform/secrets/tokens.ts'
import { type Opened, signedIn, startFor } from './actions.ts'
import * as store from './store.ts'

type OwnTenant = Omit<WholeTenant, 'status'>
export type NewPassword = { newPassword: string; confirmPassword: string }
const pointer = '/newPassword'

/** Puts a lasting password in place of a temporary one and opens a full session. Throws `weak_password`, `wrong_state`. */
export async function choosePassword(
  deps: Deps,
  actor: Actor,
  session: LiveSession,
  input: NewPassword,
  device: string | null,
): Promise<Opened> {
  const { database } = deps
  const userId = session.user.id
  if (session.kind !== 'password_change') problem('wrong_state', { detail: 'Change your password on your profile.' })
  const before = await database.withTenant({ tenantId: actor.tenantId }, (tx) =>
    store.findById(tx, actor.tenantId, userId),
  )
  if (!before) return problem('not_signed_in')
  const hash = await judgeAndHash(deps, before, session.tenant, input)
  return database.withTenant(actor, async (tx) => {
    if (!(await store.lockStanding(tx, actor.tenantId, userId))) problem('not_signed_in')
    const now = await store.findById(tx, actor.tenantId, userId)
    const same = now?.changed_at.getTime() === before.changed_at.getTime() && now.must_change_password
    if (!same)
      problem('wrong_state', { detail: 'The password has been changed in the meantime. Sign in with the new one.' })
    const ended = await endSessions(tx, actor.tenantId, userId, { only: session.id })
    if (ended === 0) problem('not_signed_in')
    return finish(tx, before, session.tenant, hash, actor, device)
  })
}

/** Whom a set-up link is for. Throws `link_invalid`. */
export async function openSetUpLink(deps: Deps, origin: Origin, token: string) {
  const { tenant, user } = await findLink(deps, origin, token)
  return {
    username: user.username,
    firstName: user.first_name,
    tenant: { slug: tenant.slug, name: tenant.name },
    passwordPolicy: passwordPolicy(tenant.settings),
    expiresAt: (user.temporary_until as Date).toISOString(),
  }
}

/** Chooses the first password by a set-up link, which is used up. Throws `link_invalid`, `weak_password`. */
export async function acceptSetUpLink(
  deps: Deps,
  origin: Origin,
  token: string,
  input: NewPassword,
  device: string | null,
): Promise<Opened> {
  const { tenant, user } = await findLink(deps, origin, token)
  const hash = await judgeAndHash(deps, user, tenant, input)
  return deps.database.withTenant({ tenantId: tenant.id }, async (tx) => {
    if (!(await store.lockStanding(tx, tenant.id, user.id))) problem('link_invalid')
    if (!(await store.findByLink(tx, tenant.id, sha256(token)))) problem('link_invalid')
    return finish(tx, user, tenant, hash, signedIn(user, tenant.id, origin), device)
  })
}

async function finish(
  tx: Tx,
  user: store.Candidate,
  tenant: OwnTenant,
  hash: string,
  actor: Actor,
  device: string | null,
): Promise<Opened> {
  await store.setPassword(tx, tenant.id, user.id, hash)
  await store.setSignedIn(tx, tenant.id, user.id, true)
  await endSessions(tx, tenant.id, user.id)
  await throttle.openThrottle(tx, tenant.slug, [user.username, user.email])
  const target = { kind: 'user', id: user.id, name: user.username }
  audit(tx, actor, 'user.password_chosen', {
    target,
    details: { by: user.one_time_kind === 'link' ? 'set-up link' : 'temporary password' },
  })
  return startFor(tx, tenant, user, 'full', actor, device)
}

async function findLink(
  { database }: Deps,
  origin: Origin,
  token: string,
): Promise<{ tenant: OwnTenant; user: store.Candidate }> {
  const tenantId = tenantOfToken(token)
  const key = throttle.addressKey(origin.address ?? '')
  const blocks = await database.asSystem('a stranger opens a link', (tx) => throttle.blockedUntil(tx, [key]))
  const until = blocks[0]?.blocked_until
  if (until && until > database.now()) {
    problem('too_many_attempts', { retryAfter: Math.ceil((until.getTime() - database.now().getTime()) / 1000) })
  }
  const found =
    tenantId &&
    (await database.withTenant({ tenantId }, async (tx) => {
      const user = await store.findByLink(tx, tenantId, sha256(token))
      if (!user) return null
      const tenant = await ownTenant(tx, tenantId)
      return tenant.status === 'active' ? { tenant, user } : null
    }))
  return found || problem('link_invalid')
}

async function judgeAndHash(
  { passwords }: Deps,
  user: store.Candidate,
  tenant: OwnTenant,
  input: NewPassword,
): Promise<string> {
  confirmPassword(input.newPassword, input.confirmPassword)
  const names = [user.username, user.email, user.first_name, user.last_name, tenant.slug, tenant.name]
  judgePassword(input.newPassword, { minLength: passwordMinLength(tenant.settings), names }, pointer)
  const generated = user.one_time_kind === 'password' && user.one_time_hash
  const same = generated
    ? timingSafeEqual(generated, sha256(input.newPassword.trim()))
    : await passwords.verify(user.password_hash, input.newPassword)
  if (same) {
    const detail = 'This is the temporary password. Choose another one.'
    problem('weak_password', { detail, errors: [{ pointer, code: 'same_as_temporary', detail }] })
  }
  return passwords.hash(input.newPassword)
}
