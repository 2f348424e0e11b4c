import { expect, test } from 'vitest'
import type { Http } from '../../engines/http.ts'
import { askAnswer, streamAnswer } from './ask.ts'

/** An endpoint that answers everything with this. */
function endpoint(status: number, text: string): Http {
  const headers = { 'content-type': 'text/html' }
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
  headers: {},
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
