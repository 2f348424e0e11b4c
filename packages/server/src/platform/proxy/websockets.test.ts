import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer as createNetServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { until } from '../../../../../tests/support/engines.ts'
import {
  atRest,
  dial,
  host,
  listening,
  openProxied,
  pour,
  refusal,
  sendRaw,
} from '../../../../../tests/support/proxied.ts'

const ended = (end: () => Promise<void>) => onTestFinished(end)

/** An echo behind the proxy; the headers it was asked with. */
async function openEcho(options = {}) {
  const house = await openProxied((_request, response) => response.end('in'), ended, options)
  const asked: Record<string, unknown>[] = []
  const echo = new WebSocketServer({ noServer: true, handleProtocols: () => 'v1.kernel' })
  house.server?.on('upgrade', (request, socket, head) => {
    if (request.url === '/no') {
      return socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\nSet-Cookie: tenantry=evil\r\n\r\nnothing')
    }
    asked.push(request.headers)
    echo.handleUpgrade(request, socket, head, (websocket) => {
      websocket.on('message', (data, binary) => websocket.send(data, { binary }))
    })
  })
  ended(async () => echo.close())
  const open = (path = '/', origin = `http://${house.host}`, headers = {}) =>
    new WebSocket(`ws://127.0.0.1:${house.port}${path}`, ['v1.kernel'], {
      origin,
      headers: { host: house.host, ...headers },
    })
  return { ...house, asked, open, echo }
}
const refusedWith = (socket: WebSocket) =>
  new Promise<number>((done) => {
    socket.on('error', () => {})
    socket.on('unexpected-response', (_request, response) => {
      response.resume()
      done(response.statusCode ?? 0)
    })
  })

test('messages pass both ways, small and large, text and binary', async () => {
  const { open, asked, host: own, upstreamPort, used, proxy } = await openEcho()
  const socket = open('/api/kernels/1/channels?session_id=2', `http://${own}`, { cookie: 'tenantry=secret; a=1' })
  await once(socket, 'open')
  expect(socket.protocol).toBe('v1.kernel')
  expect(asked[0]).toMatchObject({
    ...{ host: `127.0.0.1:${upstreamPort}`, origin: `http://127.0.0.1:${upstreamPort}`, cookie: 'a=1' },
    authorization: 'token of-the-notebook',
  })
  for (const message of [Buffer.from('x'), randomBytes(70_000), randomBytes(3_000_000)]) {
    socket.send(message)
    expect((await once(socket, 'message'))[0].equals(message)).toBe(true)
  }
  expect(proxy.count(() => true)).toBe(1)
  // Once for the request, once for somebody seen at work.
  expect(used()).toBe(2)
  socket.close(4001, 'done')
  const [code, reason] = await once(socket, 'close')
  expect([code, String(reason)]).toEqual([4001, 'done'])
  await until(
    async () => proxy.count(() => true),
    (count) => count === 0,
    { every: 5 },
  )
})

test('a browser that only answers pings is not somebody at work', async () => {
  const { open, echo, used } = await openEcho()
  const socket = open()
  await once(socket, 'open')
  const [behind] = echo.clients
  behind?.ping()
  await once(behind as WebSocket, 'pong')
  expect(used()).toBe(1)
})

test('without an origin of the workspace’s own there is no websocket', async () => {
  const { open, asked } = await openEcho()
  expect(await refusedWith(open('/', 'http://ws-b.localhost'))).toBe(403)
  expect(asked).toEqual([])
})

test('the gate refuses a websocket as it refuses a request', async () => {
  const { open } = await openEcho({ admit: () => refusal })
  expect(await refusedWith(open())).toBe(403)
})

test('what the upstream answers instead of a websocket reaches the browser, cleaned', async () => {
  const { port, host: own, open } = await openEcho()
  expect(await refusedWith(open('/no'))).toBe(404)
  const handshake =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAA\r\n'
  const text = await sendRaw(port, `GET /no HTTP/1.1\r\nHost: ${own}\r\nOrigin: http://${own}\r\n${handshake}\r\n`)
  expect(text).toMatch(/^HTTP\/1\.1 404 [\s\S]*nothing$/)
  expect(text).not.toContain('tenantry')
})

test.each([
  ['another protocol', 'GET', 'Upgrade: h2c\r\n'],
  ['another method', 'POST', 'Upgrade: websocket\r\n'],
  ['a body', 'GET', 'Upgrade: websocket\r\nContent-Length: 3\r\n'],
])('an upgrade with %s is refused', async (_what, method, headers) => {
  const { port } = await openEcho()
  const head = `${method} / HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://${host}\r\nConnection: Upgrade\r\n${headers}\r\n`
  expect(await sendRaw(port, head)).toMatch(/^HTTP\/1\.1 400 /)
})

const handshake = (own: string) =>
  `GET / HTTP/1.1\r\nHost: ${own}\r\nOrigin: http://${own}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`

test('what the browser says before the handshake is through is not lost, and comes after it', async () => {
  let answer = () => {}
  let heard = ''
  const upstream = createNetServer((socket) => {
    socket.on('data', (piece) => {
      heard += piece.toString()
      answer = () => socket.write('HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\nfirst')
    })
  })
  const { port, host: own } = await openProxied(await listening(upstream, ended), ended)
  const browser = dial(port)
  browser.write(`${handshake(own)}early`)
  await until(
    async () => heard,
    (text) => text.endsWith('\r\n\r\n'),
    { every: 5 },
  )
  browser.write(' bird')
  answer()
  let got = ''
  browser.on('data', (piece) => {
    got += piece.toString()
  })
  await until(
    async () => [heard, got],
    ([up = '', down = '']) => up.endsWith('early bird') && down.endsWith('first'),
    { every: 5 },
  )
  browser.destroy()
})

test('a browser that leaves during the handshake takes the upstream along', async () => {
  const sockets: Socket[] = []
  const upstream = createNetServer((socket) => sockets.push(socket.resume()))
  const { port, host: own, proxy } = await openProxied(await listening(upstream, ended), ended)
  const browser = dial(port)
  browser.write(handshake(own))
  await until(
    async () => sockets.length,
    (count) => count === 1,
    { every: 5 },
  )
  browser.destroy()
  await once(sockets[0] as Socket, 'close')
  expect(proxy.count(() => true)).toBe(0)
})

test('an upstream that goes away takes the websocket along', async () => {
  const { open, echo, proxy } = await openEcho()
  const socket = open()
  await once(socket, 'open')
  for (const behind of echo.clients) behind.terminate()
  await once(socket, 'close')
  expect(proxy.count(() => true)).toBe(0)
})

test.each(['the browser', 'the upstream'])(
  'where %s does not read, the other side waits',
  async (slow) => {
    const ends: Socket[] = []
    const upstream = createNetServer((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
        ends.push(socket)
      })
    })
    const { port, host: own } = await openProxied(await listening(upstream, ended), ended)
    const browser = dial(port)
    browser.write(handshake(own))
    await once(browser, 'data')
    const behind = ends[0] as Socket
    const [reader, writer] = slow === 'the browser' ? [browser, behind] : [behind, browser]
    reader.pause()
    let taken = 0
    void pour(writer, () => {
      taken += 1
    })
    expect(await atRest(() => taken)).toBeLessThan(40)
    reader.resume()
    await until(
      async () => taken,
      (count) => count === 200,
    )
  },
  30_000,
)
