import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { get, listening, portOf } from '../../../../../tests/support/proxied.ts'
import { openLog } from '../../log.ts'
import { openProxy } from '../proxy/proxy.ts'
import { openApp } from './app.ts'

const ended = (end: () => Promise<void>) => onTestFinished(end)

/** The application as the server opens it, listening, with a notebook behind the proxy. */
async function openServer() {
  const notebook = createServer((request, response) => {
    if (request.url === '/stream') return void response.write('begun')
    response.end(`the notebook at ${request.url}`)
  })
  const sockets = new WebSocketServer({ server: notebook })
  sockets.on('connection', (socket) => socket.on('message', (text) => socket.send(String(text))))
  const upstream = { host: '127.0.0.1', port: await listening(notebook, ended) }
  const log = openLog('silent')
  const proxy = openProxy({
    ...{ log, permits: () => true, ownCookies: [], trustForwarded: false },
    gate: {
      concerns: (name) => name?.startsWith('ws-') ?? false,
      admit: ({ headers }) => ({
        ...{ upstream, headers: {}, origin: `http://${headers.host}`, used() {} },
        tag: { workspaceId: 'w', userId: 'u', sessionId: 's' },
      }),
    },
  })
  const app = await openApp({ log, trustProxy: false, webFolder: null, secure: false, formAction: null, proxy })
  const entered: string[] = []
  app.addHook('onRequest', async (request) => {
    entered.push(request.host)
  })
  app.post('/api/echo', async (request) => ({ echo: request.body }))
  await app.listen({ host: '127.0.0.1', port: 0 })
  ended(() => app.close())
  return { app, port: portOf(app.server), proxy, entered }
}

test('requests to a workspace never enter Fastify, all others do', async () => {
  const { port, entered } = await openServer()
  expect((await get(port, { path: '/api/echo' })).body).toBe('the notebook at /api/echo')
  expect(entered).toEqual([])
  const headers = { host: `localhost:${port}`, 'content-type': 'application/json', expect: '100-continue' }
  const echo = await get(port, { method: 'POST', path: '/api/echo', headers, body: '{"a":1}' })
  expect(JSON.parse(echo.body)).toEqual({ echo: { a: 1 } })
  expect(echo.headers['content-security-policy']).toContain("frame-ancestors 'none'")
  expect(entered).toEqual([`localhost:${port}`])
})

test('websockets of a workspace pass; the application offers none', async () => {
  const { port } = await openServer()
  const host = `ws-a.localhost:${port}`
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { origin: `http://${host}`, headers: { host } })
  await once(socket, 'open')
  socket.send('hello')
  expect(String((await once(socket, 'message'))[0])).toBe('hello')
  const other = new WebSocket(`ws://127.0.0.1:${port}/api/none`, { headers: { host: `localhost:${port}` } })
  other.on('error', () => {})
  expect((await once(other, 'unexpected-response'))[1].statusCode).toBe(404)
})

test('the server closes although streams and websockets are open', async () => {
  const { app, port, proxy } = await openServer()
  const host = `ws-a.localhost:${port}`
  const browser = connect(port, '127.0.0.1')
  browser.write(`GET /stream HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  await once(browser, 'data')
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { origin: `http://${host}`, headers: { host } })
  socket.on('error', () => {})
  await once(socket, 'open')
  expect(proxy.count(() => true)).toBe(2)
  const closed = Promise.all([once(browser, 'close'), once(socket, 'close')])
  await app.close()
  await closed
  expect(proxy.count(() => true)).toBe(0)
})

test('the server does not wait for a connection on which nothing was ever asked', async () => {
  const { app, port } = await openServer()
  const ahead = connect(port, '127.0.0.1')
  await once(ahead, 'connect')
  const closed = once(ahead, 'close')
  await app.close()
  await closed
})
