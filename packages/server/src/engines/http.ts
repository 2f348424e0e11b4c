import { lookup as resolveName } from 'node:dns'
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { isIP, type LookupFunction, type Socket } from 'node:net'
import { without } from '../platform/secrets/without.ts'
import { type Allowed, EngineError } from './port.ts'
import { wordsIn } from './words.ts'

export type Asked = {
  method?: string
  headers?: Record<string, string>
  /** Sent as JSON, unless it is text already. */
  body?: unknown
  signal: AbortSignal
  /** Bytes; more is garbage. */
  most?: number
}
export type Answered = { status: number; headers: IncomingMessage['headers']; text: string }
export type Streamed = { status: number; headers: IncomingMessage['headers']; pieces: AsyncIterable<Buffer> }

/** The one way out to an engine: only to permitted addresses, without following redirects, with a bound on what is read. */
export type Http = {
  /** Any answer at all. Errors: `unreachable`, `slow` (the signal), `garbage` (too long). */
  ask(path: string, asked: Asked): Promise<Answered>
  /** An answer of 2xx that is JSON. Errors: as `ask`, and `unauthorised`, `not_found`, `refused`, `garbage`. */
  json<T>(path: string, asked: Asked): Promise<T>
  /** The lines of an answer, as they come, until the signal. Errors: as `json`. */
  lines(path: string, asked: Asked): AsyncIterable<string>
  /** Any answer at all, as it comes, until the signal; it is ended by whoever stops reading. Errors: as `ask`, at each piece. */
  stream(path: string, asked: Asked): Promise<Streamed>
  close(): void
}

const megabyte = 1024 * 1024

type Options = {
  /** Connections at once. */
  sockets?: number
  /** The setting that names what is permitted, for whoever is refused. */
  setting?: string
  /** Milliseconds after which a connection that is not used is closed. */
  idle?: number
  /** A request that finds a kept connection closed is made again on a new one: only where repeating it does no harm. */
  repeatable?: boolean
}

/** `address` is the base of every path. `ca` is in PEM; null: the authorities that the system knows. */
export function openHttp(
  address: string,
  ca: string | null,
  allowed: Allowed,
  { sockets = 64, setting = 'ENGINE_ADDRESSES', idle, repeatable = false }: Options = {},
): Http {
  const base = new URL(address)
  const host = base.hostname.replace(/^\[|\]$/g, '')
  const secure = base.protocol === 'https:'
  // The address that was checked is the one that is connected to: a name that answers differently the second time gains nothing.
  const lookup: LookupFunction = (name, options, done) =>
    resolveName(name, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '', 0)
      const first = found.find(({ address: ip }) => allowed.permits(name, ip))
      if (!first) return done(notAllowed(setting), '', 0)
      if (options.all) return done(null, [first])
      return done(null, first.address, first.family)
    })
  // A watch keeps its connection: there are as many of these as are asked for.
  const settings = { keepAlive: true, maxSockets: sockets, lookup, ...(idle !== undefined && { timeout: idle }) }
  const agent = secure ? new HttpsAgent({ ...settings, ...(ca !== null && { ca }) }) : new HttpAgent(settings)
  const prefix = base.pathname.replace(/\/$/, '')

  const open = (path: string, asked: Asked): Promise<IncomingMessage> => {
    const { method = 'GET', headers = {}, body, signal } = asked
    let begun = false
    return new Promise((done, failed) => {
      if (isIP(host) && !allowed.permits(host, host)) return failed(notAllowed(setting))
      const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
      const request = (secure ? requestHttps : requestHttp)(
        {
          host,
          port: base.port || (secure ? 443 : 80),
          path: prefix + path,
          method,
          agent: agent as HttpAgent,
          signal,
          headers: {
            accept: 'application/json',
            ...(payload !== undefined && {
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(payload),
            }),
            ...headers,
          },
        },
        (response) => {
          begun = true
          done(response)
        },
      )
      request.on('socket', heedErrors)
      request.on('error', (error: NodeJS.ErrnoException) => {
        const stale = repeatable && !begun && request.reusedSocket && error.code === 'ECONNRESET' && !signal.aborted
        if (stale) open(path, asked).then(done, failed)
        else failed(errorOf(error, signal))
      })
      request.end(payload)
    })
  }

  const ask = async (path: string, asked: Asked): Promise<Answered> => {
    const response = await open(path, asked)
    const most = asked.most ?? 64 * megabyte
    const chunks: Buffer[] = []
    let size = 0
    try {
      for await (const chunk of response) {
        size += (chunk as Buffer).length
        if (size > most) throw new EngineError('garbage', `It sent more than ${Math.round(most / megabyte)} MB.`)
        chunks.push(chunk as Buffer)
      }
    } catch (error) {
      response.destroy()
      throw errorOf(error as Error, asked.signal)
    }
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      text: Buffer.concat(chunks).toString('utf8'),
    }
  }

  return {
    ask,
    async json<T>(path: string, asked: Asked) {
      const { status, text } = await ask(path, asked)
      if (status < 200 || status > 299) throw refusalOf(status, text, secretIn(asked.headers))
      return parseJson<T>(text)
    },
    async *lines(path, asked) {
      const response = await open(path, asked)
      const status = response.statusCode ?? 0
      if (status < 200 || status > 299) {
        response.resume()
        throw refusalOf(status, '')
      }
      let rest = ''
      try {
        for await (const chunk of response.setEncoding('utf8')) {
          rest += chunk
          if (rest.length > 16 * megabyte) throw new EngineError('garbage', 'It sent a line without an end.')
          const lines = rest.split('\n')
          rest = lines.pop() ?? ''
          for (const line of lines) if (line !== '') yield line
        }
      } catch (error) {
        throw errorOf(error as Error, asked.signal)
      } finally {
        response.destroy()
      }
    },
    async stream(path, asked) {
      const response = await open(path, asked)
      return {
        status: response.statusCode ?? 0,
        headers: response.headers,
        pieces: piecesOf(response, asked.signal),
      }
    },
    close: () => agent.destroy(),
  }
}

const heeded = new WeakSet<Socket>()

/** A connection that is aborted while it goes back to the pool tells its error to nobody, and would end the process. */
function heedErrors(socket: Socket): void {
  if (heeded.has(socket)) return
  heeded.add(socket)
  socket.on('error', () => {})
}

async function* piecesOf(response: IncomingMessage, signal: AbortSignal): AsyncIterable<Buffer> {
  try {
    for await (const piece of response) yield piece as Buffer
  } catch (error) {
    throw errorOf(error as Error, signal)
  } finally {
    response.destroy()
  }
}

/** Errors: `garbage`. */
export function parseJson<T>(text: string): T {
  try {
    return JSON.parse(text) as T
  } catch {
    throw new EngineError('garbage', 'What it answered is not JSON.')
  }
}

/** The words of a refusal, where it is an object of the usual shapes around them and not too long for one; else as it is. */
function messageIn(text: string): string {
  if (text.length > megabyte) return text
  try {
    const { error, message, detail } = JSON.parse(text) as Record<string, unknown>
    const within = typeof error === 'object' && error !== null ? (error as { message?: unknown }).message : error
    return ([within, message, detail].find((words) => typeof words === 'string' && words !== '') as string) ?? text
  } catch {
    return text
  }
}

/** The credential that a request is sent with: what answers it may say it again. */
export const secretIn = (headers: Asked['headers']): string | null =>
  /^Bearer (.+)$/.exec(headers?.authorization ?? '')?.[1] ?? null

/** What a status of refusal means; `secret` is told to nobody, whatever the text says. */
export function refusalOf(status: number, text: string, secret: string | null = null): EngineError {
  const said = wordsIn(without(secret, messageIn(text)).replace(/[^\x20-\x7e…]+/g, ' '))
  if (status === 401) return new EngineError('unauthorised', 'It does not know our credential (401).', { said })
  if (status === 403) return new EngineError('unauthorised', 'Our credential does not permit this (403).', { said })
  if (status === 404) return new EngineError('not_found', 'It has no such thing (404).', { said })
  return new EngineError('refused', `It answered ${status}.`, { said })
}

const notAllowed = (setting: string) =>
  new EngineError('unreachable', `Its address may not be reached from here (${setting}).`)

const sentences: Record<string, string> = {
  ECONNREFUSED: 'Nothing listens at its address.',
  ECONNRESET: 'It broke the connection off.',
  ENOTFOUND: 'The name of its address is not known.',
  EAI_AGAIN: 'The name of its address could not be looked up just now.',
  EHOSTUNREACH: 'There is no way to its address.',
  ENETUNREACH: 'There is no way to its address.',
  ETIMEDOUT: 'Its address does not answer.',
  EPROTO: 'It does not speak TLS at this address, or not one we share.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'Its certificate is self-signed: give its certificate authority.',
  SELF_SIGNED_CERT_IN_CHAIN:
    'Its certificate is of an authority that is not known here: give its certificate authority.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'Its certificate is of an authority that is not known here: give its certificate authority.',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'Its certificate is of an authority that is not known here: give its certificate authority.',
  CERT_HAS_EXPIRED: 'Its certificate has expired.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Its certificate is for another name.',
}

function errorOf(error: Error & { code?: string }, signal: AbortSignal): EngineError {
  if (error instanceof EngineError) return error
  if (signal.aborted) return new EngineError('slow', 'It did not answer in time.', { cause: error })
  if (error.code?.startsWith('HPE_'))
    return new EngineError('garbage', 'What it answered is not HTTP.', { cause: error })
  const told = sentences[error.code ?? ''] ?? `The connection failed (${error.code ?? error.name}).`
  return new EngineError('unreachable', told, { cause: error })
}
