import { afterEach, expect, test, vi } from 'vitest'
import { type Behaviour, type FakeModel, openFakeModel } from './support/fake-model.ts'

let fake: FakeModel
afterEach(() => fake.close())

async function ask(behaviour: Behaviour, more: object = {}, signal?: AbortSignal) {
  fake = await openFakeModel(behaviour)
  return fetch(`${fake.url}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'fake', stream: true, stream_options: { include_usage: true }, ...more }),
    ...(signal && { signal }),
  })
}
const dataOf = (text: string) => text.split(/\r\n|\n|\r/).flatMap((line) => /^data: (.*)$/.exec(line)?.[1] ?? [])
const textOf = (data: string[]) => data.map((each) => /"content":"([^"]*)"/.exec(each)?.[1] ?? '').join('')

test('streams tokens, their use, and the end', async () => {
  const data = dataOf(await (await ask({ tokens: 3 })).text())
  expect(textOf(data)).toBe('w0 w1 w2')
  expect(data.at(-2)).toContain('"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3')
  expect(data.at(-1)).toBe('[DONE]')
  expect(fake.requests).toMatchObject([{ path: '/v1/chat/completions', body: { model: 'fake' } }])
  expect(fake.closedAt).toEqual([])
})

test.each<[string, Behaviour, RegExp]>([
  ['other ends of lines', { lineEnd: '\r\n' }, /w4.*\r\n\r\n.*\[DONE\]\r\n\r\n$/s],
  ['comments', { comments: true }, /^: still here\ndata: /],
  ['characters cut by packets', { packets: 1, tokens: 1, word: () => 'é🙂' }, /é🙂/],
  ['gzip', { gzip: true }, /w4/],
  ['no use', { usage: 'never' }, /^(?!.*usage).*\[DONE\]/s],
  ['use in each', { usage: 'each', tokens: 2 }, /"completion_tokens":1.*"completion_tokens":2/s],
  ['no choices at the end', { usage: 'never', emptyChoices: true }, /"choices":\[\]\}\n\ndata: \[DONE\]/],
  ['no end', { undone: true }, /^(?!.*DONE)/s],
  ['reasoning', { reasoning: 2 }, /"reasoning_content":" w1".*"content":" w2"/s],
  ['a broken chunk', { midway: 'brokenChunk' }, /\[\{"index"\n\n.*w4/s],
  ['an error midway', { midway: 'error' }, /w1.*"error":\{"message":"The engine has died/s],
])('streams with %s', async (_what, behaviour, expected) => {
  expect(await (await ask(behaviour)).text()).toMatch(expected)
})

test('answers as it is told to, and breaks off as it is told to', async () => {
  const limited = { status: 429, headers: { 'retry-after': '7' }, body: '{}' }
  const answer = await ask({ instead: limited })
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7'])
  fake.behaviour = { midway: 'drop' }
  const body = JSON.stringify({ model: 'fake', stream: true })
  const dropped = await fetch(`${fake.url}/chat/completions`, { method: 'POST', body })
  await expect(dropped.text()).rejects.toThrow()
})

test.each(['nothing', 'silence', 'flood', 'hugeLine'] as const)('%s: until the reader goes', async (instead) => {
  const gone = new AbortController()
  const answer = ask({ instead }, {}, gone.signal)
  if (instead !== 'nothing') expect((await answer).status).toBe(200)
  await vi.waitFor(() => expect(fake.openStreams()).toBe(1))
  if (instead === 'flood' || instead === 'hugeLine') {
    // Nobody reads: it is held up once the buffers between are full.
    await vi.waitFor(() => expect(fake.flooded()).toBeGreaterThan(100_000))
    let before = -1
    await vi.waitUntil(() => {
      const still = fake.flooded() === before
      before = fake.flooded()
      return still
    })
    expect(before).toBeLessThan(64 * 2 ** 20)
  }
  gone.abort()
  await answer.catch(() => {})
  await vi.waitFor(() => expect(fake.openStreams()).toBe(0))
  expect(fake.closedAt).toHaveLength(1)
})
