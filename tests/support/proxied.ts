import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, request, type Server } from 'node:http'
import { type AddressInfo, connect, type createServer as createNetServer, type Socket } from 'node:net'
import { openLog } from '../../packages/server/src/log.ts'
import { openEntrance } from '../../packages/server/src/platform/http/entrance.ts'
import type { Admission, Gate, Refusal } from '../../packages/server/src/platform/proxy/gate.ts'
import { openProxy, type ReverseProxyOptions } from '../../packages/server/src/platform/proxy/proxy.ts'
import { until } from './engines.ts'

export const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port

/** Listens on loopback until the test ends. */
export async function listening<S extends Server | ReturnType<typeof createNetServer>>(
  server: S,
  ended: (end: () => Promise<void>) => void,
): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ended(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return portOf(server)
}

export const host = 'ws-a.localhost'
/** The tag follows two headers of the test's own, as a session would. */
export const tagOf = ({ headers }: IncomingMessage) => ({
  workspaceId: String(headers['x-test-workspace'] ?? 'a'),
  userId: String(headers['x-test-user'] ?? 'ada'),
  sessionId: 'session',
})

type Given = Partial<ReverseProxyOptions> & {
  admit?: (request: IncomingMessage, usual: Admission) => ReturnType<Gate['admit']>
  upstream?: { host: string; port: number }
}

/** The proxy with everything it stands in: an entrance that listens, an application beside it, an upstream behind it. */
export async function openProxied(
  behind: RequestListener | number,
  ended: (end: () => Promise<void>) => void,
  { admit, upstream: other, ...options }: Given = {},
) {
  const server = typeof behind === 'number' ? null : createServer(behind)
  const upstreamPort = server === null ? (behind as number) : await listening(server, ended)
  const upstream = other ?? { host: '127.0.0.1', port: upstreamPort }
  let used = 0
  const gate: Gate = {
    concerns: (name) => name?.startsWith('ws-') ?? false,
    admit(asked) {
      const usual: Admission = {
        upstream,
        headers: { authorization: 'token of-the-notebook' },
        tag: tagOf(asked),
        origin: `http://${asked.headers.host}`,
        used: () => {
          used += 1
        },
      }
      return admit ? admit(asked, usual) : usual
    },
  }
  const proxy = openProxy({
    gate,
    log: openLog('silent'),
    permits: () => true,
    ownCookies: ['tenantry', '__Host-tenantry', 'tenantry-workspace'],
    trustForwarded: false,
    ...options,
  })
  const app = openEntrance(proxy)((_request, response) => response.end('the application'), {})
  const port = await listening(app, ended)
  ended(() => proxy.close())
  return { proxy, port, server, upstreamPort, host: `${host}:${port}`, used: () => used }
}

/** A bare connection, which may break off at any time. */
export function dial(port: number): Socket {
  return connect(port, '127.0.0.1').on('error', () => {})
}

/** Sends bytes as they are and answers everything that comes back until the connection is closed, or `enough` of it. */
export async function sendRaw(port: number, bytes: string, enough?: (text: string) => boolean): Promise<string> {
  const socket = dial(port)
  let text = ''
  socket.write(bytes, 'latin1')
  await new Promise<void>((done) => {
    socket.on('error', () => done()).on('close', () => done())
    socket.on('data', (piece) => {
      text += piece.toString('latin1')
      if (enough?.(text)) done()
    })
  })
  socket.destroy()
  return text
}

export type Got = { status: number; headers: IncomingMessage['headers']; raw: string[]; body: string }
type Asked = { method?: string; path?: string; headers?: Record<string, string | string[]>; body?: string | Buffer }

/** An ordinary request to the workspace, over a connection of its own. */
export function get(port: number, { method = 'GET', path = '/', headers = {}, body }: Asked = {}): Promise<Got> {
  return new Promise((done, failed) => {
    const sent = request(
      { host: '127.0.0.1', port, method, path, agent: false, headers: { host: `${host}:${port}`, ...headers } },
      (answer) => {
        let text = ''
        answer.setEncoding('latin1').on('data', (piece) => {
          text += piece
        })
        answer.on('error', failed)
        answer.on('end', () =>
          done({ status: answer.statusCode ?? 0, headers: answer.headers, raw: answer.rawHeaders, body: text }),
        )
      },
    )
    sent.on('error', failed)
    sent.end(body)
  })
}

export const megabyte = 1024 * 1024
/** So many megazeros, no faster than they are taken. */
export async function pour(
  into: { write(piece: Buffer): boolean; once(event: 'drain', done: () => void): unknown },
  sent: () => void,
  megazeros = 200,
) {
  for (let count = 0; count < megazeros; count += 1) {
    sent()
    if (!into.write(zeros)) await new Promise<void>((done) => into.once('drain', done))
  }
}
const zeros = Buffer.alloc(megabyte)

/** Waits until a count has begun and no longer changes, and answers it. */
export async function atRest(look: () => number): Promise<number> {
  let [before, same] = [0, 0]
  await until(
    async () => {
      same = look() > 0 && look() === before ? same + 1 : 0
      before = look()
      return same
    },
    (times) => times === 3,
    { every: 200 },
  )
  return before
}

export const refusal: Refusal = { status: 403, body: '<p>Not yours.</p>' }
