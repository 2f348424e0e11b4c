import { setUpByOperator } from '../../packages/server/src/features/first-run/index.ts'
import { createTenant } from '../../packages/server/src/features/tenants/index.ts'
import { createUserInRole } from '../../packages/server/src/features/users/index.ts'
import { openHouse } from '../../packages/server/src/house.ts'
import { openLog } from '../../packages/server/src/log.ts'
import { operator } from '../../packages/server/src/platform/access/actor.ts'
import { rolesOf } from '../../packages/server/src/platform/access/roles.ts'
import { readConfig } from '../../packages/server/src/platform/config/config.ts'
import type { Deps } from '../../packages/server/src/platform/deps.ts'
import { newId } from '../../packages/server/src/platform/secrets/ids.ts'
import { ask } from './load.ts'

export const password = 'lantern copper walrus 79'
export type BenchTenant = { id: string; slug: string; roles: Map<string, string> }

/** The product over a bench's database, with the platform set up. */
export async function openBenchHouse(connection: object): Promise<Deps> {
  const { SECRET_KEY, ENGINE_ADDRESSES } = process.env
  const { deps } = await openHouse(readConfig({ SECRET_KEY, ENGINE_ADDRESSES }), connection, openLog('error'))
  const person = { username: 'root', email: 'root@example.org', firstName: 'Rita', lastName: 'Root' }
  await setUpByOperator(deps, operator(newId()), { ...person, password, confirmPassword: password })
  return deps
}

export async function addTenant(deps: Deps, slug: string): Promise<BenchTenant> {
  const { id } = await createTenant(deps, operator(newId()), { slug, name: slug })
  const roles = await deps.database.withTenant({ tenantId: id }, (tx) => rolesOf(tx, id))
  return { id, slug, roles: new Map(roles.map((role) => [role.name, role.id])) }
}

export const addPerson = (deps: Deps, tenant: BenchTenant, username: string, role: string) =>
  createUserInRole(
    deps,
    operator(tenant.id),
    { username, email: `${username}@${tenant.slug}.test`, firstName: 'Bench', lastName: 'Person', password },
    { role: async (tx) => (await rolesOf(tx, tenant.id)).find(({ name }) => name === role), lasting: true },
  )

/** Signs in and answers the cookie. */
export async function signIn(port: number, organization: string, usernameOrEmail: string): Promise<string> {
  const { status, cookies, body } = await ask({
    port,
    method: 'POST',
    path: '/api/v1/sign-in',
    body: { organization, usernameOrEmail, password },
  })
  if (status !== 200) throw new Error(`sign-in answered ${status}: ${body}`)
  return cookies.map((cookie) => cookie.split(';')[0]).join('; ')
}
