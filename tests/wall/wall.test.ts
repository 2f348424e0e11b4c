import * as contract from '@tenantry/contract'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import * as users from '../../packages/server/src/features/users/store.ts'
import { sealTenant } from '../../packages/server/src/platform/audit/seal.ts'
import { sqlFor } from '../../packages/server/src/platform/database/builder.ts'
import { migrate } from '../../packages/server/src/platform/database/migrate.ts'
import type { Client } from '../support/client.ts'
import { engineSettings } from '../support/engines.ts'
import { openTestHouse, root, type TestHouse, twoTenants } from '../support/house.ts'
import { thingsOf } from './foreign-things.ts'

let house: TestHouse
let acme: Awaited<ReturnType<typeof twoTenants>>['acme']
let globex: typeof acme
const clients = new Map<string, Client>()
const absent = '01900000-0000-7000-8000-00000000dead'

let foreignResources: Record<string, string>

beforeAll(async () => {
  house = await openTestHouse(engineSettings)
  ;({ acme, globex } = await twoTenants(house))
  foreignResources = await thingsOf(house, globex)
  await house.role(acme.tenant, 'Viewer', ['user.view', 'audit.view'])
  await house.role(
    acme.tenant,
    'Almost Admin',
    contract.tenantPermissions.filter((permission) => permission !== 'user.create'),
  )
  for (const [name, role] of [
    ['viewer', 'Viewer'],
    ['almost', 'Almost Admin'],
  ] as const) {
    clients.set(role, await house.signedIn(await house.person(acme.tenant, name, role)))
  }
  clients.set('Tenant Admin', await house.signedIn(acme.admin))
  clients.set('Help Desk', await house.signedIn(acme.desk))
  clients.set('Tenant User', await house.signedIn(acme.user))
  clients.set('Platform Admin', await house.signedIn(root))
  clients.set('nobody', house.client())
})
afterAll(() => house.close())

const bodies: Record<string, unknown> = {
  announce: { title: 'Made by probe' },
  changeAllocation: {},
  changeEngine: {},
  rotateEngineCredential: { credential: { type: 'none' } },
  powerBareMetal: { verb: 'start' },
  powerVirtualMachine: { verb: 'start' },
  editUser: { lastName: 'Changed' },
  changeTenantSettings: {},
  submitJob: {
    engineId: absent,
    name: 'made by probe',
    script: '#!/bin/sh',
    where: 'gpu',
    cpus: 1,
    memoryMiB: 1,
    minutes: 1,
  },
  createRole: { name: 'Made By Probe', permissions: [] },
  editRole: { description: 'Changed' },
  previewRoleEdit: { permissions: [] },
  changeRole: { roleId: absent },
  handOverWorkspace: { to: absent },
  shareWorkspace: { userId: absent },
  setUserQuota: { quota: null },
  answerInPlayground: { messages: [{ role: 'user', content: 'probe' }], parameters: {} },
  changeModel: { title: 'Made By Probe' },
  saveChat: {
    content: { lanes: [{ modelId: absent, name: 'probe', title: 'Probe', parameters: {} }], turns: [], at: null },
  },
  renameChat: { title: 'Made By Probe' },
  settleBelongings: { workspaces: 'stop', jobs: 'keep' },
  changeTemplate: {
    name: 'Made By Probe',
    engineId: absent,
    placement: { where: 'acme' },
    profiles: [{ id: 'cpu', name: 'CPU', cpus: 1, memoryMiB: 1024, accelerator: null }],
    limits: { cpus: 1, memoryMiB: 1024, volumeGiB: 0, idleMinutes: null },
  },
  createTenantAdmin: { username: 'intruder', email: 'i@globex.test', firstName: 'In', lastName: 'Truder' },
}
/** What goes with the ids of several; `other` is somebody or something besides. */
const bodiesForSeveral: Record<string, (other: string) => object[]> = {
  bulkChangeRole: (other) => [{ roleId: other }],
  bulkSettleBelongings: (other) => [
    { workspaces: 'stop', jobs: 'cancel' },
    { workspaces: 'hand_over', to: other, jobs: 'keep' },
    { workspaces: 'hand_over', to: acme.user.id, jobs: 'cancel' },
  ],
}
const shapeOf = (body: contract.RouteSpec['body']) =>
  body && typeof body === 'object' && 'shape' in body ? (body.shape as object) : {}
const headers = { 'if-match': '*' }
const queries: Record<string, Record<string, string>> = { deleteTenant: { slug: 'nowhere' } }

describe('the tenant wall, over every route with an id', () => {
  const routes = contract.allRoutes.filter((route) => route.path.includes(':'))

  test('there are routes to probe', () => expect(routes.length).toBeGreaterThan(15))

  test.each(routes.map((route) => [route.operation, route] as const))(
    '%s: a foreign id answers byte for byte like an absent one',
    async (_, route) => {
      // A tenant is the platform's to name: of that route the foreign thing is a user.
      const foreign = [
        globex.user.id,
        globex.admin.id,
        ...(route.path.includes('/roles/') ? globex.tenant.roles.values() : []),
        ...Object.entries(foreignResources).flatMap(([path, id]) =>
          route.path.includes(`/${path.split('/')[0]}/`) ? [id] : [],
        ),
        ...(route.path.includes('sessions/') ? [await foreignSession()] : []),
      ]
      for (const [role, client] of clients) {
        const ask = (id: string) =>
          client.ask(route, {
            params: { id, userId: absent },
            headers,
            query: queries[route.operation] ?? {},
            body: bodies[route.operation],
          })
        const nothing = await ask(absent)
        for (const id of foreign) {
          const answer = await ask(id)
          expect([role, id, answer.status, answer.text]).toEqual([role, id, nothing.status, nothing.text])
          expect([401, 403, 404]).toContain(answer.status)
        }
      }
    },
  )

  const forSeveral = contract.allRoutes.filter((route) => 'ids' in shapeOf(route.body))

  test('there are routes for several to probe', () => expect(forSeveral.length).toBeGreaterThan(5))

  test.each(forSeveral.map((route) => [route.operation, route] as const))(
    '%s: foreign ids among several answer byte for byte like absent ones',
    async (_, route) => {
      const foreign = [globex.user.id, globex.admin.id]
      const others = ['01900000-0000-7000-8000-00000000dea1', '01900000-0000-7000-8000-00000000dea2']
      // Whom else the body names: somebody or something of one's own, of nobody, and of the other tenant.
      const bodiesOf = (ids: string[], other: string) =>
        bodiesForSeveral[route.operation]?.(other).map((more) => ({ ids, ...more })) ?? [{ ids }]
      for (const [role, client] of clients) {
        const ask = async (ids: string[], other: string) => {
          const answers = await Promise.all(bodiesOf(ids, other).map((body) => client.ask(route, { body })))
          // Each answers with the ids it was given, whosever they are.
          return answers.map(({ status, text }) => [
            status,
            ids.reduce((said, id, index) => said.replaceAll(id, `id ${index}`), text),
          ])
        }
        const nothing = await ask(others, absent)
        expect([role, await ask(foreign, absent)]).toEqual([role, nothing])
        for (const other of [globex.user.id, ...globex.tenant.roles.values()])
          expect([role, await ask(others, other)]).toEqual([role, nothing])
        for (const [status, text] of nothing) {
          expect([200, 401, 403, 404, 422]).toContain(status)
          if (status === 200)
            expect(JSON.parse(String(text)).items.some(({ done }: { done?: true }) => done)).toBe(false)
        }
      }
    },
  )

  test('nothing happened to the other tenant', async () => {
    const admin = await house.signedIn(globex.admin)
    const { body: left } = await admin.ask(contract.getBelongings, { params: { id: globex.user.id } })
    expect(left).toMatchObject({ workspaces: [{ state: 'running' }], volumes: [{ name: 'of globex' }], jobs: 2 })
    const { body } = await admin.ask(contract.listUsers)
    expect(body.items.map((user: contract.User) => [user.username, user.status, user.version]).sort()).toEqual([
      ['ada', 'active', 1],
      ['desk', 'invited', 1],
      ['uma', 'invited', 1],
    ])
  })
})

async function foreignSession(): Promise<string> {
  const client = await house.signedIn(globex.admin)
  return (await client.ask(contract.listOwnSessions)).body.items[0].id
}

test.each(contract.allRoutes.map((route) => [route.operation, route] as const))(
  '%s asks for what it says, of every role',
  async (_, route) => {
    for (const [role, client] of clients) {
      if (route.operation === 'signOut' || route.operation === 'endOtherSessions') continue
      const { status, body } = await client.ask(route, {
        params: { id: absent },
        headers,
        body: bodies[route.operation],
      })
      if (route.needs === 'anyone') expect(status).not.toBe(403)
      else if (role === 'nobody') expect([status, body.code]).toEqual([401, 'not_signed_in'])
      else if (route.needs === 'session' || route.needs === 'any_session') expect([401, 403]).not.toContain(status)
      else {
        const needed = contract.permissionsNeeded(route.needs)
        const { permissions } = (await client.ask(contract.getSession)).body
        if (needed.some((one) => permissions.includes(one))) expect(body?.missing ?? []).not.toEqual(needed)
        else expect([role, status, body.missing]).toEqual([role, 403, needed])
      }
    }
  },
)

test('a route without a permission or an answer’s schema does not exist', () => {
  for (const route of contract.allRoutes) {
    const needed = contract.permissionsNeeded(route.needs)
    if (needed.length === 0) expect(['anyone', 'session', 'any_session']).toContain(route.needs)
    for (const permission of needed) expect(contract.permissions).toContain(permission)
    const statuses = Object.entries(route.answers)
    expect(statuses.length).toBeGreaterThan(0)
    for (const [status, schema] of statuses) expect(schema !== undefined || status === '204').toBe(true)
  }
})

describe('the second wall', () => {
  test('a store that is asked for the wrong tenant finds nothing and changes nothing', async () => {
    await house.deps.database.withTenant({ tenantId: acme.tenant.id }, async (tx) => {
      expect(await users.find(tx, globex.tenant.id, globex.user.id)).toBeUndefined()
      expect(await users.lock(tx, globex.tenant.id, [globex.user.id])).toEqual([])
      expect(
        await tx.bookkeeping(sqlFor.updateTable('users').set({ first_name: 'x' }).where('id', '=', globex.user.id)),
      ).toBe(0)
      expect(await tx.bookkeeping(sqlFor.deleteFrom('sessions').where('tenant_id', '=', globex.tenant.id))).toBe(0)
      const everyone = await tx.many(sqlFor.selectFrom('users').select('tenant_id').distinct())
      expect(everyone).toEqual([{ tenant_id: acme.tenant.id }])
    })
    const insert = house.deps.database.withTenant({ tenantId: acme.tenant.id }, (tx) =>
      tx.bookkeeping(
        sqlFor.insertInto('known_devices').values({
          tenant_id: globex.tenant.id,
          user_id: globex.user.id,
          device_hash: Buffer.from('x'),
          last_used_at: tx.now,
        }),
      ),
    )
    await expect(insert).rejects.toThrow(/row-level security/)
  })

  test('without a tenant nothing is visible, as the system neither', async () => {
    const tables = [
      'users',
      'roles',
      'sessions',
      'credentials',
      'audit_entries',
      'user_words',
      'known_devices',
      'idempotency_keys',
      'audit_heads',
      'audit_pending',
      'audit_anchors',
      'audit_subjects',
    ] as const
    await house.deps.database.asSystem('a test', async (tx) => {
      for (const table of tables)
        expect([table, await tx.many(sqlFor.selectFrom(table).selectAll().limit(1))]).toEqual([table, []])
      expect((await tx.many(sqlFor.selectFrom('tenants').select('slug'))).length).toBe(3)
    })
  })

  test('a pooled connection never carries the last tenant over', async () => {
    await house.deps.database.withTenant(
      { tenantId: acme.tenant.id },
      async (tx) => void (await tx.read('select 1', [])),
    )
    const { rows } = await house.deps.database.pool.query(
      `select nullif(current_setting('tenantry.tenant', true), '') as tenant`,
    )
    expect(rows).toEqual([{ tenant: null }])
  })

  test('every table with a tenant_id is forced behind the wall', async () => {
    const { rows } = await house.deps.database.pool.query(`
      select c.relname, c.relrowsecurity and c.relforcerowsecurity as forced,
             exists (select from pg_policy p where p.polrelid = c.oid and p.polwithcheck is not null) as policy
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
      where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace order by 1`)
    expect(rows.length).toBeGreaterThan(8)
    for (const row of rows) expect(row).toMatchObject({ forced: true, policy: true })
  })

  test('no role above the wall may serve', async () => {
    const client = house.deps.database.pool
    const { rows } = await client.query(
      'select rolsuper or rolbypassrls as above from pg_roles where rolname = current_user',
    )
    expect(rows).toEqual([{ above: false }])
    const { rows: active } = await client.query(`select row_security_active('users') as active`)
    expect(active).toEqual([{ active: true }])
  })

  const superuser = inject('superuserConnection')
  test.skipIf(superuser === null)(
    'a superuser is refused at the start (needs SUPERUSER_URL beside DATABASE_URL)',
    async () => {
      await expect(migrate(superuser ?? {}, '.')).rejects.toThrow(/superuser/)
    },
  )
})

describe('the record', () => {
  test('a write without its audit entry is refused and undone', async () => {
    const attempt = house.deps.database.withTenant({ tenantId: acme.tenant.id }, (tx) =>
      users.update(tx, acme.tenant.id, acme.user.id, { first_name: 'Unseen' }),
    )
    await expect(attempt).rejects.toThrow(/without its audit entry/)
    const row = await house.deps.database.withTenant({ tenantId: acme.tenant.id }, (tx) =>
      users.find(tx, acme.tenant.id, acme.user.id),
    )
    expect(row?.first_name).not.toBe('Unseen')
  })

  test('entries are changed and deleted by nobody, the owner neither', async () => {
    const inTenant = async (statement: string) => {
      const client = await house.deps.database.pool.connect()
      try {
        await client.query(`begin; set local "tenantry.tenant" = '${acme.tenant.id}'`)
        return await client.query(statement)
      } finally {
        await client.query('rollback')
        client.release()
      }
    }
    for (const statement of [
      `update audit_entries set at = now()`,
      'delete from audit_entries',
      'truncate audit_entries',
      `update audit_pending set at = now()`,
      'delete from audit_pending',
      'truncate audit_pending',
    ]) {
      await expect(inTenant(statement)).rejects.toThrow(/never changed|permission denied/)
    }
  })

  test('the chain holds, and breaks where an entry is changed behind its back', async () => {
    await sealTenant(house.deps.database, acme.tenant.id)
    const broken = await house.deps.database.withTenant({ tenantId: acme.tenant.id }, (tx) =>
      tx.many(
        sqlFor
          .selectFrom('audit_entries')
          .select(['seq'])
          .where('tenant_id', '=', acme.tenant.id)
          .where(
            sql<boolean>`hash <> sha256(coalesce((select p.hash from audit_entries p where p.tenant_id = audit_entries.tenant_id
              and p.seq = audit_entries.seq - 1), ''::bytea) || convert_to(entry::text, 'UTF8'))`,
          ),
      ),
    )
    expect(broken).toEqual([])
  })

  test('a failed audit insert takes the change back with it', async () => {
    const attempt = house.deps.database.withTenant({ tenantId: acme.tenant.id }, async (tx) => {
      await users.update(tx, acme.tenant.id, acme.user.id, { first_name: 'Unseen' })
      tx.append({ at: 'no time at all', action: 'x' })
    })
    await expect(attempt).rejects.toThrow()
    const row = await house.deps.database.withTenant({ tenantId: acme.tenant.id }, (tx) =>
      users.find(tx, acme.tenant.id, acme.user.id),
    )
    expect(row?.first_name).not.toBe('Unseen')
  })
})
