import { once } from 'node:events'
import type { Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { until } from '../../../../../tests/support/engines.ts'
import { dial, openProxied } from '../../../../../tests/support/proxied.ts'

const ended = (end: () => Promise<void>) => onTestFinished(end)

type House = Awaited<ReturnType<typeof openHouse>>
/** An upstream that never ends: it streams, it swallows, it keeps websockets. `gone` counts what it saw end. */
async function openHouse(options = {}) {
  const seen = { begun: 0, gone: 0 }
  const house = await openProxied(
    (request, response) => {
      seen.begun += 1
      response.on('close', () => {
        seen.gone += 1
      })
      if (request.method === 'PUT') return void request.resume()
      response.writeHead(200, request.url === '/counted' ? { 'content-length': 1_000_000 } : {})
      response.write('begun')
    },
    ended,
    options,
  )
  const sockets = new WebSocketServer({ noServer: true })
  house.server?.on('upgrade', (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, (websocket) => {
      seen.begun += 1
      websocket.send('begun')
      websocket.on('close', () => {
        seen.gone += 1
      })
    }),
  )
  ended(async () => sockets.close())
  return { ...house, seen }
}

const headOf = (house: House, user: string, first: string, more = '') =>
  `${first} HTTP/1.1\r\nHost: ${house.host}\r\nX-Test-User: ${user}\r\nOrigin: http://${house.host}\r\n${more}\r\n`

async function download(house: House, user: string, path = '/'): Promise<Socket> {
  const socket = dial(house.port)
  socket.write(headOf(house, user, `GET ${path}`))
  await once(socket, 'data')
  return socket.resume()
}
async function upload(house: House, user: string): Promise<Socket> {
  const { begun } = house.seen
  const socket = dial(house.port)
  socket.write(headOf(house, user, 'PUT /', 'Content-Length: 1000000\r\n') + 'x'.repeat(1000))
  await until(
    async () => house.seen.begun,
    (count) => count > begun,
    { every: 5 },
  )
  return socket.resume()
}
async function websocket(house: House, user: string): Promise<Socket> {
  const headers = { 'x-test-user': user, host: house.host }
  const socket = new WebSocket(`ws://127.0.0.1:${house.port}/`, { origin: `http://${house.host}`, headers })
  socket.on('error', () => {})
  await once(socket, 'message')
  return (socket as unknown as { _socket: Socket })._socket
}

test.each([
  ['a stream', download],
  ['an answer of known length', (house: House, user: string) => download(house, user, '/counted')],
  ['an upload', upload],
  ['a websocket', websocket],
])('cut closes %s of whom it means within 50 ms, both its sides, and nobody else’s', async (_what, open) => {
  const house = await openHouse()
  const [eve, ada] = [await open(house, 'eve'), await open(house, 'ada')]
  expect(house.proxy.count(() => true)).toBe(2)
  const since = performance.now()
  const closed = once(eve, 'close')
  expect(house.proxy.cut(({ userId }) => userId === 'eve')).toBe(1)
  expect(house.proxy.count(() => true)).toBe(1)
  await closed
  await until(
    async () => house.seen.gone,
    (gone) => gone === 1,
    { every: 2 },
  )
  expect(performance.now() - since).toBeLessThan(50)
  expect(ada.destroyed).toBe(false)
  expect(house.proxy.cut(({ userId }) => userId === 'eve')).toBe(0)
  expect(house.proxy.cut(() => true)).toBe(1)
  await once(ada, 'close')
})

test('one connection, two people: the tag is the request’s', async () => {
  const house = await openHouse({
    admit: (request: { url?: string }, usual: unknown) => (request.url === '/no' ? { status: 403, body: 'no' } : usual),
  })
  const socket = dial(house.port)
  socket.write(headOf(house, 'eve', 'GET /no'))
  await once(socket, 'data')
  socket.write(headOf(house, 'ada', 'GET /'))
  await once(socket, 'data')
  expect(house.proxy.cut(({ userId }) => userId === 'eve')).toBe(0)
  expect(socket.destroyed).toBe(false)
  const closed = once(socket.resume(), 'close')
  expect(house.proxy.cut(({ userId }) => userId === 'ada')).toBe(1)
  await closed
})

test('whom the gate was still thinking about when they were cut does not get in by its older answer', async () => {
  let decide = () => {}
  const house = await openHouse({
    admit: (_request: unknown, usual: unknown) =>
      new Promise((done) => {
        decide = () => done(usual)
      }),
  })
  const socket = dial(house.port)
  const before = decide
  socket.write(headOf(house, 'eve', 'GET /'))
  await until(async () => decide !== before, Boolean, { every: 5 })
  house.proxy.cut(({ userId }) => userId === 'eve')
  const closed = once(socket.resume(), 'close')
  decide()
  await closed
  expect(house.seen.begun).toBe(0)
})

test('a request that waits for its upstream is cut as well', async () => {
  // Takes connections and says nothing.
  const house = await openHouse()
  const silent = await openProxied(() => {}, ended)
  const socket = dial(silent.port)
  socket.write(headOf({ ...house, host: silent.host }, 'eve', 'GET /'))
  await until(
    async () => silent.proxy.count(() => true),
    (open) => open === 1,
    { every: 5 },
  )
  const closed = once(socket.resume(), 'close')
  expect(silent.proxy.cut(({ userId }) => userId === 'eve')).toBe(1)
  await closed
  expect(silent.proxy.count(() => true)).toBe(0)
})
