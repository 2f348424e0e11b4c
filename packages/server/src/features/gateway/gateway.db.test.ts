import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import type { Behaviour, FakeModel } from '../../../../../tests/support/fake-model.ts'
import {
  hello,
  openAi,
  openTestGateway,
  postTo,
  publish,
  refusalOf,
  type TestGateway,
} from '../../../../../tests/support/models.ts'

let house: TestGateway['house']
let fake: FakeModel
let admin: Client
let key: TestGateway['key']

beforeAll(async () => {
  ;({ house, fake, admin, key } = await openTestGateway())
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
async function streamed(behaviour: Behaviour, more: object = {}) {
  fake.behaviour = behaviour
  const chunks = []
  for await (const chunk of await client().chat.completions.create({ ...ask(more), stream: true })) chunks.push(chunk)
  return chunks
}
const textOf = (chunks: { choices: { delta: { content?: string | null } }[] }[]) =>
  chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')

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

test('an endpoint that cannot be asked for its usage answers all the same, and is asked once', async () => {
  await publish(admin, fake.url, { name: 'strict', model: 'strict' })
  fake.named.set('strict', { usage: 'refused' })
  const options = () => fake.requests.map(({ body }) => body.stream_options ?? null)
  const own = { continuous_usage_stats: true }
  // Options of one's own that it refuses are one's own to hear of.
  expect(await refusalOf(streamed({}, { model: 'strict', stream_options: own }))).toMatchObject({ status: 400 })
  expect(options()).toEqual([{ ...own, include_usage: true }])
  fake.requests.length = 0
  for (let i = 0; i < 2; i += 1) expect(textOf(await streamed({}, { model: 'strict' }))).toBe('w0 w1 w2 w3 w4')
  expect(options()).toEqual([{ include_usage: true }, null, null])
  // What is wrong beside that is told, and is no reason to leave the usage out from then on.
  const refusal = { status: 400, body: '{"error":{"message":"stream_options and all that"}}' }
  expect(await refusalOf(streamed({ instead: refusal }))).toMatchObject({ status: 400 })
  fake.requests.length = 0
  await streamed({})
  expect(options()).toEqual([{ include_usage: true }])
  fake.named.delete('strict')
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
