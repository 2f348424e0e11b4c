import { once } from 'node:events'
import { connect } from 'node:net'
import * as contract from '@tenantry/contract'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import { type Behaviour, type FakeModel, openFakeModel } from '../../../../../tests/support/fake-model.ts'
import { twoTenants } from '../../../../../tests/support/house.ts'
import {
  hello,
  listening,
  makeKey,
  openAi,
  openModelHouse,
  publish,
  refusalOf,
} from '../../../../../tests/support/models.ts'

let house: Awaited<ReturnType<typeof openModelHouse>>
let fake: FakeModel
let tenants: Awaited<ReturnType<typeof twoTenants>>
let admin: Client
let user: Client
let model: contract.Model
let key: { id: string; secret: string }

beforeAll(async () => {
  house = await openModelHouse()
  fake = await openFakeModel()
  tenants = await twoTenants(house)
  admin = await house.signedIn(tenants.acme.admin)
  user = await house.signedIn(tenants.acme.user)
  model = await publish(admin, fake.url, { credential: 'sk-of-the-endpoint' })
  key = await makeKey(user)
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
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
const ask = (more: object = {}) => ({ model: 'model', messages: hello, ...more })
async function streamed(behaviour: Behaviour, more: object = {}) {
  fake.behaviour = behaviour
  const chunks = []
  for await (const chunk of await client().chat.completions.create({ ...ask(more), stream: true })) chunks.push(chunk)
  return chunks
}
const textOf = (chunks: { choices: { delta: { content?: string | null } }[] }[]) =>
  chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
const used = async () => (await user.ask(contract.getModelUsage)).body.total

describe('with OpenAI’s own client, unchanged', () => {
  test('lists models, and finds one by its name', async () => {
    const { data } = await client().models.list()
    expect(data).toMatchObject([{ id: 'model', object: 'model', owned_by: 'tenantry' }])
    expect(await client().models.retrieve('model')).toMatchObject({ id: 'model' })
    expect(await refusalOf(client().models.retrieve('other'))).toMatchObject({ status: 404, code: 'model_not_found' })
  })

  test('answers at once and in a stream, with the same text', async () => {
    const whole = await client().chat.completions.create(ask())
    expect(whole.choices[0]?.message.content).toBe('w0 w1 w2 w3 w4')
    expect(whole.usage).toMatchObject({ prompt_tokens: 7, completion_tokens: 5 })
    expect(textOf(await streamed({}))).toBe('w0 w1 w2 w3 w4')
    const [first] = fake.requests
    expect(first?.body).toEqual({ messages: hello, model: 'fake' })
    expect(first?.headers.authorization).toBe('Bearer sk-of-the-endpoint')
    expect(JSON.stringify(fake.requests)).not.toContain(key.secret)
  })

  test('tells what was used at the end of a stream to whoever asks, and to nobody else', async () => {
    expect((await streamed({})).every(({ choices }) => choices.length === 1)).toBe(true)
    const chunks = await streamed({}, { stream_options: { include_usage: true } })
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 5 } })
    expect((await streamed({ usage: 'each' })).at(-1)).not.toMatchObject({ choices: [] })
  })

  test('completes and embeds', async () => {
    expect((await client().completions.create({ model: 'model', prompt: 'x' })).choices[0]?.text).toBe('w0 w1 w2 w3 w4')
    const { data } = await client().embeddings.create({ model: 'model', input: ['a', 'b'], encoding_format: 'float' })
    expect(data.map(({ embedding }) => embedding[0])).toEqual([0, 1])
  })

  test('passes everything on that it does not know', async () => {
    const more = {
      tools: [{ type: 'function', function: { name: 'f' } }],
      logit_bias: { 5: 1 },
      guided_json: { a: [1] },
    }
    await raw(ask(more))
    expect(fake.requests[0]?.body).toEqual({ ...more, model: 'fake', messages: hello })
  })

  test('tokens that are cut into packets anywhere, other line ends, comments, no [DONE]', async () => {
    const word = (n: number) => ['grüß ', '日本 ', '👩🏽‍🚀 ', 'z '][n % 4] as string
    for (const behaviour of [
      { packets: 7 },
      { lineEnd: '\r\n' as const },
      { lineEnd: '\r' as const },
      { comments: true as const },
      { undone: true as const },
      { emptyChoices: true as const, usage: 'never' as const },
    ]) {
      expect(textOf(await streamed({ tokens: 4, word, ...behaviour }))).toBe('grüß 日本 👩🏽‍🚀 z ')
    }
  })
})

describe('what goes wrong is told in OpenAI’s shape', () => {
  test('a key that is none, and one that is not given', async () => {
    for (const secret of [
      '',
      'sk-nonsense',
      `tk_aaaaaaaa_${'a'.repeat(64)}`,
      `${key.secret}x`,
      key.secret.slice(0, -1),
    ]) {
      const answer = await raw(ask(), secret)
      expect([answer.status, (await answer.json()).error]).toMatchObject([
        401,
        { type: 'invalid_request_error', code: 'invalid_api_key', param: null },
      ])
    }
    expect((await fetch(`${house.url}/v1/models`)).status).toBe(401)
    // A session is no key.
    const answer = await admin.send('GET', '/v1/models')
    expect(answer.status).toBe(401)
  })

  test('a request that cannot be understood', async () => {
    for (const body of ['{', '[]', '"x"', '{"messages": []}', '{"model": 3, "messages": []}', '{"model":"model"}']) {
      const answer = await raw(body)
      expect([body, answer.status]).toEqual([body, 400])
      expect((await answer.json()).error).toMatchObject({ type: 'invalid_request_error' })
    }
    const unknown = await raw(ask(), key.secret, '/v1/audio/speech')
    expect([unknown.status, (await unknown.json()).error.code]).toEqual([404, 'unknown_url'])
  })

  test('what the endpoint refuses of the request is the client’s; what it refuses of us is not', async () => {
    const body = JSON.stringify({
      error: { message: 'too long', type: 'BadRequestError', param: 'messages', code: 400 },
    })
    fake.behaviour = { instead: { status: 400, body } }
    expect(await refusalOf(client().chat.completions.create(ask()))).toMatchObject({
      status: 400,
      error: { message: 'too long', type: 'BadRequestError', param: 'messages', code: null },
    })
    for (const [instead, status, code] of [
      [{ status: 401, body: '{"error":{"message":"wrong key sk-of-the-endpoint"}}' }, 502, 'bad_gateway'],
      [{ status: 403 }, 502, 'bad_gateway'],
      [{ status: 404 }, 502, 'bad_gateway'],
      [{ status: 500, headers: { 'content-type': 'text/html' }, body: '<h1>Oops</h1>' }, 502, 'bad_gateway'],
      [{ status: 503, headers: { 'retry-after': '7' } }, 503, 'unavailable'],
      [{ status: 429, headers: { 'retry-after': '9' } }, 429, 'rate_limit_exceeded'],
      [{ status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 502, 'bad_gateway'],
      [{ status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Hello</h1>' }, 502, 'bad_gateway'],
    ] as const) {
      for (const stream of [false, true]) {
        fake.behaviour = { instead }
        const answer = await raw(ask({ stream }))
        const { error } = await answer.json()
        expect([instead.status, stream, answer.status, error.code]).toEqual([instead.status, stream, status, code])
        expect(error.message).not.toContain('sk-of-the-endpoint')
        if ('headers' in instead && 'retry-after' in instead.headers)
          expect(answer.headers.get('retry-after')).toBe(instead.headers['retry-after'])
      }
    }
  })

  test('an answer that breaks in its midst ends with an error, and never as if it were whole', async () => {
    for (const midway of ['brokenChunk', 'error', 'drop', 'silence'] as const) {
      fake.behaviour = { tokens: 6, midway, every: 5 }
      const text = await (await raw(ask({ stream: true }))).text()
      const events = text.split('\n\n').filter((event) => event.startsWith('data: '))
      expect([midway, text.includes('w2'), text.includes('w5'), text.includes('[DONE]')]).toEqual([
        midway,
        true,
        false,
        false,
      ])
      expect(JSON.parse(events.at(-1)?.slice(6) ?? '').error.type).toBe('api_error')
      expect(await refusalOf(streamed({ tokens: 6, midway, every: 5 }))).toMatchObject({ error: { type: 'api_error' } })
    }
  }, 60_000)

  test('an endpoint that is silent is given up, with nothing left open there', async () => {
    for (const instead of ['nothing', 'silence'] as const) {
      fake.behaviour = { instead }
      const answer = await raw(ask({ stream: true }))
      if (instead === 'nothing') expect([answer.status, (await answer.json()).error.code]).toEqual([504, 'timeout'])
      else expect(await answer.text()).toContain('"code":"timeout"')
    }
    await expect.poll(() => fake.openStreams()).toBe(0)
  }, 60_000)

  test('a line without an end is not kept in memory', async () => {
    fake.behaviour = { instead: 'hugeLine' }
    expect(await (await raw(ask({ stream: true }))).text()).toContain('without an end')
    await expect.poll(() => fake.openStreams()).toBe(0)
    expect(fake.flooded()).toBeLessThan(64 * 1024 * 1024)
  })
})

test('whatever is sent, the answer is one of ours', async () => {
  const nearly = fc.oneof(
    fc.record({ model: fc.constantFrom('model', 'absent'), messages: fc.jsonValue(), stream: fc.jsonValue() }),
    fc.record({ model: fc.jsonValue(), prompt: fc.jsonValue(), input: fc.jsonValue() }),
    fc.record({ model: fc.constant('model'), messages: fc.constant(hello), stream_options: fc.jsonValue() }),
  )
  const body = fc.oneof(
    nearly.map((one) => JSON.stringify(one)),
    fc.string({ unit: 'binary', maxLength: 300 }),
  )
  const path = fc.constantFrom('/v1/chat/completions', '/v1/completions', '/v1/embeddings')
  const deep = `{"model":"model","messages":${'['.repeat(200_000)}1${']'.repeat(200_000)}}`
  expect((await raw(deep)).status).toBe(400)
  for (const sent of fc.sample(fc.record({ body, path }), { numRuns: 200, seed: 7 })) {
    const answer = await raw(sent.body, key.secret, sent.path)
    const text = await answer.text()
    expect([JSON.stringify(sent), answer.status < 500]).toEqual([JSON.stringify(sent), true])
    if (answer.status >= 400)
      expect(Object.keys(JSON.parse(text).error).sort()).toEqual(['code', 'message', 'param', 'type'])
  }
})

test('a client that does not read holds the endpoint back', async () => {
  fake.behaviour = { instead: 'flood' }
  const gone = new AbortController()
  const answer = await fetch(`${house.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' },
    body: JSON.stringify(ask({ stream: true })),
    signal: gone.signal,
  })
  let before = -1
  await expect
    .poll(
      () => {
        const still = fake.flooded() === before
        before = fake.flooded()
        return still
      },
      { interval: 300 },
    )
    .toBe(true)
  expect(fake.flooded()).toBeLessThan(200 * 1024 * 1024)
  // After the silence the endpoint is let go of, though nobody reads.
  await expect.poll(() => fake.openStreams(), { timeout: 8_000 }).toBe(0)
  gone.abort()
  await answer.text().catch(() => {})
  await expect.poll(() => fake.openStreams()).toBe(0)
})

test('an endpoint is asked over connections that are kept, whatever comes after [DONE]', async () => {
  const before = fake.connections()
  for (let n = 0; n < 10; n += 1) expect(textOf(await streamed({}))).toBe('w0 w1 w2 w3 w4')
  expect(fake.connections() - before).toBeLessThanOrEqual(1)
  fake.behaviour = { endless: true }
  const begun = performance.now()
  expect(await (await raw(ask({ stream: true }))).text()).toContain('[DONE]')
  expect(performance.now() - begun).toBeLessThan(900)
  await expect.poll(() => fake.openStreams(), { timeout: 3_000 }).toBe(0)
})

test('a stranger’s body is not even read', async () => {
  const socket = connect(Number(new URL(house.url).port), '127.0.0.1')
  socket.write(
    'POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9000000\r\n\r\n{',
  )
  const [head] = await once(socket, 'data')
  expect(String(head)).toMatch(/^HTTP\/1\.1 401 /)
  socket.destroy()
})

test('a client that goes away stops the endpoint at once', async () => {
  fake.behaviour = { tokens: 10_000, every: 2 }
  for (const stream of [true, false]) {
    const gone = new AbortController()
    const answer = client().chat.completions.create(ask({ stream }) as never, { signal: gone.signal })
    await expect.poll(() => fake.openStreams(), { interval: 1 }).toBe(1)
    if (stream) for await (const _ of (await answer) as unknown as AsyncIterable<unknown>) break
    gone.abort()
    await answer.catch(() => {})
    await expect.poll(() => fake.openStreams(), { interval: 1, timeout: 1_000 }).toBe(0)
  }
})

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
    expect(body.rows).toMatchObject([{ name: 'first', owner: 'counted', requests: 6 }])
    const all = await admin.ask(contract.getModelUsage, { query: { whose: 'all', by: 'user' } })
    expect(all.body.rows.map(({ name }: { name: string }) => name).sort()).toEqual(['counted', 'short', 'uma'])
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
