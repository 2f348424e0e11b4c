import { once } from 'node:events'
import { connect } from 'node:net'
import * as contract from '@tenantry/contract'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import type { FakeModel } from '../../../../../tests/support/fake-model.ts'
import {
  hello,
  listening,
  makeKey,
  openAi,
  openTestGateway,
  postTo,
  publish,
  refusalOf,
  type TestGateway,
} from '../../../../../tests/support/models.ts'

let house: TestGateway['house']
let fake: FakeModel
let tenants: TestGateway['tenants']
let admin: Client
let user: Client
let model: contract.Model
let key: TestGateway['key']

beforeAll(async () => {
  ;({ house, fake, tenants, admin, user, model, key } = await openTestGateway())
})
afterEach(() => {
  fake.behaviour = {}
  fake.requests.length = 0
})
afterAll(async () => {
  await house?.close()
  await fake?.close()
})

const client = () => openAi(house.url, key.secret)
const raw = (body: object | string, secret = key.secret, path = '/v1/chat/completions', url = house.url) =>
  postTo(`${url}${path}`, secret, body)
const ask = (more: object = {}) => ({ model: 'model', messages: hello, ...more })

describe('who may', () => {
  const cutShort = async (work: () => Promise<unknown>, secret = key.secret, url = house.url) => {
    fake.behaviour = { tokens: 10_000, every: 2 }
    const stream = await openAi(url, secret).chat.completions.create({ ...ask(), stream: true })
    const iterator = stream[Symbol.asyncIterator]()
    await iterator.next()
    const begun = performance.now()
    await work()
    let error: { code?: string } = {}
    try {
      while (!(await iterator.next()).done);
    } catch (thrown) {
      error = thrown as typeof error
    }
    return { error, ms: performance.now() - begun }
  }

  test('a revoked key is refused and cut off at once, on another replica too', async () => {
    const replica = await listening(await house.replica())
    const doomed = await makeKey(user, { name: 'doomed' })
    await openAi(replica, doomed.secret).models.list()
    const { error, ms } = await cutShort(
      () => user.ask(contract.revokeModelKey, { params: { id: doomed.id } }),
      doomed.secret,
      replica,
    )
    expect([error.code, ms < 1000]).toEqual(['cut_off', true])
    for (const url of [house.url, replica])
      expect(await refusalOf(openAi(url, doomed.secret).models.list())).toMatchObject({
        status: 401,
        code: 'invalid_api_key',
      })
    await expect.poll(() => fake.openStreams()).toBe(0)
  })

  test('a request that was begun before the key was revoked is not let in by it', async () => {
    const held = await makeKey(user, { name: 'held back' })
    const body = JSON.stringify(ask())
    const socket = connect(Number(new URL(house.url).port), '127.0.0.1')
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${held.secret}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
    )
    await openAi(house.url, held.secret).models.list()
    await user.ask(contract.revokeModelKey, { params: { id: held.id } })
    const before = fake.requests.length
    socket.write(body)
    const [head] = await once(socket, 'data')
    expect(String(head)).toMatch(/^HTTP\/1\.1 40[13] /)
    expect(fake.requests).toHaveLength(before)
    socket.destroy()
  })

  test('whoever is disabled is refused within a second, and let in again when enabled', async () => {
    const person = await house.person(tenants.acme.tenant, 'short', 'Tenant User')
    const { secret } = await makeKey(await house.signedIn(person))
    // As the owner of a script mostly is: signed in nowhere.
    await admin.ask(contract.signOutUser, { params: { id: person.id } })
    const { error, ms } = await cutShort(() => admin.ask(contract.disableUser, { params: { id: person.id } }), secret)
    expect([error.code, ms < 1000]).toEqual(['cut_off', true])
    expect(await refusalOf(openAi(house.url, secret).models.list())).toMatchObject({ status: 401 })
    await admin.ask(contract.enableUser, { params: { id: person.id } })
    expect((await openAi(house.url, secret).models.list()).data).toHaveLength(1)
  })

  test('whose password is reset: their keys are on hold at once, until they have chosen a new one', async () => {
    const replica = await listening(await house.replica())
    const person = await house.person(tenants.acme.tenant, 'reset', 'Tenant User')
    const { secret } = await makeKey(await house.signedIn(person))
    await admin.ask(contract.signOutUser, { params: { id: person.id } })
    await openAi(replica, secret).models.list()
    let temporary = ''
    const { error, ms } = await cutShort(
      async () => {
        const { body } = await admin.ask(contract.resetPassword, { params: { id: person.id } })
        temporary = body.temporaryPassword
      },
      secret,
      replica,
    )
    expect([error.code, ms < 1000]).toEqual(['cut_off', true])
    const onHold = { status: 403, code: 'key_on_hold' }
    for (const url of [house.url, replica]) {
      expect(await refusalOf(openAi(url, secret).models.list())).toMatchObject(onHold)
      expect(await refusalOf(openAi(url, secret).chat.completions.create(ask()))).toMatchObject(onHold)
    }
    const listed = await admin.ask(contract.listModelKeys, { query: { whose: 'all', q: 'reset' } })
    expect(listed.body.items).toMatchObject([{ state: 'idle' }])
    const back = await house.signedIn({ ...person, password: temporary })
    const newPassword = 'harbour violet anchor 41'
    await back.ask(contract.choosePassword, { body: { newPassword, confirmPassword: newPassword } })
    for (const url of [house.url, replica]) expect((await openAi(url, secret).models.list()).data).toHaveLength(1)

    // By a link there is no session that ends, and nobody is told.
    const link = await admin.ask(contract.sendSetUpLink, { params: { id: person.id } })
    for (const url of [house.url, replica])
      expect(await refusalOf(openAi(url, secret).models.list())).toMatchObject(onHold)
    const token = new URL(link.body.url).hash.slice(1)
    const chosen = 'meadow copper lantern 52'
    const accepted = await house
      .client()
      .ask(contract.acceptSetUpLink, { body: { token, newPassword: chosen, confirmPassword: chosen } })
    expect(accepted.status).toBe(200)
    for (const url of [house.url, replica]) expect((await openAi(url, secret).models.list()).data).toHaveLength(1)
  })

  test('a model that is disabled is cut off and gone; enabled, it is back', async () => {
    const { error } = await cutShort(() => admin.ask(contract.disableModel, { params: { id: model.id } }))
    expect(error.code).toBe('cut_off')
    expect(await refusalOf(client().chat.completions.create(ask()))).toMatchObject({ status: 404 })
    await admin.ask(contract.enableModel, { params: { id: model.id } })
    expect((await client().models.list()).data).toHaveLength(1)
  })

  test('a model of some roles is for those alone, with a role as it is now', async () => {
    const roleId = await house.role(tenants.acme.tenant, 'Scientist', [
      'model.view',
      'model.use',
      'model_key.create_own',
    ])
    await publish(admin, fake.url, { name: 'restricted', roleIds: [roleId] })
    expect((await client().models.list()).data.map(({ id }) => id)).toEqual(['model'])
    expect(await refusalOf(client().chat.completions.create(ask({ model: 'restricted' })))).toMatchObject({
      status: 404,
    })
    await admin.ask(contract.changeRole, { params: { id: tenants.acme.user.id }, body: { roleId } })
    expect((await client().chat.completions.create(ask({ model: 'restricted' }))).choices).toHaveLength(1)
    const noModels = await house.role(tenants.acme.tenant, 'No Models', ['model.view'])
    await admin.ask(contract.changeRole, { params: { id: tenants.acme.user.id }, body: { roleId: noModels } })
    expect(await refusalOf(client().models.list())).toMatchObject({ status: 403, code: 'missing_permission' })
    const back = tenants.acme.tenant.roles.get('Tenant User')
    await admin.ask(contract.changeRole, { params: { id: tenants.acme.user.id }, body: { roleId: back } })
  })

  test('a key for one model opens no other, and an expired one none', async () => {
    const other = await publish(admin, fake.url, { name: 'another' })
    const { secret } = await makeKey(user, { modelIds: [other.id], days: 1 })
    const narrow = openAi(house.url, secret)
    expect((await narrow.models.list()).data.map(({ id }) => id)).toEqual(['another'])
    expect(await refusalOf(narrow.chat.completions.create(ask()))).toMatchObject({ status: 404 })
    house.clock.forward(25 * 3_600_000)
    expect(await refusalOf(narrow.models.list())).toMatchObject({ status: 401 })
    user = await house.signedIn(tenants.acme.user)
    admin = await house.signedIn(tenants.acme.admin)
  })

  test('another tenant’s model, an absent one and one not for this key answer byte for byte alike', async () => {
    const theirs = await house.signedIn(tenants.globex.admin)
    await publish(theirs, fake.url, { name: 'globex-own' })
    const answers = await Promise.all(
      ['globex-own', 'absent-one', 'restricted'].map(async (name) => {
        const answer = await raw(ask({ model: name }))
        return [answer.status, (await answer.text()).replace(name, 'NAME')]
      }),
    )
    expect(new Set(answers.map(String)).size).toBe(1)
    expect(answers[0]?.[0]).toBe(404)
    const { secret } = await makeKey(theirs)
    expect((await openAi(house.url, secret).models.list()).data.map(({ id }) => id)).toEqual(['globex-own'])
  })
})
