import * as contract from '@tenantry/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import { lasting, openTestHouse, type Person, type TestHouse, twoTenants } from '../../../../../tests/support/house.ts'

let house: TestHouse
let acme: Awaited<ReturnType<typeof twoTenants>>['acme']
let admin: Client
const chosen = 'walnut harbour sings 31'

beforeAll(async () => {
  house = await openTestHouse()
  acme = (await twoTenants(house)).acme
  admin = await house.signedIn(acme.admin)
})
afterAll(() => house.close())

/** A user with a temporary password, as an administrator creates one. */
async function newcomer(username: string): Promise<Person> {
  const person = { username, email: `${username}@acme.test`, firstName: 'New', lastName: 'Comer' }
  const roleId = acme.tenant.roles.get('Tenant User')
  const { body, status } = await admin.ask(contract.createUser, {
    body: { ...person, roleId, password: lasting, confirmPassword: lasting },
  })
  expect(status).toBe(201)
  return { id: body.user.id, username, tenant: 'acme', password: lasting }
}

const signInAs = (client: Client, usernameOrEmail: string, password = lasting, organization = 'acme') =>
  client.ask(contract.signIn, { body: { organization, usernameOrEmail, password } })

test('a user signs in by username or e-mail, in any case, and gets a cookie that scripts cannot read', async () => {
  for (const name of ['uma', 'UMA', ' uma@acme.test ', 'Uma@Acme.Test']) {
    const client = house.client()
    const { status, body, headers } = await signInAs(client, name)
    expect(status).toBe(200)
    expect(body).toMatchObject({ user: { username: 'uma' }, tenant: { slug: 'acme' }, passwordChangeRequired: false })
    expect(body.permissions).toContain('job.submit')
    expect(String(headers['set-cookie'])).toMatch(/tenantry=[\w-]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax/)
    expect((await client.ask(contract.getSession)).body.user.username).toBe('uma')
  }
})

test('away from this machine the cookie is Secure and bound to the host', async () => {
  const { headers } = await house.client().ask(contract.signIn, {
    body: { organization: 'acme', usernameOrEmail: 'uma', password: lasting },
    headers: { host: 'cloud.example.org' },
  })
  expect(String(headers['set-cookie'])).toMatch(
    /__Host-tenantry=[\w-]+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax/,
  )
})

test('every refusal is the same answer, byte for byte', async () => {
  const disabled = await newcomer('disabled.one')
  await admin.ask(contract.disableUser, { params: { id: disabled.id } })
  const answers = [
    await signInAs(house.client(), 'uma', 'not the password'),
    await signInAs(house.client(), 'nobody.here'),
    await signInAs(house.client(), 'uma', lasting, 'no-such-tenant'),
    await signInAs(house.client(), 'disabled.one'),
    await signInAs(house.client(), '', ''),
    await signInAs(house.client(), `${'x'.repeat(200)}'; drop table users; --`, 'p', '../../etc'),
  ]
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  for (const { status, body, headers } of answers) {
    expect(status).toBe(401)
    expect(body.code).toBe('sign_in_refused')
    expect(headers['set-cookie']).toBeUndefined()
  }
})

test('a temporary password opens the choice of a new one and nothing else, at the API neither', async () => {
  const person = await newcomer('fresh.one')
  const client = await house.signedIn(person)
  const session = await client.ask(contract.getSession)
  expect(session.body).toMatchObject({ passwordChangeRequired: true, permissions: [] })

  const closed = contract.allRoutes.filter((route) => route.needs !== 'anyone' && route.needs !== 'any_session')
  expect(closed.length).toBeGreaterThan(30)
  for (const route of closed) {
    const { status, body } = await client.ask(route, { params: { id: person.id } })
    expect([route.operation, status, body.code]).toEqual([route.operation, 403, 'password_change_required'])
  }

  const same = await client.ask(contract.choosePassword, { body: { newPassword: lasting, confirmPassword: lasting } })
  expect(same.body).toMatchObject({
    code: 'weak_password',
    errors: [{ pointer: '/newPassword', code: 'same_as_temporary' }],
  })
  const differs = await client.ask(contract.choosePassword, {
    body: { newPassword: chosen, confirmPassword: `${chosen}!` },
  })
  expect(differs.body).toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/confirmPassword' }] })

  const before = new Map(client.jar)
  const done = await client.ask(contract.choosePassword, { body: { newPassword: chosen, confirmPassword: chosen } })
  expect(done.body).toMatchObject({ passwordChangeRequired: false, user: { username: 'fresh.one' } })
  expect(client.jar.get('tenantry')).not.toBe(before.get('tenantry'))
  expect((await client.ask(contract.getProfile)).body.status).toBe('active')

  const old = house.client()
  old.jar.set('tenantry', before.get('tenantry') ?? '')
  expect((await old.ask(contract.getSession)).status).toBe(401)
  expect((await signInAs(house.client(), 'fresh.one', lasting)).status).toBe(401)
  expect((await signInAs(house.client(), 'fresh.one', chosen)).status).toBe(200)
})

test('a temporary password used twenty times at once opens exactly one change', async () => {
  const person = await newcomer('twenty.times')
  const clients = await Promise.all(Array.from({ length: 20 }, () => house.signedIn(person)))
  const answers = await Promise.all(
    clients.map((client, index) => {
      const newPassword = `${chosen} number ${index}`
      return client.ask(contract.choosePassword, { body: { newPassword, confirmPassword: newPassword } })
    }),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
})

test('two changes at once over one session: one of them counts', async () => {
  const person = await newcomer('two.changes')
  const client = await house.signedIn(person)
  const passwords = [`${chosen} a`, `${chosen} b`]
  const answers = await Promise.all(
    passwords.map((newPassword) =>
      client.ask(contract.choosePassword, { body: { newPassword, confirmPassword: newPassword } }),
    ),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  const winner = passwords[answers.findIndex(({ status }) => status === 200)]
  expect((await signInAs(house.client(), 'two.changes', winner)).status).toBe(200)
})

test('a temporary password expires after a day', async () => {
  await newcomer('too.late')
  house.clock.forward(25 * 3_600_000)
  expect((await signInAs(house.client(), 'too.late')).status).toBe(401)
  admin = await house.signedIn(acme.admin)
})

test('a generated password works once handed over, spaces around it or not, and ends all sessions when it is made', async () => {
  const person = await newcomer('was.reset')
  const before = await house.signedIn(person)
  const { body } = await admin.ask(contract.resetPassword, { params: { id: person.id } })
  expect(body.temporaryPassword).toMatch(/^([a-z2-9]{6}-){3}[a-z2-9]{6}$/)
  expect((await before.ask(contract.getSession)).status).toBe(401)
  expect((await signInAs(house.client(), 'was.reset', lasting)).status).toBe(401)
  const client = house.client()
  expect((await signInAs(client, 'was.reset', ` ${body.temporaryPassword} `)).body.passwordChangeRequired).toBe(true)
  const again = await client.ask(contract.choosePassword, {
    body: { newPassword: body.temporaryPassword, confirmPassword: body.temporaryPassword },
  })
  expect(again.body.errors[0].code).toBe('same_as_temporary')
})

test('a set-up link is shown without using it up, works once, and not after a day', async () => {
  const roleId = acme.tenant.roles.get('Tenant User')
  const invite = async (username: string) => {
    const { body } = await admin.ask(contract.createUser, {
      body: { username, email: `${username}@acme.test`, firstName: 'In', lastName: 'Vited', roleId },
    })
    return new URL(body.setUpLink.url).hash.slice(1)
  }
  const token = await invite('invited.one')
  const client = house.client()
  for (const _ of [1, 2]) {
    expect((await client.ask(contract.openSetUpLink, { body: { token } })).body).toMatchObject({
      username: 'invited.one',
      tenant: { slug: 'acme' },
    })
  }
  const weak = await client.ask(contract.acceptSetUpLink, {
    body: { token, newPassword: 'invited.one acme', confirmPassword: 'invited.one acme' },
  })
  expect(weak.body.code).toBe('weak_password')
  const body = { token, newPassword: chosen, confirmPassword: chosen }
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => house.client().ask(contract.acceptSetUpLink, { body })),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 410, 410, 410, 410])
  expect((await client.ask(contract.openSetUpLink, { body: { token } })).body.code).toBe('link_invalid')
  for (const bad of ['', 'x', token.slice(0, -1), `${token.slice(0, -2)}AA`]) {
    expect((await client.ask(contract.openSetUpLink, { body: { token: bad } })).status).toBe(410)
  }
  const late = await invite('invited.late')
  house.clock.forward(25 * 3_600_000)
  expect((await client.ask(contract.openSetUpLink, { body: { token: late } })).status).toBe(410)
  admin = await house.signedIn(acme.admin)
})

test('failed attempts slow down, then lock to unknown devices; the known device still gets in; the admin sees it and unlocks', async () => {
  const owner = house.client()
  await signInAs(owner, 'uma')
  const attacker = house.client()
  let locked = 0
  for (let attempt = 0; attempt < 40 && locked < 15 * 60 - 5; attempt += 1) {
    const { status, body } = await signInAs(attacker, 'uma', `guess ${attempt}`)
    if (status !== 429) continue
    locked = body.retryAfter
    expect(body.code).toBe('too_many_attempts')
    if (locked < 60) house.clock.forward(locked * 1000)
  }
  expect(locked).toBeGreaterThan(14 * 60)
  const right = await signInAs(attacker, 'uma')
  expect([right.status, Number(right.headers['retry-after'])]).toEqual([429, right.body.retryAfter])

  const known = owner.sameDevice()
  expect((await signInAs(known, 'uma')).status).toBe(200)

  const { body: user } = await admin.ask(contract.getUser, { params: { id: acme.user.id } })
  expect(user.status).toBe('locked')
  expect((await admin.ask(contract.listUsers, { query: { status: 'locked' } })).body.items).toHaveLength(1)
  const unlocked = await admin.ask(contract.unlockUser, { params: { id: acme.user.id } })
  expect(unlocked.body).toMatchObject({ status: 'active', lockedUntil: null })
  expect((await signInAs(house.client(), 'uma')).status).toBe(200)
})

test('an account that does not exist slows down and locks exactly like one that does', async () => {
  await newcomer('real.one')
  const storyOf = async (username: string) => {
    const story: unknown[] = []
    for (let attempt = 0; attempt < 14; attempt += 1) {
      const { status, body } = await signInAs(house.client(), username, 'wrong')
      story.push([status, body.code])
      if (status === 429) house.clock.forward(body.retryAfter * 1000 + 1)
    }
    return story
  }
  const real = await storyOf('real.one')
  expect(await storyOf('unreal.one')).toEqual(real)
  expect(real.some((entry) => JSON.stringify(entry).includes('429'))).toBe(true)
})

test('a lock opens by itself', async () => {
  house.clock.forward(25 * 3_600_000)
  admin = await house.signedIn(acme.admin)
  expect((await admin.ask(contract.listUsers, { query: { q: 'real.one' } })).body.items[0].status).not.toBe('locked')
})

test('a session ends when idle for 12 hours, and after 7 days in any case', async () => {
  const idle = await house.signedIn(acme.user)
  house.clock.forward(11 * 3_600_000)
  expect((await idle.ask(contract.getSession)).status).toBe(200)
  house.clock.forward(11 * 3_600_000)
  expect((await idle.ask(contract.getSession)).status).toBe(200)
  house.clock.forward(13 * 3_600_000)
  expect((await idle.ask(contract.getSession)).status).toBe(401)

  const busy = await house.signedIn(acme.user)
  for (let hours = 0; hours < 6.9 * 24; hours += 10) {
    expect((await busy.ask(contract.getSession)).status).toBe(200)
    house.clock.forward(10 * 3_600_000)
  }
  expect((await busy.ask(contract.getSession)).status).toBe(401)
  admin = await house.signedIn(acme.admin)
})

test('what another site makes the browser send is refused', async () => {
  const client = await house.signedIn(acme.user)
  const others: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
  ]
  for (const headers of others) {
    expect((await client.ask(contract.signOut, { headers })).body.code).toBe('cross_site_request')
  }
  expect((await client.ask(contract.getSession)).status).toBe(200)
  const own = await client.ask(contract.signOut, {
    headers: { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:80' },
  })
  expect(own.status).toBe(204)
  expect((await client.ask(contract.getSession)).status).toBe(401)
})

test('a change of own password ends the other sessions and asks for the current one', async () => {
  const person = await house.person(acme.tenant, 'own.password', 'Tenant User')
  const [here, there] = [await house.signedIn(person), await house.signedIn(person)]
  const wrong = await here.ask(contract.changeOwnPassword, {
    body: { currentPassword: 'no', newPassword: chosen, confirmPassword: chosen },
  })
  expect(wrong.body).toMatchObject({ code: 'wrong_password', errors: [{ pointer: '/currentPassword' }] })
  const done = await here.ask(contract.changeOwnPassword, {
    body: { currentPassword: lasting, newPassword: chosen, confirmPassword: chosen },
  })
  expect(done.status).toBe(204)
  expect((await here.ask(contract.getSession)).status).toBe(200)
  expect((await there.ask(contract.getSession)).status).toBe(401)
})

test('own sessions: listed, ended one by one and all others', async () => {
  const person = await house.person(acme.tenant, 'many.sessions', 'Tenant User')
  const [a, b, c] = [await house.signedIn(person), await house.signedIn(person), await house.signedIn(person)]
  const { body } = await a.ask(contract.listOwnSessions)
  expect(body.items).toHaveLength(3)
  expect(body.items.filter(({ current }: { current: boolean }) => current)).toHaveLength(1)
  const other = (await b.ask(contract.listOwnSessions)).body.items.find(
    ({ current }: { current: boolean }) => current,
  ).id
  expect((await a.ask(contract.endOwnSession, { params: { id: other } })).status).toBe(204)
  expect((await b.ask(contract.getSession)).status).toBe(401)
  expect((await a.ask(contract.endOtherSessions)).body).toEqual({ ended: 1 })
  expect((await c.ask(contract.getSession)).status).toBe(401)
  const foreign = await house.signedIn(acme.user)
  const id = (await a.ask(contract.listOwnSessions)).body.items[0].id
  expect((await foreign.ask(contract.endOwnSession, { params: { id } })).status).toBe(404)
})

test('disable, delete, reset, sign-out and a new role reach an open session on another replica within a second', async () => {
  const replica = await house.replica()
  const person = await house.person(acme.tenant, 'far.away', 'Tenant User')
  const id = { id: person.id }
  const change = (name: string) => ({ body: { roleId: acme.tenant.roles.get(name) }, params: id })
  const ways: [string, () => Promise<unknown>, () => Promise<unknown>][] = [
    [
      'disable',
      () => admin.ask(contract.disableUser, { params: id }),
      () => admin.ask(contract.enableUser, { params: id }),
    ],
    ['sign out', () => admin.ask(contract.signOutUser, { params: id }), async () => {}],
    [
      'delete',
      () => admin.ask(contract.deleteUser, { params: id }),
      () => admin.ask(contract.restoreUser, { params: id }),
    ],
  ]
  for (const [, act, undo] of ways) {
    const open = await house.signedIn(person, replica)
    expect((await open.ask(contract.getSession)).status).toBe(200)
    await act()
    const started = performance.now()
    await expect
      .poll(async () => (await open.ask(contract.getSession)).status, { timeout: 1000, interval: 5 })
      .toBe(401)
    expect(performance.now() - started).toBeLessThan(1000)
    await undo()
  }
  const open = await house.signedIn(person, replica)
  await admin.ask(contract.changeRole, change('Help Desk'))
  await expect
    .poll(async () => (await open.ask(contract.getSession)).body.role.name, { timeout: 1000, interval: 5 })
    .toBe('Help Desk')
  expect((await open.ask(contract.listUsers)).status).toBe(200)
  await admin.ask(contract.changeRole, change('Tenant User'))
  await expect.poll(async () => (await open.ask(contract.listUsers)).status, { timeout: 1000, interval: 5 }).toBe(403)
})
