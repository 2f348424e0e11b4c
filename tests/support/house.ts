import { type Permission, tenantPermissions } from '@tenantry/contract'
import type { FastifyInstance } from 'fastify'
import { setUpByOperator } from '../../packages/server/src/features/first-run/index.ts'
import { createTenant } from '../../packages/server/src/features/tenants/index.ts'
import { createUserInRole } from '../../packages/server/src/features/users/index.ts'
import { openHouse } from '../../packages/server/src/house.ts'
import { openLog } from '../../packages/server/src/log.ts'
import { operator } from '../../packages/server/src/platform/access/actor.ts'
import { insertRoles, rolesOf } from '../../packages/server/src/platform/access/roles.ts'
import { audit } from '../../packages/server/src/platform/audit/audit.ts'
import { readConfig } from '../../packages/server/src/platform/config/config.ts'
import type { Connection } from '../../packages/server/src/platform/database/database.ts'
import type { Deps } from '../../packages/server/src/platform/deps.ts'
import { newId } from '../../packages/server/src/platform/secrets/ids.ts'
import { buildServer } from '../../packages/server/src/server.ts'
import { createTestDatabase } from '../setup/create-database.ts'
import { Client } from './client.ts'

export const lasting = 'lantern copper walrus 79'

export type Person = { id: string; username: string; tenant: string; password: string }
export type TestTenant = { id: string; slug: string; roles: Map<string, string> }

export type TestHouse = {
  deps: Deps
  app: FastifyInstance
  connection: Connection
  clock: { now: () => Date; forward(ms: number): void }
  /** A second server on the same database. */
  replica(): Promise<FastifyInstance>
  client(app?: FastifyInstance): Client
  signedIn(person: Person, app?: FastifyInstance): Promise<Client>
  tenant(slug: string): Promise<TestTenant>
  role(tenant: TestTenant, name: string, permissions: Permission[]): Promise<string>
  person(tenant: TestTenant, username: string, role: string): Promise<Person>
  close(): Promise<void>
}

const first = {
  username: 'root',
  email: 'root@example.org',
  firstName: 'Rita',
  lastName: 'Root',
  password: lasting,
  confirmPassword: lasting,
}

/** A server over a database of its own, as the server's own role, with the platform set up. */
export async function openTestHouse(
  env: Record<string, string> = {},
  { setUp = true, open }: { setUp?: boolean; open?: Parameters<typeof buildServer>[0]['open'] } = {},
): Promise<TestHouse> {
  const { connection, drop } = await createTestDatabase()
  const config = readConfig({ RATE_LIMIT: '0', KEY_RATE_LIMIT: '0', LOG_LEVEL: 'error', PORT: '0', ...env })
  const log = openLog(config.logLevel)
  let ahead = 0
  const now = () => new Date(Date.now() + ahead)
  const { deps } = await openHouse(config, connection, log, now)
  const apps: FastifyInstance[] = []
  const serve = async (with_: Deps) => {
    const server = await buildServer({ config, deps: with_, connection, webFolder: null, ...(open && { open }) })
    apps.push(server)
    return server
  }
  const others: Deps[] = []
  const replica = async () => {
    const other = (await openHouse(config, connection, log, now)).deps
    others.push(other)
    return serve(other)
  }
  const app = await serve(deps)
  if (setUp) await setUpByOperator(deps, operator(newId()), first)

  const rolesByName = (id: string) =>
    deps.database.withTenant(
      { tenantId: id },
      async (tx) => new Map((await rolesOf(tx, id)).map((role) => [role.name, role.id])),
    )

  return {
    deps,
    app,
    connection,
    clock: {
      now,
      forward: (ms) => {
        ahead += ms
      },
    },
    replica,
    client: (server = app) => new Client(server),
    async signedIn(person, server = app) {
      const client = new Client(server)
      await client.signIn(person)
      return client
    },
    async tenant(slug) {
      const { id } = await createTenant(deps, operator(newId()), { slug, name: slug.toUpperCase() })
      return { id, slug, roles: await rolesByName(id) }
    },
    async role(tenant, name, permissions) {
      const id = newId()
      await deps.database.withTenant({ tenantId: tenant.id }, async (tx) => {
        audit(tx, operator(tenant.id), 'role.created', { target: { kind: 'role', id, name } })
        await insertRoles(tx, [{ id, tenantId: tenant.id, builtIn: null, name, description: '', permissions }])
      })
      tenant.roles.set(name, id)
      return id
    },
    async person(tenant, username, role) {
      const { user } = await createUserInRole(
        deps,
        operator(tenant.id),
        {
          username,
          email: `${username}@${tenant.slug}.test`,
          firstName: `First ${username}`,
          lastName: `Last ${username}`,
          password: lasting,
        },
        { role: async (tx) => (await rolesOf(tx, tenant.id)).find(({ name }) => name === role), lasting: true },
      )
      return { id: user.id, username, tenant: tenant.slug, password: lasting }
    },
    async close() {
      for (const server of apps) await server.close()
      for (const { database } of [deps, ...others]) await database.close()
      await drop()
    },
  }
}

export const root: Person = { id: '', username: 'root', tenant: 'platform', password: lasting }

/** What a help desk holds: it may reset passwords, and little else. */
export const helpDesk: Permission[] = ['user.view', 'user.reset_password', 'user.sign_out', 'tenant.view']
export const everythingButAudit = tenantPermissions.filter((permission) => permission !== 'audit.view')

/** Two tenants, each with an admin, a help desk and a user: `acme` and `globex`. */
export async function twoTenants(house: TestHouse) {
  const make = async (slug: string) => {
    const tenant = await house.tenant(slug)
    await house.role(tenant, 'Help Desk', helpDesk)
    return {
      tenant,
      admin: await house.person(tenant, 'ada', 'Tenant Admin'),
      desk: await house.person(tenant, 'desk', 'Help Desk'),
      user: await house.person(tenant, 'uma', 'Tenant User'),
    }
  }
  return { acme: await make('acme'), globex: await make('globex') }
}
