import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { openHttp } from './http.ts'

const everywhere = { permits: () => true }
let server: Server
afterEach(() => new Promise<void>((done) => server.close(() => done()).closeAllConnections()))

async function listen(on: Server): Promise<string> {
  server = on
  await new Promise<void>((done) => on.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(on.address() as AddressInfo).port}`
}

test('whoever gives up just when an answer has ended ends nothing else', async () => {
  const url = await listen(createServer((_, response) => response.end('x'.repeat(10))))
  const http = openHttp(url, null, everywhere)
  for (let n = 0; n < 50; n += 1) {
    const gone = new AbortController()
    const { pieces } = await http.stream('/', { signal: gone.signal })
    const iterator = pieces[Symbol.asyncIterator]()
    await iterator.next()
    const last = iterator.next().catch(() => {})
    gone.abort()
    await last
    // What nobody hears of is thrown in a later turn.
    await new Promise((done) => setImmediate(done))
  }
  http.close()
})

test('a kept connection that was closed meanwhile is no failure where repeating does no harm', async () => {
  const sockets = new Set<Socket>()
  let asked = 0
  const url = await listen(
    createServer(({ socket }, response) => {
      asked += 1
      sockets.add(socket)
      // The first connection is cut at the very moment that it is used again.
      if (asked === 2) socket.resetAndDestroy()
      else response.end(String(asked))
    }),
  )
  const http = openHttp(url, null, everywhere, { repeatable: true })
  const ask = () => http.ask('/', { method: 'POST', body: '{}', signal: AbortSignal.timeout(5_000) })
  expect((await ask()).text).toBe('1')
  expect((await ask()).text).toBe('3')
  expect(sockets.size).toBe(2)
  http.close()
})

test('what breaks off once it is being answered is a failure, and is not asked again', async () => {
  let asked = 0
  const url = await listen(
    createServer(({ socket }, response) => {
      asked += 1
      response.write('begun')
      if (asked === 1) response.end()
      else setImmediate(() => socket.resetAndDestroy())
    }),
  )
  const http = openHttp(url, null, everywhere, { repeatable: true })
  const ask = () => http.ask('/', { method: 'POST', body: '{}', signal: AbortSignal.timeout(5_000) })
  expect((await ask()).text).toBe('begun')
  await expect(ask()).rejects.toThrow('broke the connection off')
  // Had it been asked again, this would be the fourth.
  await ask().catch(() => {})
  expect(asked).toBe(3)
  http.close()
})
