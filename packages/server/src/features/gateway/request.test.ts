import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GatewayError } from './errors.ts'
import { bodyFor, readRequest } from './request.ts'

const messages = [{ role: 'user', content: 'hello' }]

test('everything is passed on as it came, but the name of the model, and that a stream tells its usage', () => {
  const body = { model: 'ours', messages, tools: [{ x: 1 }], temperature: 0, made_up: { deep: [1] } }
  expect(bodyFor(readRequest(body, 'chat'), 'theirs')).toEqual({ ...body, model: 'theirs' })
  const streamed = { ...body, stream: true, stream_options: { continuous: 1, include_usage: false } }
  const request = readRequest(streamed, 'chat')
  expect(request.wantsUsage).toBe(false)
  expect(bodyFor(request, 'theirs')).toEqual({
    ...streamed,
    model: 'theirs',
    stream_options: { continuous: 1, include_usage: true },
  })
})

test('what is to be read is counted, pictures left out', () => {
  const content = [
    { type: 'text', text: 'abcd' },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
  ]
  expect(readRequest({ model: 'm', messages: [{ role: 'user', content }] }, 'chat').characters).toBe(4)
  expect(readRequest({ model: 'm', prompt: ['ab', 'c'] }, 'completions').characters).toBe(3)
  expect(readRequest({ model: 'm', input: 'abc' }, 'embeddings').characters).toBe(3)
})

test('a token that is given by its number counts as one', () => {
  const ids = Array.from({ length: 1000 }, (_, id) => id)
  const read = (body: object, use: 'completions' | 'embeddings') => readRequest({ model: 'm', ...body }, use).characters
  expect(read({ prompt: ids }, 'completions')).toBe(4000)
  expect(read({ prompt: [ids, ids] }, 'completions')).toBe(8000)
  expect(read({ input: [ids] }, 'embeddings')).toBe(4000)
})

test('whatever else the model reads is counted, and settings are not', () => {
  const read = (more: object, message: object = {}) =>
    readRequest({ model: 'm', messages: [{ role: 'user', content: 'abcd', ...message }], ...more }, 'chat').characters
  const long = 'x'.repeat(1000)
  for (const field of ['tools', 'functions', 'response_format', 'documents', 'structured_outputs'])
    expect(read({ [field]: [{ description: long }] })).toBeGreaterThan(1000)
  expect(read({ chat_template: long })).toBeGreaterThan(1000)
  expect(read({}, { tool_calls: [{ id: 'a', function: { name: 'f', arguments: long } }] })).toBeGreaterThan(1000)
  expect(read({}, { reasoning_content: long })).toBe(1004)
  const settings = { temperature: 0.5, stream_options: {}, user: long, metadata: { a: long }, stop: ['x'], tools: null }
  expect(read({ ...settings, logit_bias: { 1: 2 } })).toBe(4)
  expect(read({}, { content: [{ type: 'text', text: 'abcd', cache_control: null }] })).toBe(4)
})

test('a number that would not arrive as it was written is refused, with the field that it is in', () => {
  const read = (more: string) => () =>
    readRequest(JSON.parse(`{"model":"m","messages":[{"content":"x"}],${more}}`), 'chat')
  for (const [more, param] of [
    ['"seed":9007199254740993', 'seed'],
    ['"seed":-9007199254740993', 'seed'],
    ['"vllm_xargs":{"deep":[{"big":1e999}]}', 'vllm_xargs'],
  ] as const) {
    let refused: unknown = null
    try {
      read(more)()
    } catch (error) {
      refused = error
    }
    expect(refused).toMatchObject({
      status: 400,
      error: { type: 'invalid_request_error', param, code: 'invalid_value' },
    })
  }
  for (const more of ['"seed":9007199254740991', '"temperature":0.1', '"seed":null', '"stop":"9007199254740993"'])
    expect(read(more)).not.toThrow()
})

test('whatever comes is read, or refused with the field that is wrong', () => {
  for (const [body, param] of [
    [null, null],
    [[], null],
    [{ messages }, 'model'],
    [{ model: 'm' }, 'messages'],
    [{ model: 'm', messages: [] }, 'messages'],
    [{ model: 'm', messages, stream: 'yes' }, 'stream'],
    [{ model: 'm', messages, stream_options: 1 }, 'stream_options'],
  ] as const) {
    const refused = (() => {
      try {
        return readRequest(body, 'chat')
      } catch (error) {
        return error
      }
    })()
    expect(refused).toBeInstanceOf(GatewayError)
    expect((refused as GatewayError).error).toMatchObject({ type: 'invalid_request_error', param })
  }
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom('chat', 'completions', 'embeddings'), (body, use) => {
      try {
        readRequest(body, use as 'chat')
      } catch (error) {
        expect(error).toBeInstanceOf(GatewayError)
      }
    }),
  )
})
