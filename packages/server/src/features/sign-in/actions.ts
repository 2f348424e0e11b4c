import { timingSafeEqual } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Session } from '@tenantry/contract'
import { type Actor, anyone, type Origin } from '../../platform/access/actor.ts'
import { endSessions, startSession } from '../../platform/access/sessions.ts'
import * as throttle from '../../platform/access/throttle.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { problem } from '../../platform/http/problem.ts'
import { newToken, sha256 } from '../../platform/secrets/tokens.ts'
import { inGoodStanding, presentNew, stillServes } from './rules.ts'
import * as store from './store.ts'

const nowhere = '00000000-0000-0000-0000-000000000000'
// Every refusal is answered this long after the question, whatever it took: longer than any of its ways takes at rest.
const refusalAfter = 120

export type Credentials = { organization: string; usernameOrEmail: string; password: string }
/** A session that was just opened: its token and the device's go into cookies and nowhere else. */
export type Opened = { session: Session; token: string; device: string; expiresAt: Date }

/**
 * Signs in. A temporary password opens nothing but the choice of a new one. Throws `sign_in_refused`, the same in
 * words and time for an unknown tenant, an unknown user, a disabled one and a wrong password; `too_many_attempts`.
 */
export async function signIn(
  deps: Deps,
  origin: Origin,
  credentials: Credentials,
  device: string | null,
): Promise<Opened> {
  const started = performance.now()
  const slug = credentials.organization.trim().toLowerCase()
  const name = credentials.usernameOrEmail.trim().toLowerCase()
  const attempt = await lookUp(deps, origin, slug, name, device)
  if (attempt.waitUntil) {
    const retryAfter = Math.max(1, Math.ceil((attempt.waitUntil.getTime() - deps.database.now().getTime()) / 1000))
    problem('too_many_attempts', {
      retryAfter,
      detail: 'Wait a little, or use a device on which you have signed in before.',
    })
  }
  if (await isPassword(deps, attempt, credentials.password)) {
    const opened = await open(deps, attempt)
    if (opened) return opened
  }
  await recordFailure(deps, attempt)
  await delay(Math.max(0, refusalAfter - (performance.now() - started)))
  return problem('sign_in_refused')
}

type Attempt = {
  origin: Origin
  slug: string
  name: string
  tenant: store.FoundTenant | null
  /** The tenant whose audit log has the attempt: the platform's where there is no such tenant. */
  recordedIn: string | null
  user: store.Candidate | null
  device: string | null
  deviceKnown: boolean
  accountKey: Buffer
  addressKey: Buffer
  waitUntil: Date | null
}

/** The same statements whether or not tenant and user exist. */
async function lookUp(
  { database }: Deps,
  origin: Origin,
  slug: string,
  name: string,
  device: string | null,
): Promise<Attempt> {
  const tenants = await database.readAtOnceAsSystem('a stranger names a tenant', (tx) => store.findTenants(tx, slug))
  const tenant = tenants.find((found) => found.slug === slug) ?? null
  const recordedIn = tenant?.id ?? tenants.find((found) => found.kind === 'platform')?.id ?? null
  const tenantId = tenant?.id ?? nowhere
  const deviceHash = sha256(device ?? '')
  const addressKey = throttle.addressKey(origin.address ?? '')
  const keys = {
    known: throttle.accountKey(slug, name, deviceHash.toString('hex')),
    unknown: throttle.accountKey(slug, name, null),
  }
  return database.readAtOnce({ tenantId }, async (tx) => {
    const [found, blocks] = await Promise.all([
      store.findCandidate(tx, tenantId, name, deviceHash),
      throttle.blockedUntil(tx, [keys.known, keys.unknown, addressKey]),
    ])
    const user = found ?? null
    const deviceKnown = device !== null && found?.device_known === true
    const accountKey = deviceKnown ? keys.known : keys.unknown
    const waits = blocks.flatMap(({ key, blocked_until: until }) =>
      until !== null && until > tx.now && (key.equals(accountKey) || key.equals(addressKey)) ? [until] : [],
    )
    const waitUntil = waits.sort((a, b) => b.getTime() - a.getTime())[0] ?? null
    return { origin, slug, name, tenant, recordedIn, user, device, deviceKnown, accountKey, addressKey, waitUntil }
  })
}

/** Always one slow hash, whoever it is. */
async function isPassword(
  { passwords, database }: Deps,
  { tenant, user }: Attempt,
  password: string,
): Promise<boolean> {
  const generated = user?.one_time_kind === 'password' ? user.one_time_hash : null
  const slow = await passwords.verify(generated ? null : (user?.password_hash ?? null), password)
  const right = generated ? timingSafeEqual(generated, sha256(password.trim())) : slow
  return (
    right && tenant?.status === 'active' && user !== null && inGoodStanding(user) && stillServes(user, database.now())
  )
}

/** Opens the session, unless the user or the password changed while it was being verified. */
async function open(
  { database }: Deps,
  { tenant, user, origin, device, deviceKnown, accountKey }: Attempt,
): Promise<Opened | null> {
  if (!tenant || !user) return null
  const actor = signedIn(user, tenant.id, origin)
  return database.withTenant({ tenantId: tenant.id }, async (tx) => {
    const [stands, changedAt] = await Promise.all([
      store.lockStanding(tx, tenant.id, user.id),
      store.credentialChangedAt(tx, tenant.id, user.id),
    ])
    if (!stands || changedAt !== user.changed_at.getTime()) return null
    const kind = user.must_change_password ? 'password_change' : 'full'
    if (kind === 'password_change') {
      // One choice of a password at a time: a second sign-in takes it over.
      await endSessions(tx, tenant.id, user.id, { kind })
      await throttle.forget(tx, [accountKey])
      audit(tx, actor, 'sign_in.temporary', { target: { kind: 'user', id: user.id, name: user.username } })
    } else {
      audit(tx, actor, 'sign_in.succeeded', { target: { kind: 'user', id: user.id, name: user.username } })
    }
    const [opened] = await Promise.all([
      startFor(tx, tenant, user, kind, origin, device),
      kind === 'full' && store.setSignedIn(tx, tenant.id, user.id, !deviceKnown),
      kind === 'full' && throttle.forget(tx, [accountKey]),
    ])
    return opened
  })
}

/** Opens a session for somebody whose right to it has been checked, and knows the device from now on. */
export async function startFor(
  tx: Tx,
  tenant: Omit<store.FoundTenant, 'status'>,
  user: store.Candidate,
  kind: 'full' | 'password_change',
  origin: Origin,
  device: string | null,
): Promise<Opened> {
  const settings = { tenantId: tenant.id, userId: user.id, kind, settings: tenant.settings }
  const deviceToken = device ?? newToken(tenant.id)
  const [{ token, expiresAt }] = await Promise.all([
    startSession(tx, { ...settings, address: origin.address, userAgent: origin.userAgent }),
    kind === 'full' && store.rememberDevice(tx, tenant.id, user.id, sha256(deviceToken)),
  ])
  return { session: presentNew(user, tenant, { kind, expiresAt }), token, device: deviceToken, expiresAt }
}

/** The person themselves, at the moment of signing in. */
export const signedIn = (user: { id: string; username: string }, tenantId: string, origin: Origin): Actor => ({
  ...anyone(tenantId, user.username, origin),
  kind: 'user',
  userId: user.id,
})

async function recordFailure({ database }: Deps, attempt: Attempt): Promise<void> {
  const { recordedIn, tenant, user, origin, slug, name, deviceKnown, accountKey, addressKey } = attempt
  if (recordedIn === null) return
  await database.withTenant({ tenantId: recordedIn }, async (tx) => {
    const failures = await throttle.countFailure(tx, accountKey)
    const wait = throttle.waitAfter(failures)
    const until = new Date(tx.now.getTime() + wait)
    if (wait > 0) await throttle.block(tx, accountKey, until)
    const addressWait = throttle.waitOfAddressAfter(await throttle.countFailure(tx, addressKey))
    if (addressWait > 0) await throttle.block(tx, addressKey, new Date(tx.now.getTime() + addressWait))

    const stranger = anyone(recordedIn, name.slice(0, 100), origin)
    const target = { kind: 'user', id: user?.id ?? null, name: name.slice(0, 100) }
    const details = { organization: slug.slice(0, 100), failures, knownDevice: deviceKnown }
    audit(tx, stranger, 'sign_in.refused', { target, result: 'refused', details })
    if (tenant && user && failures >= throttle.lockAt && !deviceKnown) {
      await store.setLocked(tx, tenant.id, user.id, until)
      audit(tx, stranger, 'user.locked', { target, details: { until: until.toISOString(), failures } })
    }
  })
}

/** Ends one session. */
export async function signOut({ database }: Deps, actor: Actor): Promise<void> {
  await database.withTenant(actor, async (tx) => {
    const ended = await endSessions(tx, actor.tenantId, actor.userId ?? '', { only: actor.sessionId ?? '' })
    if (ended > 0) audit(tx, actor, 'sign_out.succeeded')
  })
}
