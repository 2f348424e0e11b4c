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
let key: TestGateway['key']

beforeAll(async () => {
  ;({ house, fake, tenants, admin, user, key } = await openTestGateway())
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
const used = async () => (await user.ask(contract.getModelUsage)).body.total

describe('limits, over two replicas', () => {
  test('no more requests a minute than are allowed, however many come at once', async () => {
    const limits = { requestsPerMinute: 10, tokensPerMinute: null, tokensPerMonth: null }
    await publish(admin, fake.url, { name: 'limited', limits })
    const replica = await listening(await house.replica())
    beginAMinute()
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        raw(ask({ model: 'limited' }), key.secret, undefined, n % 2 ? replica : house.url),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10)
    const [refused] = answers.filter(({ status }) => status === 429) as [Response]
    expect((await refused.json()).error).toMatchObject({ type: 'requests', code: 'rate_limit_exceeded' })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(refused.headers.get('x-ratelimit-limit-requests')).toBe('10')
    expect(refused.headers.get('x-ratelimit-remaining-requests')).toBe('0')
    expect(
      await refusalOf(openAi(replica, key.secret).chat.completions.create(ask({ model: 'limited' }))),
    ).toMatchObject({
      status: 429,
    })
  })

  test('tokens of a minute, and of a month, are counted when they are used', async () => {
    const limits = { requestsPerMinute: null, tokensPerMinute: 20, tokensPerMonth: 40 }
    await publish(admin, fake.url, { name: 'counted', limits })
    const once = () => raw(ask({ model: 'counted' }))
    const until = async (tokens: number) =>
      expect
        .poll(
          async () =>
            (await user.ask(contract.getModelUsage)).body.budgets.find(
              (one: { name: string }) => one.name === 'counted',
            )?.used,
        )
        .toBe(tokens)
    beginAMinute()
    expect((await once()).headers.get('x-ratelimit-remaining-tokens')).toBe('20')
    await until(12)
    expect((await once()).headers.get('x-ratelimit-remaining-tokens')).toBe('8')
    await until(24)
    expect((await (await once()).json()).error).toMatchObject({ type: 'tokens', code: 'rate_limit_exceeded' })
    house.clock.forward(61_000)
    expect((await once()).status).toBe(200)
    await until(36)
    house.clock.forward(61_000)
    expect((await once()).status).toBe(200)
    await until(48)
    house.clock.forward(61_000)
    const refused = await once()
    expect((await refused.json()).error).toMatchObject({ type: 'insufficient_quota', code: 'insufficient_quota' })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60)
  })

  test('a key has limits of its own', async () => {
    const small = await makeKey(user, { requestsPerMinute: 2, tokensPerMonth: 1000 })
    beginAMinute()
    const statuses = []
    for (let n = 0; n < 3; n += 1) statuses.push((await raw(ask(), small.secret)).status)
    expect(statuses).toEqual([200, 200, 429])
    expect((await raw(ask())).status).toBe(200)
  })
})

test('a key is not asked with without end, whatever limits its model has; another one is none the worse', async () => {
  const own = await openTestGateway({ KEY_RATE_LIMIT: '4' })
  try {
    const list = (secret: string) =>
      fetch(`${own.house.url}/v1/models`, { headers: { authorization: `Bearer ${secret}` } })
    const answers = []
    for (let n = 0; n < 5; n += 1) answers.push(await list(own.key.secret))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 429])
    const last = answers[4] as Response
    expect((await last.json()).error).toMatchObject({ type: 'requests', code: 'rate_limit_exceeded' })
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0)
    const other = await makeKey(own.user)
    expect((await list(other.secret)).status).toBe(200)
  } finally {
    await own.house.close()
    await own.fake.close()
  }
})

describe('what was used', () => {
  test('is counted by person, key and model, stopped and broken answers too', async () => {
    const person = await house.person(tenants.acme.tenant, 'counted', 'Tenant User')
    user = await house.signedIn(person)
    key = await makeKey(user, { name: 'first' })
    const price = { input: 1_000, output: 2_000, currency: 'EUR' }
    await publish(admin, fake.url, { name: 'priced', price })
    await raw(ask({ model: 'priced' }))
    await expect.poll(used).toMatchObject({ requests: 1, inputTokens: 7, outputTokens: 5, cost: { EUR: 0.017 } })
    fake.behaviour = { usage: 'never' }
    await (await raw(ask({ stream: true }))).text()
    await expect.poll(used).toMatchObject({ requests: 2, estimatedTokens: 7 })
    fake.behaviour = { instead: { status: 500 } }
    await raw(ask())
    await expect.poll(used).toMatchObject({ requests: 3, failed: 1, inputTokens: 7 + 2, outputTokens: 5 + 5 })
    // A client that leaves an answer that is no stream has had its question read; one that is told no use has it estimated.
    fake.behaviour = { tokens: 1000, every: 5 }
    const left = new AbortController()
    const whole = client().chat.completions.create(ask(), { signal: left.signal })
    await expect.poll(() => fake.openStreams(), { interval: 2 }).toBe(1)
    left.abort()
    await whole.catch(() => {})
    await expect.poll(used).toMatchObject({ requests: 4, failed: 1, inputTokens: 7 + 2 + 2 })
    fake.behaviour = { usage: 'never', tokens: 8 }
    await raw(ask())
    await expect.poll(used).toMatchObject({ requests: 5, outputTokens: 5 + 5 + 6 })
    fake.behaviour = { tokens: 1000, every: 2 }
    const gone = new AbortController()
    const stream = await client().chat.completions.create({ ...ask(), stream: true }, { signal: gone.signal })
    let seen = 0
    for await (const _ of stream) if (++seen === 10) break
    await expect.poll(used).toMatchObject({ requests: 6, failed: 1 })
    const { body } = await user.ask(contract.getModelUsage, { query: { by: 'key' } })
    const counted = { username: 'counted', name: 'First counted Last counted' }
    expect(body.rows).toMatchObject([{ name: 'first', owner: 'counted', person: counted, requests: 6 }])
    const all = await admin.ask(contract.getModelUsage, { query: { whose: 'all', by: 'user' } })
    expect(all.body.rows.map(({ name }: { name: string }) => name).sort()).toEqual(['counted', 'uma'])
    const whose = (rows: contract.ModelUsage['rows']) => rows.map(({ name, person }) => [name, person?.name]).sort()
    expect(whose(all.body.rows)).toEqual(['counted', 'uma'].map((name) => [name, `First ${name} Last ${name}`]))
    expect((await admin.ask(contract.getModelUsage, { query: { whose: 'all' } })).body.rows[0].person).toBeNull()
    expect((await user.ask(contract.getModelUsage, { query: { whose: 'all' } })).status).toBe(403)
    const { items } = (await user.ask(contract.listModelKeys)).body
    expect(items[0]).toMatchObject({ name: 'first', state: 'active', lastUsedAt: expect.any(String) })
    expect(key.secret.startsWith(items[0].prefix)).toBe(true)
    expect(JSON.stringify(items)).not.toContain(key.secret)
  })
})

/** A minute has to last for as long as it is counted in. */
function beginAMinute(): void {
  house.clock.forward(60_000 - (house.clock.now().getTime() % 60_000) + 10)
}

test('a server that stops ends what it is answering, and what was used of it is written down', async () => {
  const before = (await used()).requests
  const app = await house.replica()
  const url = await listening(app)
  fake.behaviour = { tokens: 100_000, every: 2 }
  const stream = await openAi(url, key.secret).chat.completions.create({ ...ask(), stream: true })
  const iterator = stream[Symbol.asyncIterator]()
  await iterator.next()
  const begun = performance.now()
  await Promise.all([
    app.close(),
    iterator
      .next()
      .then(async (next) => {
        for (let one = next; !one.done; ) one = await iterator.next()
      })
      .catch(() => {}),
  ])
  expect(performance.now() - begun).toBeLessThan(5_000)
  expect((await used()).requests).toBe(before + 1)
  await expect.poll(() => fake.openStreams()).toBe(0)
})
