import { setMaxListeners } from 'node:events'
import type { z } from 'zod'
import type { Http } from '../http.ts'
import { openHttp, parseJson, refusalOf } from '../http.ts'
import { EngineError, type Opening } from '../port.ts'
import { shaped } from '../shape.ts'
import { Status } from './objects.ts'

export type Sent = { method?: string; body?: unknown; type?: string }

/** A Kubernetes API server, asked with somebody's token. Paths are from its root on. */
export type Asker = {
  /** What there is at a path, null for 404. `what` names it in an error. Errors: `EngineError`. */
  read<T>(schema: z.ZodType<T>, path: string, what: string, signal: AbortSignal): Promise<T | null>
  /** The status and what was answered, whatever it is but 401, 403 and 5xx. Errors: `EngineError`. */
  send(path: string, sent: Sent, signal: AbortSignal): Promise<{ status: number; body: unknown }>
  /** The lines of a stream on a connection of its own: those for questions are few, and it would keep one of them. */
  lines(path: string, signal: AbortSignal): AsyncIterable<string>
  /** The bytes of an answer as they come, likewise. Errors: what the status means, with what was said of it. */
  bytes(path: string, signal: AbortSignal): AsyncIterable<Buffer>
}

/** A Kubernetes API server with the platform's credential. */
export type Kube = Asker & {
  /** The same one, asked by somebody else. */
  as(token: string): Asker
  close(): void
}

/** What is read of a refusal at most, in bytes. */
const mostOfRefusal = 64 * 1024

/** Errors: `refused` without a bearer token or an address. */
export function openKube(opening: Opening, http: Http): Kube {
  const { credential, address } = opening
  if (credential.type !== 'bearer') throw new EngineError('refused', 'A Kubernetes API server is asked with a token.')
  if (address === null) throw new EngineError('refused', 'A Kubernetes API server has an address.')
  const asker = (token: string) => askerOf(opening, address, http, token)
  return { ...asker(credential.token), as: asker, close: () => http.close() }
}

function askerOf({ ca, allowed }: Opening, address: string, http: Http, token: string): Asker {
  const headers = { authorization: `Bearer ${token}` }

  const send = async (path: string, { method = 'GET', body, type }: Sent, signal: AbortSignal) => {
    // One reading is many questions at once, and all of them end with its signal.
    setMaxListeners(0, signal)
    const sent = { method, body, signal, headers: { ...headers, ...(type && { 'content-type': type }) } }
    const { status, text } = await http.ask(path, sent)
    if (status === 401 || status === 403 || status >= 500 || status < 200) throw refusalOf(status, messageIn(text))
    if (status < 300) return { status, body: text === '' ? null : parseJson<unknown>(text) }
    return { status, body: messageIn(text) }
  }

  return {
    send,
    async read(schema, path, what, signal) {
      const { status, body } = await send(path, {}, signal)
      if (status === 404) return null
      return shaped(schema, bodyOf({ status, body }), what)
    },
    async *lines(path, signal) {
      const own = openHttp(address, ca, allowed)
      try {
        yield* own.lines(path, { headers, signal })
      } finally {
        own.close()
      }
    },
    async *bytes(path, signal) {
      const own = openHttp(address, ca, allowed)
      try {
        const { status, pieces } = await own.stream(path, { headers: { ...headers, accept: '*/*' }, signal })
        if (status < 200 || status > 299) throw refusalOf(status, messageIn(await beginningOf(pieces)))
        yield* pieces
      } finally {
        own.close()
      }
    },
  }
}

/** The body of an answer that did what it was asked. Errors: what the status means. */
export function bodyOf({ status, body }: { status: number; body: unknown }): unknown {
  if (status > 299) throw refusalOf(status, typeof body === 'string' ? body : '')
  return body
}

async function beginningOf(pieces: AsyncIterable<Buffer>): Promise<string> {
  const read: Buffer[] = []
  let size = 0
  for await (const each of pieces) {
    read.push(each)
    size += each.length
    if (size >= mostOfRefusal) break
  }
  return Buffer.concat(read).toString('utf8')
}

/** A bare failure (a proxy's page) is shown as it is; Kubernetes has a sentence within a Status. */
function messageIn(text: string): string {
  try {
    return Status.parse(JSON.parse(text)).message
  } catch {
    return text
  }
}

/** A piece of a path. */
export const piece = encodeURIComponent
