import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { until } from './engines.ts'

export type NotebookServer = { host: string; port: number; secret: string }

/** Asks a notebook server as its proxy does, and answers JSON, or null where it answers nothing. Throws on a refusal. */
export async function askServer(
  { host, port, secret }: NotebookServer,
  method: string,
  path: string,
  body?: unknown,
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever it answers
): Promise<any> {
  const response = await fetch(`http://${host}:${port}${path}`, {
    method,
    headers: { authorization: `token ${secret}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`)
  return text === '' ? null : JSON.parse(text)
}

/** A websocket to a notebook server, as far as a test needs one: it says something, and need not hear. */
export type Said = { say(message: unknown): void; heard(): string; close(): void }
export function openSocket({ host, port, secret }: NotebookServer, path: string): Promise<Said> {
  const headers = {
    authorization: `token ${secret}`,
    origin: `http://${host}:${port}`,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
  }
  return new Promise((done, failed) => {
    const asking = request({ host, port, path, headers })
    asking.on('error', failed)
    asking.on('response', ({ statusCode }) => failed(new Error(`${path}: ${statusCode}`)))
    asking.on('upgrade', (_response, socket) => {
      let heard = ''
      socket.on('data', (bytes: Buffer) => {
        heard += bytes.toString('latin1')
      })
      socket.on('error', () => {})
      done({
        say: (message) => void socket.write(frame(JSON.stringify(message))),
        heard: () => heard,
        close: () => void socket.destroy(),
      })
    })
    asking.end()
  })
}

/** One text message of less than 64 KiB, masked as a client has to (RFC 6455, 5.2). */
function frame(text: string): Buffer {
  const payload = Buffer.from(text)
  const head = Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 0xff])
  const mask = randomBytes(4)
  return Buffer.concat([head, mask, payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))])
}

/** A request to a kernel (jupyter-client.readthedocs.io, “Messaging in Jupyter”). */
const messageOf = (msg_type: string, content: object) => ({
  header: { msg_id: randomBytes(8).toString('hex'), session: 's', username: '', msg_type, version: '5.3' },
  parent_header: {},
  metadata: {},
  content,
  buffers: [],
  channel: 'shell',
})

/** Begins a kernel and has it run something. Answers before that is done; the socket is what a page would hold. */
export async function runCell(server: NotebookServer, code: string): Promise<Said & { kernel: string }> {
  const { id } = await askServer(server, 'POST', '/api/kernels', {})
  const socket = await openSocket(server, `/api/kernels/${id}/channels`)
  // As pages do: what a kernel says before its server listens is lost, and that it is busy would be said once.
  await until(
    () => {
      socket.say(messageOf('kernel_info_request', {}))
      return askServer(server, 'GET', `/api/kernels/${id}`)
    },
    ({ execution_state: state }) => state === 'idle',
    { seconds: 90, every: 300 },
  )
  const options = { silent: false, store_history: false, user_expressions: {}, allow_stdin: false, stop_on_error: true }
  socket.say(messageOf('execute_request', { code, ...options }))
  return { ...socket, kernel: id }
}
