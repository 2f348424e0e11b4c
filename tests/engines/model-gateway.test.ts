import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import * as contract from '@tenantry/contract'
import type OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { install, type RunningModel, startModel } from '../../dev/engines/model.mjs'
import type { Client } from '../support/client.ts'
import { until } from '../support/engines.ts'
import { twoTenants } from '../support/house.ts'
import { makeKey, openAi, openModelHouse, publish, refusalOf } from '../support/models.ts'

const missing = await install()
if (missing) process.stdout.write(`NOT RUN: the gateway before a real model. ${missing}\n`)
const messages = [{ role: 'user' as const, content: 'What is the capital of France?' }]
const steady = { messages, temperature: 0, max_tokens: 40 }

describe.skipIf(missing)('the gateway before a real model', () => {
  let house: Awaited<ReturnType<typeof openModelHouse>>
  let tiny: RunningModel
  let slow: RunningModel
  let user: Client
  let direct: OpenAI
  let client: OpenAI
  let secret: string

  beforeAll(async () => {
    house = await openModelHouse()
    tiny = await startModel({ apiKey: 'the-key' })
    slow = await startModel({ name: 'slow', slow: 20 })
    const { acme } = await twoTenants(house)
    const admin = await house.signedIn(acme.admin)
    user = await house.signedIn(acme.user)
    await publish(admin, tiny.url, { name: 'ours', model: 'tiny', credential: 'the-key' })
    await publish(admin, slow.url, { name: 'slow', model: 'slow' })
    secret = (await makeKey(user)).secret
    direct = openAi(tiny.url.replace('/v1', ''), 'the-key')
    client = openAi(house.url, secret)
  })
  afterAll(async () => {
    await house?.close()
    for (const model of [tiny, slow]) await model?.stop()
  })

  test('says what the model itself says, at once and in a stream, and counts the same', async () => {
    const theirs = await direct.chat.completions.create({ ...steady, model: 'tiny' })
    const ours = await client.chat.completions.create({ ...steady, model: 'ours' })
    expect(ours.choices).toEqual(theirs.choices)
    expect(ours.usage).toEqual(theirs.usage)
    const stream = await client.chat.completions.create({
      ...{ ...steady, model: 'ours', stream: true },
      stream_options: { include_usage: true },
    })
    const pieces: string[] = []
    let usage: unknown
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) pieces.push(chunk.choices[0].delta.content)
      usage = chunk.usage ?? usage
    }
    expect(pieces).toHaveLength(40)
    expect(pieces.join('')).toBe(theirs.choices[0]?.message.content)
    expect(usage).toEqual(theirs.usage)
    const tokens = (theirs.usage?.prompt_tokens ?? 0) * 2
    await expect
      .poll(async () => (await user.ask(contract.getModelUsage)).body.total)
      .toMatchObject({ requests: 2, inputTokens: tokens, outputTokens: 80, estimatedTokens: 0 })
  })

  test('completes and embeds as the model itself does', async () => {
    const once = { prompt: 'Once', max_tokens: 5, temperature: 0 }
    const [ours, theirs] = await Promise.all([
      client.completions.create({ ...once, model: 'ours' }),
      direct.completions.create({ ...once, model: 'tiny' }),
    ])
    expect(ours.choices).toEqual(theirs.choices)
    const [one, other] = await Promise.all([
      client.embeddings.create({ model: 'ours', input: 'a house' }),
      direct.embeddings.create({ model: 'tiny', input: 'a house' }),
    ])
    expect(one.data).toEqual(other.data)
  })

  test('by curl alone', async () => {
    const body = JSON.stringify({ ...steady, model: 'ours', stream: true })
    const headers = ['-H', `Authorization: Bearer ${secret}`, '-H', 'Content-Type: application/json']
    const { stdout } = await promisify(execFile)('curl', [
      '-sSN',
      `${house.url}/v1/chat/completions`,
      ...headers,
      '-d',
      body,
    ])
    const text = stdout
      .split('\n\n')
      .filter((event) => event.startsWith('data: {'))
      .map((event) => JSON.parse(event.slice(6)).choices[0].delta.content ?? '')
      .join('')
    expect(text).toBe((await client.chat.completions.create({ ...steady, model: 'ours' })).choices[0]?.message.content)
    expect(stdout.trimEnd().endsWith('data: [DONE]')).toBe(true)
  })

  test('whoever goes away leaves the model with nothing to do', async () => {
    const gone = new AbortController()
    const long = { ...steady, model: 'slow', max_tokens: 1000, stream: true as const }
    const stream = await client.chat.completions.create(long, { signal: gone.signal })
    for await (const _ of stream) if ((await slow.tokens()) > 3) gone.abort()
    const before = await slow.tokens()
    await until(slow.requests, (count) => count === 0, { every: 5, seconds: 2 })
    expect(await slow.tokens()).toBeLessThanOrEqual(before + 1)
  })

  test('what the model refuses is told in its own words', async () => {
    const asked = (more: object) => refusalOf(client.chat.completions.create({ ...steady, model: 'ours', ...more }))
    expect(await asked({ temperature: 3 })).toMatchObject({ status: 400, param: 'temperature' })
    expect(await asked({ max_tokens: 5000 })).toMatchObject({
      status: 400,
      message: expect.stringContaining('maximum context length is 4096'),
    })
  })
})
