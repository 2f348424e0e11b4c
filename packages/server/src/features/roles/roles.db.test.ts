import * as contract from '@tenantry/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import { helpDesk, openTestHouse, root, type TestHouse, twoTenants } from '../../../../../tests/support/house.ts'

let house: TestHouse
let acme: Awaited<ReturnType<typeof twoTenants>>['acme']
let admin: Client
let counter = 0

beforeAll(async () => {
  house = await openTestHouse()
  ;({ acme } = await twoTenants(house))
  admin = await house.signedIn(acme.admin)
})
afterAll(() => house.close())

const named = (word: string) => `${word} ${++counter}`
async function make(permissions: contract.Permission[], name = named('Role')): Promise<contract.Role> {
  const { status, body } = await admin.ask(contract.createRole, { body: { name, permissions } })
  expect(status).toBe(201)
  return body
}
const edit = (by: Client, role: contract.Role, body: object, version: number | '*' = role.version) =>
  by.ask(contract.editRole, {
    params: { id: role.id },
    body,
    headers: { 'if-match': version === '*' ? '*' : `"${version}"` },
  })
const remove = (by: Client, role: contract.Role, replacement?: string) =>
  by.ask(contract.deleteRole, { params: { id: role.id }, query: replacement ? { replacement } : {} })
const holder = async (role: contract.Role) => {
  acme.tenant.roles.set(role.name, role.id)
  return house.person(acme.tenant, `holder${++counter}`, role.name)
}

test('a role that was made is offered at once, to filter by and to give', async () => {
  const role = await make(['job.submit', 'user.view'], 'Launcher')
  expect(role).toMatchObject({ builtIn: false, scope: 'tenant', enabled: true, assignable: true, version: 1 })
  expect(role.permissions).toEqual(['user.view', 'job.submit'])
  const { body } = await admin.ask(contract.listRoles)
  expect(body.items.map((one: contract.Role) => one.name)).toContain('Launcher')
  const person = await holder(role)
  const found = await admin.ask(contract.listUsers, { query: { role: role.id } })
  expect(found.body.items.map((user: contract.User) => user.id)).toEqual([person.id])
})

test.each([
  'Tenant Admin',
  'tenant  admin',
  'Tеnant Аdmin',
  'Tenant-Admin',
  'Platform Admin',
  'TENANT USER',
  'Ténant Usér',
])('no role is named like a built-in one: %s', async (name) => {
  const { status, body } = await admin.ask(contract.createRole, { body: { name, permissions: [] } })
  expect([status, body.code, body.errors[0].pointer]).toEqual([409, 'role_name_taken', '/name'])
})

test('names are taken without regard to case', async () => {
  await make([], 'Operator')
  const { status, body } = await admin.ask(contract.createRole, { body: { name: 'OPERATOR', permissions: [] } })
  expect([status, body.code]).toEqual([409, 'role_name_taken'])
})

test('unknown permissions and those of the platform are refused by name', async () => {
  const unknown = await admin.ask(contract.createRole, { body: { name: named('X'), permissions: ['user.fly'] } })
  expect([unknown.status, unknown.body.errors[0].pointer]).toEqual([400, '/permissions/0'])
  const platform = await admin.ask(contract.createRole, { body: { name: named('X'), permissions: ['tenant.create'] } })
  expect([platform.status, platform.body.code]).toEqual([422, 'permission_out_of_scope'])
  const byRoot = (await house.signedIn(root)).ask(contract.createRole, {
    body: { name: named('Support'), permissions: ['tenant.list', 'tenant.enter'] },
  })
  expect((await byRoot).status).toBe(201)
})

test('nobody makes, edits or deletes a role that permits more than they may do, and it is on record', async () => {
  const builder = await make(['role.view', 'role.create', 'role.update', 'role.delete', 'role.assign', 'user.view'])
  const client = await house.signedIn(await holder(builder))
  const over = await client.ask(contract.createRole, { body: { name: named('Over'), permissions: ['user.delete'] } })
  expect([over.status, over.body.code, over.body.missing]).toEqual([403, 'exceeds_your_rights', ['user.delete']])
  const strong = await make(['user.delete'])
  for (const body of [{ description: 'x' }, { permissions: [] }, { enabled: false }]) {
    expect((await edit(client, strong, body)).body.code).toBe('exceeds_your_rights')
  }
  expect((await remove(client, strong)).body.code).toBe('exceeds_your_rights')
  const weak = await make(['user.view'])
  expect((await edit(client, weak, { permissions: ['user.view', 'user.create'] })).body.code).toBe(
    'exceeds_your_rights',
  )
  expect((await edit(client, weak, { description: 'mine to edit' })).status).toBe(200)
})

test('built-in roles stay as they are', async () => {
  const { body } = await admin.ask(contract.listRoles)
  const builtIn = body.items.find((role: contract.Role) => role.name === 'Tenant User')
  expect((await edit(admin, builtIn, { description: 'x' })).body.code).toBe('role_built_in')
  expect((await remove(admin, builtIn, acme.tenant.roles.get('Tenant Admin'))).body.code).toBe('role_built_in')
})

test('of two people who edit one role, the second is told', async () => {
  const role = await make(['user.view'])
  expect((await edit(admin, role, { description: 'first' })).body.version).toBe(2)
  const second = await edit(admin, role, { description: 'second' })
  expect([second.status, second.body.code]).toEqual([412, 'changed_meanwhile'])
})

test('before an edit one sees what it gives and takes, and from whom; it reaches open sessions with the answer', async () => {
  const role = await make(['user.view'])
  const person = await holder(role)
  const client = await house.signedIn(person)
  const replica = await house.replica()
  const elsewhere = await house.signedIn(person, replica)
  const permissions = ['job.submit']
  const { body } = await admin.ask(contract.previewRoleEdit, { params: { id: role.id }, body: { permissions } })
  expect(body).toMatchObject({ gained: ['job.submit'], lost: ['user.view'], holders: { count: 1, more: false } })
  expect(body.people).toMatchObject([{ username: person.username }])
  expect((await client.ask(contract.listUsers)).status).toBe(200)
  expect((await elsewhere.ask(contract.listUsers)).status).toBe(200)
  await edit(admin, role, { permissions })
  expect((await client.ask(contract.listUsers)).body.missing).toEqual(['user.view'])
  const told = performance.now()
  while ((await elsewhere.ask(contract.listUsers)).status === 200) expect(performance.now() - told).toBeLessThan(1_000)
  await edit(admin, role, { enabled: false }, '*')
  expect((await client.ask(contract.getSession)).body.permissions).toEqual([])
})

test('a role that is held needs a replacement; its holders get it, each on record', async () => {
  const role = await make(['user.view'])
  const person = await holder(role)
  const without = await remove(admin, role)
  expect([without.status, without.body.code]).toEqual([409, 'role_in_use'])
  expect((await remove(admin, role, role.id)).body.code).toBe('role_not_available')
  const { body } = await remove(admin, role, acme.tenant.roles.get('Tenant User'))
  expect(body).toEqual({ moved: 1 })
  expect((await admin.ask(contract.getRole, { params: { id: role.id } })).status).toBe(404)
  const activity = await admin.ask(contract.listUserActivity, { params: { id: person.id } })
  expect(activity.body.items[0]).toMatchObject({
    action: 'user.role_changed',
    details: { before: { role: role.name }, after: { role: 'Tenant User' } },
  })
})

test('nobody takes rights from their own role', async () => {
  const role = await make([...helpDesk, 'role.view', 'role.update', 'role.delete', 'role.assign'])
  const client = await house.signedIn(await holder(role))
  expect((await edit(client, role, { permissions: ['role.update'] })).body.code).toBe('not_on_yourself')
  expect((await edit(client, role, { enabled: false })).body.code).toBe('not_on_yourself')
  expect((await edit(client, role, { description: 'ours' })).status).toBe(200)
})

test('the last active admin is kept from an edit, a switch and a deletion of their role, all at once', async () => {
  const tenant = await house.tenant('lastrole')
  const first = await house.person(tenant, 'first', 'Tenant Admin')
  const client = await house.signedIn(first)
  const own = await client.ask(contract.createRole, {
    body: { name: 'Own Admin', permissions: contract.tenantPermissions },
  })
  tenant.roles.set('Own Admin', own.body.id)
  const second = await house.signedIn(await house.person(tenant, 'second', 'Own Admin'))
  const outcomes = await Promise.all([
    edit(client, own.body, { permissions: ['user.view'] }, '*'),
    edit(client, own.body, { enabled: false }, '*'),
    remove(client, own.body, tenant.roles.get('Tenant User')),
    second.ask(contract.disableUser, { params: { id: first.id } }),
    second.ask(contract.changeRole, { params: { id: first.id }, body: { roleId: tenant.roles.get('Tenant User') } }),
  ])
  expect(outcomes.map(({ status }) => status)).toContain(200)
  const { body } = await (await house.signedIn(root)).ask(contract.listTenants)
  expect(body.items.length).toBeGreaterThan(0)
  const ready = await Promise.all([client, second].map((one) => one.ask(contract.getSession)))
  const able = ready.filter(({ body: session }) =>
    contract.tenantAdminCore.every((permission) => session.permissions?.includes(permission)),
  )
  expect(able.length).toBeGreaterThan(0)
})

test('who could give a permission is named', async () => {
  const user = await house.signedIn(acme.user)
  const { body } = await user.ask(contract.listGranters, { params: { permission: 'user.create' } })
  expect(body.items.map(({ username }: { username: string }) => username)).toEqual(['ada'])
})
