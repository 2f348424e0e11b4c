import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as contract from '@tenantry/contract'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import { type FakeModel, fakeContextLength, openFakeModel } from '../../../../../tests/support/fake-model.ts'
import { root, twoTenants } from '../../../../../tests/support/house.ts'
import { openModelHouse, publish, unlimited } from '../../../../../tests/support/models.ts'
import { testEndpoint } from './test-endpoint.ts'

let house: Awaited<ReturnType<typeof openModelHouse>>
let fake: FakeModel
let tenants: Awaited<ReturnType<typeof twoTenants>>
let admin: Client
let user: Client

beforeAll(async () => {
  house = await openModelHouse()
  fake = await openFakeModel()
  tenants = await twoTenants(house)
  admin = await house.signedIn(tenants.acme.admin)
  user = await house.signedIn(tenants.acme.user)
})
afterEach(() => {
  fake.behaviour = {}
  fake.metrics = null
  fake.requests.length = 0
})
afterAll(async () => {
  await house?.close()
  await fake?.close()
})

const secret = 'sk-the-secret-of-the-endpoint'
const input = {
  name: 'tiny',
  title: 'Tiny',
  uses: ['chat'],
  limits: unlimited,
  model: 'fake',
  credential: secret,
}

describe('publishing', () => {
  test('shows the credential nowhere again: not in an answer, not in the record, not to users', async () => {
    const published = await admin.ask(contract.publishModel, { body: { ...input, address: fake.url } })
    expect(published.status).toBe(201)
    expect(published.body).toMatchObject({
      name: 'tiny',
      usable: true,
      health: { status: 'waiting' },
      endpoint: { credential: true },
    })
    const entries = await admin.ask(contract.listAuditEntries, { query: { action: 'model.published' } })
    expect(entries.body.items).toHaveLength(1)
    for (const text of [published.text, entries.text, (await admin.ask(contract.listModels)).text])
      expect(text).not.toContain(secret)
    const seen = (await user.ask(contract.listModels)).body.items[0]
    expect(seen).toMatchObject({ name: 'tiny', usable: true, endpoint: null })
    expect(JSON.stringify(seen)).not.toContain(fake.url)
  })

  test('a name is taken whatever its case, until the model is withdrawn', async () => {
    const again = { ...input, address: fake.url, name: 'TINY' }
    expect((await admin.ask(contract.publishModel, { body: again })).body.code).toBe('model_name_taken')
    const [tiny] = (await admin.ask(contract.listModels)).body.items
    expect((await admin.ask(contract.withdrawModel, { params: { id: tiny.id } })).status).toBe(204)
    expect((await admin.ask(contract.getModel, { params: { id: tiny.id } })).status).toBe(404)
    expect((await admin.ask(contract.publishModel, { body: again })).status).toBe(201)
  })

  test('only where models may be reached, whatever is allowed for engines', async () => {
    for (const address of [
      'http://127.0.0.2:1/v1',
      'http://169.254.169.254/v1',
      'http://[::1]:80/v1',
      'http://10.0.0.1/v1',
    ]) {
      const refused = await admin.ask(contract.publishModel, { body: { ...input, name: 'elsewhere', address } })
      expect([refused.status, refused.body.code, refused.body.errors?.[0].pointer]).toEqual([
        422,
        'model_address',
        '/address',
      ])
    }
    for (const address of ['ftp://127.0.0.1/', 'http://me:you@127.0.0.1/v1', `${fake.url}?x=1`])
      expect((await admin.ask(contract.publishModel, { body: { ...input, name: 'odd', address } })).status).toBe(400)
    expect(fake.requests).toHaveLength(0)
  })

  test('a role of another tenant is none', async () => {
    const roleIds = [tenants.globex.tenant.roles.get('Tenant User')]
    const refused = await admin.ask(contract.publishModel, {
      body: { ...input, name: 'x', address: fake.url, roleIds },
    })
    expect(refused.body.errors).toMatchObject([{ pointer: '/roleIds' }])
  })

  test('somebody of the platform does it in the tenant, on its record', async () => {
    const platform = await house.signedIn(root)
    await platform.ask(contract.enterTenant, { params: { id: tenants.globex.tenant.id } })
    const model = await publish(platform, fake.url, { name: 'from-the-platform' })
    const theirs = await house.signedIn(tenants.globex.admin)
    expect((await theirs.ask(contract.listModels)).body.items).toMatchObject([{ id: model.id }])
    const [entry] = (await theirs.ask(contract.listAuditEntries, { query: { action: 'model.published' } })).body.items
    expect(entry.actor.name).toBe('root')
    expect((await platform.ask(contract.createModelKey, { body: { name: 'guest' } })).body.code).toBe('wrong_state')
    expect((await admin.ask(contract.getModel, { params: { id: model.id } })).status).toBe(404)
  })
})

describe('changing', () => {
  const edit = (id: string, body: object, version: number | '*' = '*') =>
    admin.ask(contract.changeModel, {
      params: { id },
      body,
      headers: { 'if-match': version === '*' ? '*' : `"${version}"` },
    })

  test('what is not given stays; an old version is refused; the record says what changed', async () => {
    const model = await publish(admin, fake.url, { name: 'changed', description: 'before', credential: secret })
    const changed = await edit(
      model.id,
      { title: 'After', price: { input: 1, output: 2, currency: 'EUR' } },
      model.version,
    )
    expect(changed.body).toMatchObject({
      title: 'After',
      description: 'before',
      name: 'changed',
      version: model.version + 1,
    })
    expect((await edit(model.id, { title: 'Late' }, model.version)).body.code).toBe('changed_meanwhile')
    const [entry] = (await admin.ask(contract.listAuditEntries, { query: { action: 'model.changed' } })).body.items
    expect(entry.details).toEqual({
      before: { title: 'A model', price: null },
      after: { title: 'After', price: { input: 1, output: 2, currency: 'EUR' } },
    })
  })

  test('a credential never follows its model to another address by itself', async () => {
    const other = await openFakeModel()
    const model = await publish(admin, fake.url, { name: 'moved', credential: secret })
    const refused = await edit(model.id, { address: other.url })
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([400, '/credential'])
    const tested = await admin.ask(contract.testNewModel, {
      body: { address: other.url, model: 'fake', credentialOf: model.id },
    })
    expect([tested.status, tested.body.errors[0].pointer]).toEqual([400, '/credential'])
    const there = await admin.ask(contract.testNewModel, {
      body: { address: fake.url, model: 'fake', credentialOf: model.id },
    })
    expect(there.body.ok).toBe(true)
    expect(fake.requests.at(-1)?.headers.authorization ?? fake.requests[0]?.headers.authorization).toBe(
      `Bearer ${secret}`,
    )
    expect((await edit(model.id, { address: other.url, credential: null })).body.endpoint).toMatchObject({
      credential: false,
    })
    expect(other.requests).toHaveLength(0)
    await other.close()
  })
})

describe('the test button', () => {
  const ask = async (more: object = {}) =>
    (await admin.ask(contract.testNewModel, { body: { address: fake.url, model: 'fake', ...more } })).body

  test('says what answers, what it serves, how soon, and whether it counts', async () => {
    fake.metrics = 'vllm:num_requests_running 0\n'
    const tested = await ask()
    expect(tested).toMatchObject({ ok: true, reason: null, reportsUsage: true, metrics: true })
    expect(tested.models).toContainEqual({ id: 'fake', contextLength: fakeContextLength })
    expect(tested.firstTokenMs).toBeGreaterThanOrEqual(0)
    fake.behaviour = { usage: 'never' }
    expect(await ask()).toMatchObject({ ok: true, reportsUsage: false })
    fake.behaviour = { usage: 'refused' }
    expect(await ask()).toMatchObject({ ok: true, reportsUsage: false })
    expect(await ask({ uses: ['embeddings'] })).toMatchObject({
      ok: true,
      steps: expect.arrayContaining([expect.anything()]),
    })
    expect(await ask({ model: null })).toMatchObject({ ok: true, firstTokenMs: null })
  })

  test.each([
    [{ instead: { status: 401 } }, /^It asks for an API key \(401\)\. Fill in API key\.$/],
    [
      { instead: { status: 403, body: '{"error":{"message":"Not from there","code":7}}' } },
      /^This API key does not permit it \(403\)\. It said: Not from there Give it an API key/,
      { credential: 'wrong' },
    ],
    [
      { instead: { status: 401, body: '{"error":{"message":"No such key."}}' } },
      /^It does not know this API key \(401\)\. It said: No such key\. Give it an API key that it knows/,
      { credential: 'wrong' },
    ],
    [{ instead: { status: 200, body: '<h1>nginx</h1>' } }, /not JSON.*Something else/],
    [{ instead: { status: 200, body: '{"data": 3}' } }, /no list of models/],
    [{ midway: 'error' as const }, /has died/],
    [{ midway: 'brokenChunk' as const }, /not JSON/],
    [{ gzip: true as const }, /compressed/],
  ])('%j is told in words, and what to do', async (behaviour, words, more: object = {}) => {
    fake.behaviour = behaviour
    const tested = await ask(more)
    expect(tested.ok).toBe(false)
    expect(`${tested.steps.at(-1).text} ${tested.reason}`).toMatch(words)
    expect(tested.steps.at(-1).ok).toBe(false)
  })

  test('the credential of a published model is not shown by what its endpoint says of it', async () => {
    const credential = `${'jwt.'.repeat(120)}${secret}`
    const model = await publish(admin, fake.url, { name: 'echo', credential })
    const body = JSON.stringify({ error: { message: `What is Bearer ${credential}?` } })
    fake.behaviour = { instead: { status: 403, body } }
    const tested = await admin.ask(contract.testModel, { params: { id: model.id } })
    expect(tested.body.steps.at(-1).text).toBe('This API key does not permit it (403). It said: What is Bearer …?')
    fake.behaviour = { instead: { status: 200, body: JSON.stringify({ data: [{ id: credential }] }) } }
    expect((await admin.ask(contract.testModel, { params: { id: model.id } })).text).not.toContain('jwt.')
  })

  test('nothing listens', async () => {
    const tested = await ask({ address: 'http://127.0.0.1:9/v1' })
    expect(tested).toMatchObject({ ok: false, reason: 'Look at its address, and the network between.' })
    expect(tested.steps.at(-1).text).toMatch(/^Nothing listens/)
  })

  test('an address that is not allowed is said to be the provider’s to allow, once', async () => {
    // A name is judged by what it is looked up as.
    const tested = await testEndpoint(
      { modelAddresses: { permits: () => false } },
      { address: 'http://localhost:9/v1', ca: null, model: null, uses: ['chat'], credential: () => null },
    )
    expect(tested).toMatchObject({ ok: false, reason: 'Ask them to add it (MODEL_ADDRESSES).' })
    expect(tested.steps.at(-1)?.text).toBe('Your provider does not allow localhost yet.')
    const { status, body } = await admin.ask(contract.testNewModel, { body: { address: 'http://10.0.0.5/v1' } })
    expect([status, body.errors?.[0]?.detail]).toEqual([
      422,
      'Your provider does not allow 10.0.0.5 yet. Ask them to add it (MODEL_ADDRESSES).',
    ])
  })
})

test('how an endpoint is shows by itself, with what a vLLM tells, and changes when it does', async () => {
  fake.metrics = 'vllm:num_requests_running{model_name="fake"} 3\nvllm:kv_cache_usage_perc{model_name="fake"} 0.5\n'
  const model = await publish(admin, fake.url, { name: 'watched' })
  const now = async () => (await user.ask(contract.getModel, { params: { id: model.id } })).body
  await expect.poll(now, { timeout: 10_000 }).toMatchObject({
    health: { status: 'ok', reason: null },
    metrics: { running: 3, cacheUse: 0.5 },
  })
  fake.behaviour = { instead: { status: 500 } }
  house.clock.forward(31_000)
  await expect.poll(now, { timeout: 10_000 }).toMatchObject({
    health: { status: 'failing', reason: 'It answered 500.', asOf: expect.any(String) },
    metrics: null,
  })
})

test('how an endpoint is shows soon, however many hang of another tenant', async () => {
  const hung = createServer(() => {})
  await new Promise<void>((done) => hung.listen(0, '127.0.0.1', done))
  const there = `http://127.0.0.1:${(hung.address() as AddressInfo).port}/v1`
  for (let n = 0; n < 120; n += 1) await publish(admin, there, { name: `hung-${n}` })
  const asked = () => new Promise<number>((done) => hung.getConnections((_, open) => done(open)))
  await expect.poll(asked, { timeout: 10_000 }).toBeGreaterThan(0)
  const globex = await house.signedIn(tenants.globex.admin)
  const model = await publish(globex, fake.url, { name: 'beside-them' })
  const status = async () =>
    (await globex.ask(contract.getModel, { params: { id: model.id } })).body.health.status as string
  // One after the other, those that hang take minutes.
  await expect.poll(status, { timeout: 20_000 }).toBe('ok')
  const { items } = (await admin.ask(contract.listModels)).body
  for (const { id, name } of items)
    if (name.startsWith('hung-')) await admin.ask(contract.withdrawModel, { params: { id } })
  hung.closeAllConnections()
  hung.close()
})

test('a tenant has so many, also when they are published at once, and those that are withdrawn do not count', async () => {
  const globex = await house.signedIn(tenants.globex.admin)
  const address = fake.url
  const one = (n: number) => globex.ask(contract.publishModel, { body: { ...input, address, name: `number-${n}` } })
  const had = (await globex.ask(contract.listModels)).body.items.length
  const answers = []
  for (let begun = 0; begun < 190; begun += 10)
    answers.push(...(await Promise.all(Array.from({ length: 10 }, (_, n) => one(begun + n)))))
  expect(answers.every(({ status }) => status === 201)).toBe(true)
  const last = await Promise.all(Array.from({ length: 20 }, (_, n) => one(190 + n)))
  expect(last.filter(({ status }) => status === 201)).toHaveLength(10 - had)
  expect(last.find(({ status }) => status !== 201)?.body.code).toBe('too_many_models')
  await globex.ask(contract.withdrawModel, { params: { id: answers[0]?.body.id } })
  expect((await one(300)).status).toBe(201)
})
