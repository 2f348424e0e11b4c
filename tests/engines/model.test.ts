import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { install, type RunningModel, startModel } from '../../dev/engines/model.mjs'
import { until } from '../support/engines.ts'

const missing = await install()
if (missing) process.stdout.write(`NOT RUN: the tests on a real model. ${missing}\n`)

const clientOf = ({ url }: RunningModel, apiKey = 'the-key') => new OpenAI({ baseURL: url, apiKey, maxRetries: 0 })
const messages = [{ role: 'user' as const, content: 'What is the capital of France?' }]
const steady = { model: 'tiny', messages, temperature: 0, max_tokens: 40 }

describe.skipIf(missing)('a real model, asked by the official client', () => {
  let model: RunningModel
  let other: RunningModel
  let slow: RunningModel
  let client: OpenAI
  beforeAll(async () => {
    model = await startModel({ apiKey: 'the-key' })
    other = await startModel({ seed: 2, name: 'other' })
    slow = await startModel({ slow: 20, slots: 1 })
    client = clientOf(model)
  })
  afterAll(() => Promise.all([model, other, slow].map((each) => each?.stop())))

  const textOf = async (more: { seed?: number; temperature?: number; stop?: string[] } = {}) =>
    (await client.chat.completions.create({ ...steady, ...more })).choices[0]

  test('says which model it is, and how much that reads', async () => {
    const { data } = await client.models.list()
    expect(data).toMatchObject([{ id: 'tiny', object: 'model', max_model_len: 4096 }])
  })

  test('answers words, as many as it is told, and counts them', async () => {
    const { choices, usage } = await client.chat.completions.create(steady)
    const text = choices[0]?.message.content ?? ''
    expect(text).toMatch(/^[a-z]+\.?( [a-z]+\.?){39}$/)
    expect(new Set(text.split(' ')).size).toBeGreaterThan(10)
    expect(choices[0]?.finish_reason).toBe('length')
    expect(usage?.completion_tokens).toBe(40)
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + 40)
  })

  test('streams the same, a token at a time, whatever else it answers meanwhile', async () => {
    const whole = (await textOf())?.message.content
    const read = async () => {
      const stream = await client.chat.completions.create({
        ...steady,
        stream: true,
        stream_options: { include_usage: true },
      })
      const pieces: string[] = []
      let tokens = 0
      for await (const { choices, usage } of stream) {
        if (choices[0]?.delta.content) pieces.push(choices[0].delta.content)
        tokens = usage?.completion_tokens ?? tokens
      }
      expect(pieces).toHaveLength(40)
      expect(tokens).toBe(40)
      return pieces.join('')
    }
    const noise = [1, 2, 3].map((seed) => textOf({ seed, temperature: 1.5 }))
    expect(await Promise.all([read(), read(), read()])).toEqual([whole, whole, whole])
    await Promise.all(noise)
  })

  test('by chance: the same for the same seed, something else for another', async () => {
    const said = async (seed: number) => (await textOf({ seed, temperature: 1 }))?.message.content
    expect(await said(7)).toBe(await said(7))
    expect(await said(7)).not.toBe(await said(8))
    expect(await said(7)).not.toBe((await textOf())?.message.content)
  })

  test('two models answer differently', async () => {
    const { choices } = await clientOf(other).chat.completions.create({ ...steady, model: 'other' })
    expect(choices[0]?.message.content).toMatch(/^[a-z. ]+$/)
    expect(choices[0]?.message.content).not.toBe((await textOf())?.message.content)
  })

  test('ends before what it is told to stop at', async () => {
    const whole = (await textOf())?.message.content ?? ''
    const stop = whole.slice(60, 70)
    const cut = await textOf({ stop: [stop] })
    expect(cut?.message.content).toBe(whole.slice(0, whole.indexOf(stop)))
    expect(cut?.finish_reason).toBe('stop')
  })

  test('completes a text, and embeds one', async () => {
    const { choices, usage } = await client.completions.create({ model: 'tiny', prompt: 'Once', max_tokens: 5 })
    expect(choices[0]?.text).toMatch(/^[a-z.]+( [a-z.]+){4}$/)
    expect(usage?.completion_tokens).toBe(5)
    const { data } = await client.embeddings.create({ model: 'tiny', input: ['a house', 'a house', 'the water'] })
    expect(data.map(({ embedding }) => embedding.length)).toEqual([32, 32, 32])
    expect(data[0]?.embedding).toEqual(data[1]?.embedding)
    expect(data[0]?.embedding).not.toEqual(data[2]?.embedding)
  })

  test('works on nothing more once the reader has gone, and lets the next in', async () => {
    const gone = new AbortController()
    const long = { ...steady, max_tokens: 1000, stream: true as const }
    const stream = await clientOf(slow).chat.completions.create(long, { signal: gone.signal })
    const waiting = clientOf(slow).chat.completions.create({ ...steady, max_tokens: 2 })
    await until(slow.requests, (count) => count === 2, { every: 5 })
    const metrics = await (await fetch(slow.url.replace('/v1', '/metrics'))).text()
    expect(metrics).toMatch(/^vllm:num_requests_running\{.*\} 1$/m)
    expect(metrics).toMatch(/^vllm:num_requests_waiting\{.*\} 1$/m)
    for await (const _chunk of stream) if ((await slow.tokens()) > 3) gone.abort()
    const before = await slow.tokens()
    expect((await waiting).choices[0]?.message.content).toMatch(/^\S+ \S+$/)
    await until(slow.requests, (count) => count === 0, { every: 5 })
    expect(await slow.tokens()).toBeLessThanOrEqual(before + 1 + 2)
    expect(before).toBeLessThan(20)

    const never = new AbortController()
    const whole = clientOf(slow).chat.completions.create({ ...steady, max_tokens: 1000 }, { signal: never.signal })
    await until(slow.requests, (count) => count === 1, { every: 5 })
    never.abort()
    await expect(whole).rejects.toThrow('abort')
    await until(slow.requests, (count) => count === 0, { every: 5, seconds: 2 })
  })

  test('refuses in the words of the interface', async () => {
    const refused = (work: Promise<unknown>) =>
      work.then(
        () => null,
        (error) => ({ status: error.status, param: error.param, message: error.message }),
      )
    expect(await refused(clientOf(model, 'wrong').models.list())).toMatchObject({ status: 401 })
    const asked = (more: object) => refused(client.chat.completions.create({ ...steady, ...more }))
    expect(await asked({ model: 'gone' })).toMatchObject({ status: 404, param: 'model' })
    expect(await asked({ temperature: 3 })).toMatchObject({ status: 400, param: 'temperature' })
    expect(await asked({ messages: [] })).toMatchObject({ status: 400, param: 'messages' })
    expect(await asked({ max_tokens: 5000 })).toMatchObject({
      status: 400,
      message: expect.stringContaining('maximum context length is 4096'),
    })
  })
})
