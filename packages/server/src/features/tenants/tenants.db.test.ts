import * as contract from '@tenantry/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import { openTestHouse, root, type TestHouse, twoTenants } from '../../../../../tests/support/house.ts'
import { keepHouse } from '../../housekeeping.ts'

let house: TestHouse
let acme: Awaited<ReturnType<typeof twoTenants>>['acme']
let globex: typeof acme
let platform: Client
const day = 86_400_000

beforeAll(async () => {
  house = await openTestHouse()
  ;({ acme, globex } = await twoTenants(house))
  platform = await house.signedIn(root)
})
afterAll(() => house.close())

const trailOf = async (id: string): Promise<contract.AuditEntry[]> =>
  (await platform.ask(contract.listTenantAuditEntries, { params: { id } })).body.items
const slugged = (slug: string) => platform.ask(contract.createTenant, { body: { slug, name: slug } })

test.each([
  ['ACME', 400],
  ['acme', 409],
  ['a-cme', 409],
  ['acrne', 409],
  ['acm-e', 409],
  ['g1obex', 409],
  ['gl0bex', 409],
  ['platform', 409],
])('a slug that is taken, or reads like one that is, is refused: %s', async (slug, status) => {
  const answer = await slugged(slug)
  expect([answer.status, slug]).toEqual([status, slug])
})
test('m and rn are taken for each other', async () => {
  await slugged('modern')
  expect((await slugged('rnodem')).body.code).toBe('slug_taken')
})

test('a tenant whose making fails is there as failed, with the reason, and can be tried again', async () => {
  const { pool } = house.deps.database
  await pool.query(`create function fail() returns trigger language plpgsql as $$ begin raise exception 'no room for roles'; end $$;
    create trigger fail before insert on roles for each statement execute function fail()`)
  const { status, body } = await slugged('unlucky')
  expect([status, body.status, body.statusReason]).toEqual([201, 'failed', 'no room for roles'])
  const params = { id: body.id }
  expect((await platform.ask(contract.enterTenant, { params })).body.code).toBe('wrong_state')
  expect((await platform.ask(contract.retryTenant, { params })).body.status).toBe('failed')
  await pool.query('drop trigger fail on roles')
  expect((await platform.ask(contract.retryTenant, { params })).body).toMatchObject({
    status: 'active',
    statusReason: null,
  })
  expect((await platform.ask(contract.retryTenant, { params })).body.code).toBe('wrong_state')
  const said = (await trailOf(body.id)).map(({ action }) => action)
  expect(said).toEqual(['tenant.ready', 'tenant.failed', 'tenant.failed', 'tenant.created'])
})

test('suspended: nobody signs in, sessions end at once, nothing is lost; resumed, all is as before', async () => {
  const user = await house.signedIn(acme.user)
  const elsewhere = await house.signedIn(acme.user, await house.replica())
  const params = { id: acme.tenant.id }
  expect((await platform.ask(contract.suspendTenant, { params })).body.status).toBe('suspended')
  expect((await user.ask(contract.getSession)).status).toBe(401)
  const begun = performance.now()
  while ((await elsewhere.ask(contract.getSession)).status !== 401)
    expect(performance.now() - begun).toBeLessThan(1_000)
  expect((await house.client().signIn(acme.user)).body.code).toBe('sign_in_refused')
  expect((await platform.ask(contract.suspendTenant, { params })).body.code).toBe('wrong_state')
  expect((await platform.ask(contract.resumeTenant, { params })).body.status).toBe('active')
  expect((await house.client().signIn(acme.user)).status).toBe(200)
  expect((await trailOf(acme.tenant.id)).map(({ action }) => action)).toEqual(
    expect.arrayContaining(['tenant.suspended', 'tenant.resumed']),
  )
})

test('gone to a tenant one acts as its admin, on its record; back again one is at home', async () => {
  const visitor = await house.signedIn(root)
  const before = visitor.jar.get('tenantry')
  const entered = await visitor.ask(contract.enterTenant, { params: { id: globex.tenant.id } })
  expect(entered.body).toMatchObject({ tenant: { slug: 'globex' }, visitingFrom: { slug: 'platform' } })
  expect(visitor.jar.get('tenantry')).not.toBe(before)
  const users = await visitor.ask(contract.listUsers)
  expect(users.body.items.map(({ username }: contract.User) => username).sort()).toEqual(['ada', 'desk', 'uma'])
  expect((await visitor.ask(contract.listTenants)).status).toBe(403)
  expect((await visitor.ask(contract.resetPassword, { params: { id: globex.admin.id } })).status).toBe(200)
  expect((await visitor.ask(contract.getUser, { params: { id: acme.user.id } })).status).toBe(404)
  expect((await visitor.ask(contract.getProfile)).body.username).toBe('root')
  const left = await visitor.ask(contract.leaveTenant)
  expect(left.body).toMatchObject({ tenant: { slug: 'platform' }, visitingFrom: null })
  expect((await visitor.ask(contract.leaveTenant)).body.code).toBe('wrong_state')
  expect((await visitor.ask(contract.listUsers)).body.items.map(({ username }: contract.User) => username)).toEqual([
    'root',
  ])
  const trail = await trailOf(globex.tenant.id)
  const told = trail.filter(({ actor }) => actor.name === 'root').map(({ action }) => action)
  expect(told).toEqual(expect.arrayContaining(['tenant.left', 'user.password_reset', 'tenant.entered']))
})

test('only whoever may enter does, and an open visit ends with the tenant', async () => {
  const admin = await house.signedIn(acme.admin)
  expect((await admin.ask(contract.enterTenant, { params: { id: globex.tenant.id } })).status).toBe(403)
  const tenant = await house.tenant('shortlived')
  const visitor = await house.signedIn(root)
  await visitor.ask(contract.enterTenant, { params: { id: tenant.id } })
  await platform.ask(contract.deleteTenant, { params: { id: tenant.id }, query: { slug: 'shortlived' } })
  expect((await visitor.ask(contract.getSession)).body.tenant.slug).toBe('platform')
})

test('deleted by its slug, restorable for 30 days, then erased but for its trail', async () => {
  const tenant = await house.tenant('doomed')
  const person = await house.person(tenant, 'vic', 'Tenant Admin')
  const params = { id: tenant.id }
  const wrong = await platform.ask(contract.deleteTenant, { params, query: { slug: 'acme' } })
  expect([wrong.status, wrong.body.code]).toEqual([422, 'not_confirmed'])
  const client = await house.signedIn(person)
  await client.ask(contract.announce, { body: { title: 'All is well' } })
  const { layout } = (await client.ask(contract.getLayout)).body
  await client.ask(contract.saveLayout, { body: { layout, revision: 0 } })
  await client.ask(contract.setDefaultLayout, { body: { layout, revision: 0 } })
  await platform.ask(contract.deleteTenant, { params, query: { slug: 'doomed' } })
  expect((await client.ask(contract.getSession)).status).toBe(401)
  expect((await platform.ask(contract.restoreTenant, { params })).body.status).toBe('suspended')
  await platform.ask(contract.deleteTenant, { params, query: { slug: 'doomed' } })
  house.clock.forward(31 * day)
  await keepHouse(house.deps.database)
  house.clock.forward(-31 * day)
  const again = await house.signedIn(root)
  expect((await again.ask(contract.getTenant, { params })).status).toBe(404)
  expect((await slugged('doomed')).body.code).toBe('slug_taken')
  const left = await house.deps.database.withTenant({ tenantId: tenant.id }, (tx) =>
    tx.read(
      `select 1 from users union all select 1 from roles union all select 1 from announcements
       union all select 1 from dashboard_layouts union all select 1 from dashboard_defaults`,
      [],
    ),
  )
  expect(left).toEqual([])
})

test('a tenant decides its own settings; they hold from then on', async () => {
  const admin = await house.signedIn(acme.admin)
  const { body: before } = await admin.ask(contract.getTenantSettings)
  const change = (body: object, version: number | string = '*') =>
    admin.ask(contract.changeTenantSettings, { body, headers: { 'if-match': version === '*' ? '*' : `"${version}"` } })
  const changed = await change({ temporaryLife: 2, emailDomains: ['@Acme.Test'] }, before.version)
  expect(changed.body).toMatchObject({ temporaryLife: 2, emailDomains: ['acme.test'], sessionIdle: 12 })
  expect((await change({ temporaryLife: 3 }, before.version)).status).toBe(412)
  for (const bad of [{ passwordMinLength: 8 }, { temporaryLife: 0 }, { sessionLife: 9999 }, { emailDomains: ['x'] }])
    expect((await change(bad)).status).toBe(400)
  const roleId = acme.tenant.roles.get('Tenant User')
  const person = { username: 'newbie', firstName: 'New', lastName: 'Bie', roleId }
  const foreign = await admin.ask(contract.createUser, { body: { ...person, email: 'n@else.test' } as never })
  expect([foreign.status, foreign.body.code, foreign.body.errors[0].pointer]).toEqual([422, 'email_domain', '/email'])
  const made = await admin.ask(contract.createUser, { body: { ...person, email: 'n@acme.test' } as never })
  const hours = (new Date(made.body.setUpLink.expiresAt).getTime() - Date.now()) / 3_600_000
  expect(hours).toBeGreaterThan(1.9)
  expect(hours).toBeLessThan(2.1)
  await change({ emailDomains: [] })
})
