import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { openEngine } from '../../packages/server/src/engines/index.ts'
import {
  type Engine,
  EngineError,
  type Opening,
  type WorkspaceHost,
  type WorkspaceReading,
} from '../../packages/server/src/engines/port.ts'

export type Verb = 'start' | 'read' | 'stop' | 'remove' | 'removeVolume'

/** An engine's workspaces that are made up: what is there, by name, and which call fails next. */
export type FakeHost = {
  host: WorkspaceHost
  there: Map<string, { owner: string; readings: number; secret: string }>
  volumes: Set<string>
  calls: { verb: Verb; name: string }[]
  /** Throws before, or, with `after`, when it was done already. */
  fail: ((verb: Verb, name: string) => { error: EngineError; after?: true } | null) | null
  /** Phases that one goes through, a reading each, before it is ready. */
  path: WorkspaceReading['phase'][]
  use: { gpuPercent: number | null; children: string[] }
  open(opening: Opening): Engine
  close(): Promise<void>
}

/** A notebook server that answers as one does that nobody works in, in as many words as are needed. */
async function openNotebook(): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    if (request.url?.startsWith('/api/')) return response.end('[]')
    response.end(JSON.stringify({ path: request.url, authorization: request.headers.authorization ?? null }))
  })
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  // A websocket as far as a proxy can tell: it is taken, and nothing is said in it.
  server.on('upgrade', (_request, socket) => {
    socket.on('error', () => {})
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
    )
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done())
      for (const socket of sockets) socket.destroy()
    })
  return { port: (server.address() as AddressInfo).port, close }
}

export async function openFakeHost(): Promise<FakeHost> {
  const notebook = await openNotebook()
  const address = { host: '127.0.0.1', port: notebook.port }
  const called = async <T>(verb: Verb, name: string, work: () => T): Promise<T> => {
    fake.calls.push({ verb, name })
    const failing = fake.fail?.(verb, name) ?? null
    if (failing && !failing.after) throw failing.error
    const done = work()
    if (failing) throw failing.error
    return done
  }
  const missing: WorkspaceReading = { phase: 'missing', reason: null, address: null, handle: null, events: [] }
  const readingOf = (name: string): WorkspaceReading => {
    const one = fake.there.get(name)
    if (!one) return missing
    const phase = fake.path[one.readings] ?? 'ready'
    one.readings += 1
    const reason = phase === 'queued' ? 'Nothing is free just now.' : null
    return { phase, reason, address: phase === 'ready' ? address : null, handle: `handle of ${name}`, events: [] }
  }
  const host: WorkspaceHost = {
    start: (_scope, person, { name, volume, secret }) =>
      called('start', name, () => {
        if (!fake.there.has(name)) fake.there.set(name, { owner: person.username, readings: 0, secret })
        if (volume) fake.volumes.add(volume.name)
        return readingOf(name)
      }),
    read: (_scope, _person, { name }) => called('read', name, () => readingOf(name)),
    stop: (_scope, _person, { name }) =>
      called('stop', name, () => {
        fake.there.delete(name)
        return missing
      }),
    remove: (_scope, _person, { name }) => called('remove', name, () => undefined),
    removeVolume: (_scope, _person, { name }) =>
      called('removeVolume', name, () => {
        fake.volumes.delete(name)
      }),
    use: async () => fake.use,
    async *logs() {
      yield 'a line of its log\n'
    },
  }
  const fake: FakeHost = {
    host,
    there: new Map(),
    volumes: new Set(),
    calls: [],
    fail: null,
    path: ['queued', 'starting'],
    use: { gpuPercent: null, children: [] },
    // Whoever may is taken in at once: accounts are no part of what is made up here.
    open: (opening) => ({
      ...openEngine(opening),
      workspaces: host,
      carryThrough: async (_scope, { mayUse }) => (mayUse ? 'account acme' : 'nothing'),
    }),
    close: notebook.close,
  }
  return fake
}

export const refused = (message = 'It does not want to.') => new EngineError('refused', message)
export const away = () => new EngineError('unreachable', 'Nothing listens at its address.')
