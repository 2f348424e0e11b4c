import type { BodyInputOf, createUser as createUserRoute, SetUpLink, User } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { findRole, type RoleRow } from '../../platform/access/roles.ts'
import { checkEmailDomain, ownTenant, passwordMinLength, temporaryUntil } from '../../platform/access/tenants.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { newId } from '../../platform/secrets/ids.ts'
import { confirmPassword, judgePassword } from '../../platform/secrets/judge-password.ts'
import { newToken, sha256 } from '../../platform/secrets/tokens.ts'
import { assignable, refreshActor, targetOf } from './change.ts'
import { presentNew } from './rules.ts'
import { mailSetUpLink, setUpUrl } from './set-up-link.ts'
import * as store from './store.ts'

export type NewUserInput = Omit<BodyInputOf<typeof createUserRoute>, 'roleId'>
export type CreatedUser = { user: User; setUpLink: SetUpLink | null }

type Prepared = { passwordHash: string | null; token: string | null }
type How = {
  role: (tx: Tx, actor: Actor) => Promise<RoleRow | undefined>
  /** Only for the operator at the command line: what was typed is the lasting password. */
  lasting?: boolean
}

/** Creates a user with a temporary password or, without one, with a set-up link. */
export const createUser = (deps: Deps, actor: Actor, { roleId, ...input }: BodyInputOf<typeof createUserRoute>) =>
  createUserInRole(deps, actor, input, { role: (tx) => findRole(tx, actor.tenantId, roleId) })

/**
 * Creates a user in the role that `how` finds. Throws `username_taken`, `email_taken`, `weak_password`,
 * `role_not_available`, `exceeds_your_rights`, `missing_permission`.
 */
export async function createUserInRole(deps: Deps, actor: Actor, input: NewUserInput, how: How): Promise<CreatedUser> {
  const { database } = deps
  authorize(actor, 'user.create')
  const { passwordHash, token } = await prepare(deps, actor, input)
  const mustChangePassword = !(how.lasting === true && passwordHash !== null)

  const { user, tenant, expiresAt } = await database.withTenant(actor, async (tx) => {
    const [current, found, tenant] = await Promise.all([
      refreshActor(tx, actor),
      how.role(tx, actor),
      ownTenant(tx, actor.tenantId),
    ])
    authorize(current, 'user.create')
    const role = assignable(current, found)
    checkEmailDomain(tenant.settings, input.email)
    const expiresAt = temporaryUntil(tenant.settings, tx.now)
    const { username, email, firstName, lastName } = input
    const person = { id: newId(), username, email, firstName, lastName }
    const temporary = { mustChangePassword, temporaryUntil: mustChangePassword ? expiresAt : null }
    const oneTimeHash = token ? sha256(token) : null
    await store.insert(tx, actor.tenantId, [{ ...person, ...temporary, roleId: role.id, passwordHash, oneTimeHash }])
    audit(tx, current, 'user.created', {
      target: targetOf(person),
      details: {
        after: { username, email, firstName, lastName, role: role.name },
        credential: token ? 'set-up link' : 'password',
      },
    })
    return { user: presentNew({ ...person, ...temporary, role }, tx.now), tenant, expiresAt }
  })
  if (token === null) return { user, setUpLink: null }
  const url = setUpUrl(deps, token)
  const mailed = await mailSetUpLink(deps, user, tenant, url, expiresAt)
  return { user, setUpLink: { url, expiresAt: expiresAt.toISOString(), mailed } }
}

/** The slow and the random part, before the transaction. */
async function prepare({ passwords, database }: Deps, actor: Actor, input: NewUserInput): Promise<Prepared> {
  const { tenantId } = actor
  if (input.password === undefined) return { passwordHash: null, token: newToken(tenantId) }
  confirmPassword(input.password, input.confirmPassword)
  const tenant = await database.withTenant({ tenantId }, (tx) => ownTenant(tx, tenantId))
  judgePassword(input.password, {
    minLength: passwordMinLength(tenant.settings),
    names: [input.username, input.email, input.firstName, input.lastName, tenant.slug, tenant.name],
  })
  return { passwordHash: await passwords.hash(input.password), token: null }
}
