import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { BodyInputOf, setUpPlatform as setUpPlatformRoute } from '@tenantry/contract'
import { type Actor, anyone, type Origin } from '../../platform/access/actor.ts'
import { findBuiltInRole } from '../../platform/access/roles.ts'
import * as throttle from '../../platform/access/throttle.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { problem } from '../../platform/http/problem.ts'
import { newId } from '../../platform/secrets/ids.ts'
import { confirmPassword, judgePassword } from '../../platform/secrets/judge-password.ts'
import { sha256 } from '../../platform/secrets/tokens.ts'
import { type Candidate, findCandidateById, type Opened, setSignedIn, startFor } from '../sign-in/index.ts'
import { addTenant } from '../tenants/index.ts'
import { insertUsers } from '../users/index.ts'
import * as store from './store.ts'

const day = 86_400_000
export const platformPolicy = { minLength: 15, maxLength: 128 }

/** Whether there is no Platform Admin yet. */
export const isNeeded = ({ database }: Deps): Promise<boolean> =>
  database.asSystem('whether the platform is set up', async (tx) => !(await store.platformExists(tx)))

/** A new one-time link for the first Platform Admin, in place of any before; null where the platform is set up. */
export async function issueLink({ database, publicUrl }: Deps): Promise<{ url: string; expiresAt: Date } | null> {
  const token = randomBytes(32).toString('base64url')
  return database.asSystem('the first set-up link', async (tx) => {
    if (await store.platformExists(tx)) return null
    const expiresAt = new Date(tx.now.getTime() + day)
    await store.setLink(tx, sha256(token), expiresAt)
    return { url: `${publicUrl}/setup#${token}`, expiresAt }
  })
}

/** Whether a link is right, without using it up. Throws `setup_token_required`, `set_up_already`. */
export async function openLink({ database }: Deps, origin: Origin, token: string): Promise<{ expiresAt: string }> {
  const expiresAt = await database.asSystem('the first set-up link', (tx) => checkLink(tx, origin, token))
  return { expiresAt: expiresAt.toISOString() }
}

type Input = Omit<BodyInputOf<typeof setUpPlatformRoute>, 'token'>

/** Creates the platform and its first admin, who is signed in. The link is used up. */
export async function setUpPlatform(
  deps: Deps,
  origin: Origin,
  { token, ...input }: Input & { token: string },
): Promise<Opened> {
  await openLink(deps, origin, token)
  const first = anyone(newId(), input.username, origin)
  return createFirstAdmin(
    deps,
    first,
    input,
    (tx) => checkLink(tx, origin, token),
    (tx, user, platform) => startFor(tx, platform, user, 'full', origin, null),
  )
}

/** The same without a browser, for whoever can read the database anyway. Throws `set_up_already`. */
export const setUpByOperator = (deps: Deps, operator: Actor, input: Input): Promise<{ id: string; username: string }> =>
  createFirstAdmin(
    deps,
    operator,
    input,
    async (tx) => {
      if (await store.platformExists(tx)) problem('set_up_already')
    },
    async (_tx, { id, username }) => ({ id, username }),
  )

type Platform = { id: string; slug: string; name: string; kind: 'platform'; settings: object }

async function createFirstAdmin<T>(
  deps: Deps,
  actor: Actor,
  input: Input,
  check: (tx: Tx) => Promise<unknown>,
  answer: (tx: Tx, user: Candidate, platform: Platform) => Promise<T>,
): Promise<T> {
  const { database, passwords } = deps
  confirmPassword(input.password, input.confirmPassword)
  const names = [input.username, input.email, input.firstName, input.lastName, 'platform', 'tenantry']
  judgePassword(input.password, { minLength: platformPolicy.minLength, names })
  const passwordHash = await passwords.hash(input.password)
  const { tenantId } = actor
  const platform = { id: tenantId, slug: 'platform', name: 'Platform', kind: 'platform' as const }
  return database.asSystem(
    'the platform itself is created',
    async (tx) => {
      await store.lockLink(tx)
      await check(tx)
      await addTenant(tx, { ...platform, description: 'The provider: tenants, engines, allocations.' })
      const role = await findBuiltInRole(tx, tenantId, 'platform_admin')
      if (!role) throw new Error('the platform has no Platform Admin role')
      const id = newId()
      const { username, email, firstName, lastName } = input
      const person = { id, username, email, firstName, lastName, roleId: role.id }
      const credential = { passwordHash, mustChangePassword: false, temporaryUntil: null, oneTimeHash: null }
      await insertUsers(tx, tenantId, [{ ...person, ...credential }])
      await store.closeLink(tx)
      const self = { ...actor, userId: actor.kind === 'operator' ? null : id }
      audit(tx, self, 'platform.set_up', {
        target: { kind: 'user', id, name: username },
        details: { after: { username, email } },
      })
      const user = await findCandidateById(tx, tenantId, id)
      if (!user) throw new Error('a user that was just created is not there')
      if (self.userId) await setSignedIn(tx, tenantId, id, true)
      return answer(tx, user, { ...platform, settings: {} })
    },
    tenantId,
  )
}

async function checkLink(tx: Tx, origin: Origin, token: string): Promise<Date> {
  if (await store.platformExists(tx)) problem('set_up_already')
  const key = throttle.addressKey(origin.address ?? '')
  const until = (await throttle.blockedUntil(tx, [key]))[0]?.blocked_until
  if (until && until > tx.now)
    problem('too_many_attempts', { retryAfter: Math.ceil((until.getTime() - tx.now.getTime()) / 1000) })
  const link = await store.findLink(tx)
  const right = link?.token_hash && timingSafeEqual(link.token_hash, sha256(token)) && link.expires_at > tx.now
  if (!right)
    problem('setup_token_required', {
      detail: 'The newest link stands in the log. Restart the server for another one.',
    })
  return link.expires_at
}
