import { readFileSync } from 'node:fs'
import * as contract from '@tenantry/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import { lasting, openTestHouse, type Person, type TestHouse, twoTenants } from '../../../../../tests/support/house.ts'

let house: TestHouse
let acme: Awaited<ReturnType<typeof twoTenants>>['acme']
let admin: Client
let desk: Client
let user: Client

beforeAll(async () => {
  house = await openTestHouse()
  acme = (await twoTenants(house)).acme
  admin = await house.signedIn(acme.admin)
  desk = await house.signedIn(acme.desk)
  user = await house.signedIn(acme.user)
})
afterAll(() => house.close())

const roleId = (name: string) => acme.tenant.roles.get(name)
const draft = (username: string) => ({
  username,
  email: `${username}@acme.test`,
  firstName: 'Some',
  lastName: 'Body',
  roleId: roleId('Tenant User'),
})
const create = (username: string, more: object = {}) =>
  admin.ask(contract.createUser, { body: { ...draft(username), ...more } })
const activity = async (id: string) => (await admin.ask(contract.listUserActivity, { params: { id } })).body.items

test('a created user is in the list at once, invited, and the record says who did it', async () => {
  const { status, body } = await create('first.one')
  expect(status).toBe(201)
  expect(body.user).toMatchObject({ username: 'first.one', status: 'invited', role: { name: 'Tenant User' } })
  expect(body.setUpLink.url).toMatch(/\/set-up#[\w-]{64}$/)
  const list = await admin.ask(contract.listUsers, { query: { q: 'first.one' } })
  expect(list.body.items).toHaveLength(1)
  expect(await activity(body.user.id)).toMatchObject([
    { action: 'user.created', actor: { name: 'ada' }, target: { name: 'first.one' } },
  ])
})

test('bad input is refused with a pointer to each field, and changes nothing', async () => {
  const count = async () => (await admin.ask(contract.countUsers)).body.count
  const before = await count()
  await create('taken.name')
  const cases: [object, string][] = [
    [{ username: 'UPPER' }, '/username'],
    [{ username: 'a' }, '/username'],
    [{ username: 'nul\0byte' }, '/username'],
    [{ username: 'taken.name', email: 'x@acme.test' }, '/username'],
    [{ email: 'TAKEN.NAME@ACME.TEST' }, '/email'],
    [{ email: 'not an address' }, '/email'],
    [{ firstName: '' }, '/firstName'],
    [{ firstName: 'x'.repeat(101) }, '/firstName'],
    [{ lastName: 'evil\u202Etxt.exe' }, '/lastName'],
    [{ lastName: 'zero\u200Bwidth' }, '/lastName'],
    [{ lastName: 'line\nbreak' }, '/lastName'],
    [{ roleId: 'captain' }, '/roleId'],
    [{ roleId: '00000000-0000-4000-8000-000000000000' }, '/roleId'],
    [{ password: 'short', confirmPassword: 'short' }, '/password'],
    [{ password: 'passwordpasswordpassword', confirmPassword: 'passwordpasswordpassword' }, '/password'],
    [{ password: 'some.body@acme.test', confirmPassword: 'some.body@acme.test' }, '/password'],
    [{ password: lasting, confirmPassword: `${lasting}.` }, '/confirmPassword'],
    [{ isAdmin: true }, '/isAdmin'],
  ]
  for (const [more, pointer] of cases) {
    const { status, body, headers } = await create('some.body', more)
    expect([pointer, status >= 400 && status < 500]).toEqual([pointer, true])
    expect(body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer)
    expect(headers['content-type']).toContain('application/problem+json')
  }
  const huge = await create('some.body', { firstName: 'x'.repeat(10 * 1024 * 1024) })
  expect([huge.status, huge.body.code]).toEqual([413, 'too_large'])
  expect(await count()).toBe(before + 1)
})

test('names keep what people are called: accents, right-to-left, joiners', async () => {
  for (const [index, lastName] of [
    'Gödel',
    'Trần',
    'נועה',
    'می\u200Cخواهم',
    "O'Neill",
    'van der Berg-Müller',
    '明',
  ].entries()) {
    const { body } = await create(`name${index}`, { lastName })
    expect(body.user.lastName).toBe(lastName.normalize('NFC'))
  }
  expect((await admin.ask(contract.listUsers, { query: { q: 'godel' } })).body.items).toHaveLength(1)
  expect((await admin.ask(contract.listUsers, { query: { q: 'berg muller' } })).body.items).toHaveLength(1)
})

test('a stale form is refused with 412, one without a version with 428, and changes nothing', async () => {
  const { body } = await create('stale.one')
  const params = { id: body.user.id }
  const edit = (headers: Record<string, string>, lastName: string) =>
    admin.ask(contract.editUser, { params, headers, body: { lastName } })
  const read = await admin.ask(contract.getUser, { params })
  expect(read.headers.etag).toBe('"1"')
  expect((await edit({ 'if-match': '"1"' }, 'First')).body).toMatchObject({ lastName: 'First', version: 2 })
  expect((await edit({ 'if-match': '"1"' }, 'Second')).body.code).toBe('changed_meanwhile')
  expect((await edit({ 'if-match': 'nonsense' }, 'Second')).status).toBe(412)
  expect((await edit({}, 'Second')).status).toBe(428)
  expect((await admin.ask(contract.getUser, { params })).body.lastName).toBe('First')
  expect((await edit({ 'if-match': '*' }, 'Third')).body.lastName).toBe('Third')
  const both = await Promise.all(['a', 'b'].map((name) => edit({ 'if-match': '"3"' }, name)))
  expect(both.map(({ status }) => status).sort()).toEqual([200, 412])
})

test('a repeated Idempotency-Key answers what the first one did, and creates once', async () => {
  const headers = { 'idempotency-key': 'key-1' }
  const { body: victim } = await create('idem.user')
  const params = { id: victim.user.id }
  const first = await admin.ask(contract.disableUser, { params, headers })
  await admin.ask(contract.enableUser, { params })
  const again = await admin.ask(contract.disableUser, { params, headers })
  expect([again.status, again.text]).toEqual([200, first.text])
  expect(again.headers['idempotent-replayed']).toBe('true')
  expect((await admin.ask(contract.getUser, { params })).body.status).toBe('invited')
  const other = await admin.ask(contract.enableUser, { params, headers })
  expect(other.body.code).toBe('idempotency_key_reused')

  const twice = await Promise.all(
    [1, 2, 3].map(() =>
      admin.ask(contract.createUser, { body: draft('once.only'), headers: { 'idempotency-key': 'key-2' } }),
    ),
  )
  expect(twice.filter(({ status }) => status === 201)).toHaveLength(1)
  for (const { status, body } of twice) if (status !== 201) expect(['in_progress', 'already_done']).toContain(body.code)
  const later = await admin.ask(contract.createUser, {
    body: draft('once.only'),
    headers: { 'idempotency-key': 'key-2' },
  })
  expect(later.body.code).toBe('already_done')
})

test('a refusal is not kept: the same key may be used once the reason is gone', async () => {
  const headers = { 'idempotency-key': 'key-3' }
  const body = { ...draft('after.all'), email: 'ada@acme.test' }
  expect((await admin.ask(contract.createUser, { body, headers })).status).toBe(409)
  expect((await admin.ask(contract.createUser, { body: draft('after.all'), headers })).status).toBe(201)
})

test('a help desk resets a user, but no admin: the refusal is on record', async () => {
  const { body } = await create('needs.help')
  expect((await desk.ask(contract.resetPassword, { params: { id: body.user.id } })).body.code).toBe(
    'exceeds_your_rights',
  )
  const peer = await house.person(acme.tenant, 'desk.peer', 'Help Desk')
  expect((await desk.ask(contract.resetPassword, { params: { id: peer.id } })).status).toBe(200)
  const ways = [contract.resetPassword, contract.sendSetUpLink, contract.unlockUser, contract.signOutUser]
  for (const way of ways) {
    const refused = await desk.ask(way, { params: { id: acme.admin.id } })
    expect([way.operation, refused.status, refused.body.code]).toEqual([way.operation, 403, 'exceeds_your_rights'])
    expect(refused.body.missing).toContain('user.create')
  }
  const [entry] = await activity(acme.admin.id)
  expect(entry).toMatchObject({
    result: 'refused',
    actor: { name: 'desk' },
    details: { reason: 'exceeds_your_rights' },
  })
})

test('nobody gives a role that permits more than they hold, on no path', async () => {
  await house.role(acme.tenant, 'Recruiter', [
    'user.view',
    'user.create',
    'user.update',
    'role.assign',
    'user.disable',
    'user.delete',
  ])
  const recruiter = await house.signedIn(await house.person(acme.tenant, 'recruiter', 'Recruiter'))
  const peer = await house.person(acme.tenant, 'recruited', 'Recruiter')
  const adminRole = roleId('Tenant Admin')
  const params = { id: peer.id }
  const tries = [
    await recruiter.ask(contract.createUser, { body: { ...draft('mole'), roleId: adminRole } }),
    await recruiter.ask(contract.changeRole, { params, body: { roleId: adminRole } }),
    await recruiter.ask(contract.editUser, { params, headers: { 'if-match': '*' }, body: { roleId: adminRole } }),
    await recruiter.ask(contract.bulkChangeRole, { body: { ids: [peer.id], roleId: adminRole } }),
  ]
  for (const { status, body } of tries) expect([status, body.code]).toEqual([403, 'exceeds_your_rights'])
  const csv = 'username,email,first_name,last_name,role\nmole,mole@acme.test,M,Ole,Tenant Admin\n'
  const imported = await recruiter.ask(contract.importUsers, { body: csv })
  expect(imported.body).toMatchObject({
    created: 0,
    errors: 1,
    rows: [{ errors: [{ pointer: '/role', code: 'exceeds_your_rights' }] }],
  })
  expect((await admin.ask(contract.listUsers, { query: { q: 'mole' } })).body.items).toHaveLength(0)
  expect(
    (await recruiter.ask(contract.listRoles)).body.items.find(({ name }: { name: string }) => name === 'Tenant Admin'),
  ).toMatchObject({ assignable: false })
})

test('nobody disables, deletes, resets or demotes themselves', async () => {
  const second = await house.person(acme.tenant, 'second.admin', 'Tenant Admin')
  const client = await house.signedIn(second)
  const params = { id: second.id }
  for (const way of [contract.disableUser, contract.deleteUser, contract.resetPassword, contract.sendSetUpLink]) {
    expect((await client.ask(way, { params })).body.code).toBe('not_on_yourself')
  }
  const demote = await client.ask(contract.changeRole, { params, body: { roleId: roleId('Tenant User') } })
  expect(demote.body.code).toBe('not_on_yourself')
  const edit = await client.ask(contract.editUser, {
    params,
    headers: { 'if-match': '*' },
    body: { roleId: roleId('Tenant User') },
  })
  expect(edit.body.code).toBe('not_on_yourself')
  await admin.ask(contract.deleteUser, { params })
})

test('a deleted user is gone from the list, keeps the name, and can be restored', async () => {
  const { body } = await create('come.back')
  const params = { id: body.user.id }
  expect((await admin.ask(contract.deleteUser, { params })).body.status).toBe('deleted')
  expect((await admin.ask(contract.listUsers, { query: { q: 'come.back' } })).body.items).toHaveLength(0)
  expect(
    (await admin.ask(contract.listUsers, { query: { q: 'come.back', status: 'deleted' } })).body.items,
  ).toHaveLength(1)
  expect((await admin.ask(contract.resetPassword, { params })).body.code).toBe('wrong_state')
  expect((await create('come.back')).body.code).toBe('username_taken')
  expect((await admin.ask(contract.restoreUser, { params })).body.status).toBe('invited')
  expect((await admin.ask(contract.restoreUser, { params })).body.code).toBe('wrong_state')
})

test('of several at once each gets its own result', async () => {
  const ids = (await Promise.all(['bulk.a', 'bulk.b'].map((name) => create(name)))).map(({ body }) => body.user.id)
  const foreign = '01900000-0000-7000-8000-000000000000'
  const { body } = await admin.ask(contract.bulkDisable, { body: { ids: [...ids, acme.admin.id, foreign] } })
  expect(
    body.items.map(({ done, problem }: { done: boolean; problem: { code: string } | null }) => problem?.code ?? done),
  ).toEqual([true, true, 'not_on_yourself', 'not_found'])
  const enabled = await admin.ask(contract.bulkEnable, { body: { ids } })
  expect(enabled.body.items.every(({ done }: { done: boolean }) => done)).toBe(true)
})

test('an import reports every row, creates what it can, and may be run again', async () => {
  const good = readFileSync(new URL('../../../../../tests/data/people.csv', import.meta.url), 'utf8')
  const check = await admin.ask(contract.checkImport, { body: good })
  expect(check.body).toMatchObject({ created: 6, unchanged: 0, errors: 0 })
  expect((await admin.ask(contract.listUsers, { query: { q: 'sparck' } })).body.items).toHaveLength(0)
  const done = await admin.ask(contract.importUsers, { body: good })
  expect(done.body.created).toBe(6)
  expect(done.body.rows[0].setUpLink).toContain('/set-up#')
  expect((await admin.ask(contract.importUsers, { body: good })).body).toMatchObject({
    created: 0,
    unchanged: 6,
    errors: 0,
  })

  const bad = readFileSync(new URL('../../../../../tests/data/people-with-errors.csv', import.meta.url), 'utf8')
  const { body } = await admin.ask(contract.importUsers, { body: bad })
  const codes = body.rows.map((row: contract.ImportResult['rows'][number]) => [
    row.line,
    row.result,
    row.errors.map(({ pointer }) => pointer),
  ])
  expect(codes).toEqual([
    [2, 'error', ['/username', '/username']],
    [3, 'create', []],
    [4, 'error', ['/username', '/username']],
    [5, 'error', ['/email']],
    [6, 'error', ['/role']],
    [7, 'error', ['/username']],
    [8, 'error', ['/email']],
    [9, 'create', []],
    [10, 'error', ['']],
    [11, 'error', ['/role']],
  ])
  for (const file of [
    '',
    'a,b\n1,2\n',
    'username,email,first_name,last_name,role\n"open',
    '\0',
    'username,username,email,first_name,last_name,role\n',
  ]) {
    expect((await admin.ask(contract.checkImport, { body: file })).status).toBe(400)
  }
})

test('an export is guarded against formulas, and everything in it is the tenant’s', async () => {
  const { text, headers } = await admin.ask(contract.exportUsers, { query: { q: 'formula' } })
  expect(headers['content-type']).toContain('text/csv')
  expect(text).toContain(`"'=HYPERLINK(""http://x"")",'+1`)
  const all = (await admin.ask(contract.exportUsers)).text.trim().split('\r\n')
  expect(all.length).toBeGreaterThan(10)
  for (const line of all.slice(1)) expect(line).toMatch(/@acme\.test/)
})

test('what one may not do is refused by name of the permission', async () => {
  for (const [route, permission] of [
    [contract.listUsers, 'user.view'],
    [contract.createUser, 'user.create'],
    [contract.exportUsers, 'user.export'],
    [contract.listTenants, 'tenant.list'],
  ] as const) {
    const { status, body } = await user.ask(route, {})
    expect([status, body.code, body.missing]).toEqual([403, 'missing_permission', [permission]])
  }
})

test('a password that another reset in the meantime opens nothing', async () => {
  const person: Person = await house.person(acme.tenant, 'two.resets', 'Tenant User')
  const [one, two] = await Promise.all(
    [1, 2].map(() => admin.ask(contract.resetPassword, { params: { id: person.id } })),
  )
  const statuses = await Promise.all(
    [one, two].map(async (answer) => (await house.client().signIn(person, answer?.body.temporaryPassword)).status),
  )
  expect(statuses.sort()).toEqual([200, 401])
})
