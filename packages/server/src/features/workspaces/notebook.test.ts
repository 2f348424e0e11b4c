import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { askNotebook } from './notebook.ts'

let server: Server | null = null
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function answering(listener: RequestListener) {
  server = createServer(listener)
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done))
  return { host: '127.0.0.1', port: (server.address() as { port: number }).port }
}
const json = (answers: { [path: string]: unknown }): RequestListener => {
  return ({ url, headers }, response) => {
    if (headers.authorization !== 'token hush') return response.writeHead(403).end()
    if (!(url && url in answers)) return response.writeHead(404).end('{"message": "Not Found"}')
    response.end(JSON.stringify(answers[url]))
  }
}
const kernel = {
  id: 'cef19ed6-bbf9-4b02-b385-d37bea5b6871',
  name: 'python3',
  last_activity: '2026-01-02T03:04:05.678901Z',
  execution_state: 'busy',
  connections: 2,
}
const never = new AbortController().signal
const anywhere = () => true

test('kernels and terminals are read as Notebook 6.4 and Jupyter Server 2 tell of them', async () => {
  const address = await answering(
    json({
      '/api/kernels': [kernel, { id: 'x', name: 'ir', execution_state: null, last_activity: null }],
      '/api/terminals': [{ name: '1', last_activity: '2026-01-02T03:04:05.678901Z' }, { name: '2' }],
    }),
  )
  expect(await askNotebook(address, 'hush', anywhere, never)).toEqual({
    kernels: [
      { state: 'busy', lastActivity: '2026-01-02T03:04:05.678901Z', connections: 2 },
      { state: 'unknown', lastActivity: null, connections: 0 },
    ],
    terminals: [{ lastActivity: '2026-01-02T03:04:05.678901Z' }, { lastActivity: null }],
  })
  expect(await askNotebook(address, 'wrong', anywhere, never)).toBeNull()
})

test('a server without terminals has none', async () => {
  const address = await answering(json({ '/api/kernels': [kernel] }))
  expect(await askNotebook(address, 'hush', anywhere, never)).toMatchObject({
    kernels: [{ state: 'busy' }],
    terminals: [],
  })
})

test('what does not answer, answers something else, too much or leads elsewhere is not known', async () => {
  const led: string[] = []
  const wrong: RequestListener[] = [
    (_, response) => response.writeHead(500).end('[]'),
    (_, response) => response.end('{"kernels": []}'),
    (_, response) => response.end('<html>'),
    (_, response) => response.end(JSON.stringify([{ ...kernel, name: 'x'.repeat(2 * 1024 * 1024) }])),
    ({ socket }) => socket.destroy(),
    ({ url = '' }, response) => {
      led.push(url)
      response.writeHead(302, { location: '/elsewhere' }).end()
    },
  ]
  for (const listener of wrong) {
    const address = await answering(listener)
    expect(await askNotebook(address, 'hush', anywhere, never)).toBeNull()
    server?.close()
  }
  expect(led.sort()).toEqual(['/api/kernels', '/api/terminals'])
  const closed = (server?.address() as { port: number } | null)?.port ?? 9
  expect(await askNotebook({ host: '127.0.0.1', port: closed }, 'hush', anywhere, never)).toBeNull()
})

test('an address that is not permitted is told no secret, and neither is a name that stands for one', async () => {
  const asked: string[] = []
  const { port } = await answering(({ url = '' }, response) => {
    asked.push(url)
    response.end('[]')
  })
  const held: string[] = []
  const nowhere = (host: string, ip: string) => {
    held.push(`${host} ${ip}`)
    return false
  }
  expect(await askNotebook({ host: '127.0.0.1', port }, 'hush', nowhere, never)).toBeNull()
  expect(await askNotebook({ host: 'localhost', port }, 'hush', nowhere, never)).toBeNull()
  expect(held).toContain('127.0.0.1 127.0.0.1')
  expect(held).toContain('localhost 127.0.0.1')
  expect(asked).toEqual([])
  const here = (_host: string, ip: string) => ip === '127.0.0.1'
  expect(await askNotebook({ host: 'localhost', port }, 'hush', here, never)).not.toBeNull()
})

test('one that never ends is left when the caller has no more time', async () => {
  const patience = new AbortController()
  const address = await answering((_, response) => {
    response.write('[')
    patience.abort()
  })
  expect(await askNotebook(address, 'hush', anywhere, patience.signal)).toBeNull()
})
