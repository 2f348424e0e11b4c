// The same text stands in token-broker and log-agent, so that each can be read and carried alone; a test holds them together.
import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'

/** An answer that is no: `{"error": code, "message"}`. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message)
  }
}

export type Asked = {
  method: string
  path: string
  query: URLSearchParams
  body: string
  /** The caller’s. */
  address: string
}
type Behind = {
  host: string
  port: number
  tls: { cert: Buffer; key: Buffer } | null
  secret: Buffer
  /** Answers, or throws a `Refusal`; only for callers that have the secret. */
  answer(asked: Asked, response: ServerResponse): Promise<void>
  /** Somebody without the secret was sent away. */
  turnedAway(address: string): void
}
export type Door = { url: string; close(): Promise<void> }

const longestBody = 4096
const hash = (text: string | Buffer) => createHash('sha256').update(text).digest()

/** Listens. Throws where it cannot. */
export async function openDoor({ host, port, tls, secret, answer, turnedAway }: Behind): Promise<Door> {
  const expected = hash(secret)
  const mayEnter = ({ headers }: IncomingMessage): boolean => {
    const [, given] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? []
    return timingSafeEqual(hash(given ?? ''), expected) && given !== undefined
  }
  const admit = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!URL.canParse(request.url ?? '', 'http://here'))
      throw new Refusal(400, 'bad_request', 'The path cannot be understood.')
    const url = new URL(request.url ?? '', 'http://here')
    const method = request.method ?? 'GET'
    if (url.pathname === '/healthz' && method === 'GET') return sendJson(response, 200, { ok: true })
    const address = request.socket.remoteAddress ?? ''
    if (!mayEnter(request)) {
      turnedAway(address)
      throw new Refusal(401, 'unauthorised', 'The secret is missing or wrong.', { 'www-authenticate': 'Bearer' })
    }
    const body = await readBody(request)
    await answer({ method, path: url.pathname, query: url.searchParams, body, address }, response)
  }
  const open = new Set<Socket>()
  const busy = new Set<Socket>()
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request
    busy.add(socket)
    response.on('close', () => {
      busy.delete(socket)
      if (!server.listening) socket.end()
    })
    // A client that leaves is no error of ours.
    response.on('error', () => {})
    admit(request, response).catch((error) => sendError(request, response, error))
  }
  const settings = { requestTimeout: 10_000, headersTimeout: 10_000, connectionsCheckingInterval: 2_000 }
  const server = tls ? createSecureServer({ ...settings, ...tls }, listener) : createServer(settings, listener)
  server.keepAliveTimeout = 30_000
  server.maxConnections = 1_000
  server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
  })
  await new Promise<void>((done, failed) => {
    server.once('error', failed)
    server.listen(port, host, () => done())
  })
  const { port: found } = server.address() as AddressInfo
  return {
    url: `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${found}`,
    /** What is being answered is answered first, for 5 s at most. */
    close: () =>
      new Promise((done) => {
        const late = setTimeout(() => server.closeAllConnections(), 5_000)
        server.close(() => {
          clearTimeout(late)
          done()
        })
        // Also those that never asked anything, which Node takes for busy.
        for (const socket of open) if (!busy.has(socket)) socket.destroy()
      }),
  }
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  const text = JSON.stringify(body)
  const type = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  response.writeHead(status, { ...type, 'content-length': Buffer.byteLength(text), ...headers }).end(text)
}

function sendError(request: IncomingMessage, response: ServerResponse, thrown: unknown): void {
  if (response.headersSent) return void response.destroy()
  const refusal = thrown instanceof Refusal ? thrown : new Refusal(500, 'failed', 'Something went wrong here.')
  if (refusal !== thrown) process.stderr.write(`${(thrown as Error)?.stack ?? thrown}\n`)
  // Whatever else is on its way is not read: the connection ends with this answer.
  const rest: Record<string, string> = request.complete ? {} : { connection: 'close' }
  sendJson(response, refusal.status, { error: refusal.code, message: refusal.message }, { ...refusal.headers, ...rest })
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > longestBody) throw new Refusal(413, 'too_long', `A body may have ${longestBody} bytes.`)
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}
