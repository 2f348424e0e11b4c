import { expect, test } from 'vitest'
import type { Http } from '../../engines/http.ts'
import { askAnswer, EndpointRefused, streamAnswer } from './ask.ts'

const secret = 'sk-of-the-endpoint'

/** An endpoint that answers everything with this. */
function endpoint(status: number, text: string, type = 'text/html'): Http {
  const headers = { 'content-type': type }
  const never = () => Promise.reject(new Error('nobody asks so'))
  return {
    ask: async () => ({ status, headers, text }),
    json: never,
    async *lines() {},
    async stream() {
      return {
        status,
        headers,
        pieces: (async function* () {
          yield Buffer.from(text)
        })(),
      }
    },
    close() {},
  }
}
const askingOf = (http: Http) => ({
  http,
  headers: { authorization: `Bearer ${secret}` },
  path: '/chat/completions',
  body: {},
  silence: 60_000,
  signal: new AbortController().signal,
})
const ask = (http: Http) => askAnswer(askingOf(http))
const stream = (http: Http) => streamAnswer(askingOf(http), { event() {} })

test.each([
  [200, ask],
  [500, ask],
  [500, stream],
] as const)('whatever an endpoint answers with %i, it holds nobody up (%o)', async (status, work) => {
  const begun = performance.now()
  await expect(work(endpoint(status, '<'.repeat(200_000)))).rejects.toThrow()
  expect(performance.now() - begun).toBeLessThan(5_000)
})

test('of a page that it answers with, the words are told; what is JSON is told as it is', async () => {
  const page = `<html><h1>Bad gateway</h1>${' '.repeat(200_000)}</html>`
  await expect(ask(endpoint(502, page))).rejects.toMatchObject({ status: 502, message: 'Bad gateway' })
  await expect(stream(endpoint(502, page))).rejects.toMatchObject({ status: 502, message: 'Bad gateway' })
  const json = JSON.stringify({ error: { message: 'a < b', code: 'x' } })
  await expect(ask(endpoint(400, json))).rejects.toMatchObject({ message: 'a < b', body: { error: { code: 'x' } } })
  await expect(ask(endpoint(200, page))).rejects.toThrow('What it answered is not JSON.')
})

test('the credential that an endpoint says again reaches nobody, wherever it says it and however long that is', async () => {
  const escaped = `\\u0073${secret.slice(1)}`
  for (const text of [
    JSON.stringify({ error: { message: `asked with Bearer ${secret}`, code: secret, [secret]: 1 } }),
    JSON.stringify({ error: { [secret]: 1 } }),
    `{"error":{"message":"asked with ${escaped}","type":"${escaped}"}}`,
    JSON.stringify({ error: { message: `${'x'.repeat(990)} ${secret}` } }),
    `<h1>Not with ${secret}</h1>`,
    `${'x'.repeat(295)}${secret}`,
  ])
    for (const work of [ask, stream]) {
      const refused = await work(endpoint(400, text)).then(
        () => null,
        (error) => error,
      )
      expect(refused).toBeInstanceOf(EndpointRefused)
      expect(`${refused.message} ${JSON.stringify(refused.body)}`).not.toMatch(/sk-of|k-of-the/)
    }
})

test('nor does one that is said in the midst of a stream, or in a refusal that is called a success', async () => {
  const error = { error: { message: `no more of ${secret}` } }
  const broken = stream(endpoint(200, `data: ${JSON.stringify(error)}\n\n`, 'text/event-stream'))
  await expect(broken).rejects.toThrow('no more of …')
  const { text } = await ask(endpoint(200, JSON.stringify(error)))
  expect(JSON.parse(text)).toEqual({ error: { message: 'no more of …' } })
  // An answer is passed on as it is.
  const answer = JSON.stringify({ choices: [{ message: { content: secret } }] })
  expect((await ask(endpoint(200, answer))).text).toBe(answer)
})
