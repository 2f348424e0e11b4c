import { type Http, parseJson, secretIn } from '../../engines/http.ts'
import { EngineError } from '../../engines/port.ts'
import { wordsIn } from '../../engines/words.ts'
import { without } from '../../platform/secrets/without.ts'
import { type Chunk, messageIn, openChunkReader, type StreamEvent } from './chunks.ts'

/** What an endpoint is asked, and how. */
export type Asking = {
  http: Http
  headers: Record<string, string>
  /** Below the base of its interface, such as `/chat/completions`. */
  path: string
  body: Record<string, unknown>
  /** Milliseconds without a word after which it is given up. */
  silence: number
  /** Ends it at once, at the endpoint as well. */
  signal: AbortSignal
}

/** An endpoint's own refusal, as it put it, but for the credential that it was asked with. */
export class EndpointRefused extends Error {
  readonly status: number
  readonly body: unknown
  /** Seconds to wait, where it said so. */
  readonly retryAfter: string | null
  constructor(status: number, body: unknown, retryAfter: string | null) {
    super(messageIn((body as { error?: unknown } | null)?.error ?? body))
    this.status = status
    this.body = body
    this.retryAfter = retryAfter
  }
}

const mostOfRefusal = 64 * 1024
/** Milliseconds that an endpoint may take to end after it said that it is done. */
const mostAfterDone = 1_000
const mostOfAnswer = 64 * 1024 * 1024
/** An answer that comes as a whole says nothing until it is there: it may take so many times a silence. */
const silencesForWhole = 5

/** Aborts with `signal`, and after a silence; `heard` puts that off. */
function openPatience(signal: AbortSignal, silence: number) {
  const given = new AbortController()
  const stop = () => given.abort()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  let timer = setTimeout(stop, silence)
  return {
    signal: given.signal,
    /** Resolves when it is aborted. */
    over: new Promise<void>((resolve) => given.signal.addEventListener('abort', () => resolve(), { once: true })),
    /** Lets go of the endpoint at once. */
    abandon: () => given.abort(),
    heard: () => timer.refresh(),
    /** So long from now, whatever is heard, and whoever else gave up. */
    within: (ms: number) => {
      signal.removeEventListener('abort', stop)
      clearTimeout(timer)
      timer = setTimeout(stop, ms)
    },
    end: () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    },
  }
}

const request = ({ headers, body }: Asking, accept: string) => ({
  method: 'POST',
  headers: { ...headers, accept },
  body: JSON.stringify(body),
})

type Listening = {
  /** The endpoint began to answer, with this status, what it was sent in the end. */
  begun?(status: number, body: Record<string, unknown>): void
  event(event: StreamEvent): void
  /** Waited for after each piece, where it answers a promise: the endpoint is not read meanwhile. */
  ready?(): Promise<void> | undefined
}

/** Endpoints that do not know how to be asked for the usage at the end of a stream, as older servers: theirs is estimated. */
const withoutUsage = new WeakSet<Http>()

/**
 * Has an endpoint answer in a stream, to its end. Where it refuses to be asked for the usage, it is asked once more without. Errors:
 * `EndpointRefused`; `EngineError` `unreachable`, `slow` (the silence, or the signal) and `garbage`; `Broken` where the stream
 * itself says that it broke.
 */
export async function streamAnswer(asking: Asking, listening: Listening): Promise<void> {
  const { http, body } = asking
  const plain = () => ({ ...asking, body: notAskedForUsage(body) })
  if (withoutUsage.has(http)) return streamOnce(plain(), listening)
  try {
    await streamOnce(asking, listening)
  } catch (error) {
    if (!(error instanceof EndpointRefused && minds(error, body))) throw error
    const begun: Listening['begun'] = (status, sent) => {
      withoutUsage.add(http)
      listening.begun?.(status, sent)
    }
    await streamOnce(plain(), { ...listening, begun })
  }
}

/** Whether what is refused is our asking for the usage: not where whoever asks gave options of their own. */
const minds = ({ status, body }: EndpointRefused, { stream_options: options }: Record<string, unknown>): boolean =>
  [400, 422].includes(status) &&
  JSON.stringify(options) === '{"include_usage":true}' &&
  /stream_options|include_usage/.test(JSON.stringify(body))

function notAskedForUsage({ stream_options: options, ...rest }: Record<string, unknown>): Record<string, unknown> {
  const { include_usage: _, ...others } = (options ?? {}) as Record<string, unknown>
  return Object.keys(others).length > 0 ? { ...rest, stream_options: others } : rest
}

async function streamOnce(asking: Asking, { begun, event, ready }: Listening): Promise<void> {
  const { http, path, silence } = asking
  const secret = secretIn(asking.headers)
  const patience = openPatience(asking.signal, silence)
  let rest: AsyncIterator<Buffer> | null = null
  try {
    const { status, headers, pieces } = await http.stream(path, {
      ...request(asking, 'text/event-stream'),
      signal: patience.signal,
    })
    rest = pieces[Symbol.asyncIterator]()
    patience.heard()
    if (status < 200 || status > 299) throw await refusalOf(secret, status, headers, pieces)
    if (!String(headers['content-type']).startsWith('text/event-stream'))
      throw new EngineError('garbage', 'It did not answer in a stream.')
    if ((headers['content-encoding'] ?? 'identity') !== 'identity')
      throw new EngineError('garbage', 'It compressed its answer, which nobody asked it to.')
    begun?.(status, asking.body)
    const reader = openChunkReader()
    for (let next = await rest.next(); !next.done; next = await rest.next()) {
      patience.heard()
      for (const one of reader.add(next.value)) {
        if (one.chunk?.error) throw new Broken(readRefusal(JSON.stringify(one.chunk.error), secret))
        event(one)
        if (one.chunk === null) {
          void readOut(rest, patience)
          rest = null
          return
        }
      }
      const full = ready?.()
      if (full) await Promise.race([full, patience.over])
    }
    rest = null
    patience.end()
  } finally {
    if (rest) {
      patience.abandon()
      patience.end()
    }
  }
}

/** To its end, soon: only a connection that was read to the end serves the next request. */
async function readOut(rest: AsyncIterator<Buffer>, patience: ReturnType<typeof openPatience>): Promise<void> {
  patience.within(mostAfterDone)
  try {
    while (!(await rest.next()).done);
  } catch {
    // It is given up: the next request has a connection of its own.
  } finally {
    patience.end()
  }
}

/** A stream that says in its midst that it broke. */
export class Broken extends Error {
  readonly error: unknown
  constructor(error: unknown) {
    super(messageIn(error))
    this.error = error
  }
}

/** Has an endpoint answer at once. Errors: as `streamAnswer`. */
export async function askAnswer(
  asking: Asking,
): Promise<{ status: number; text: string; answer: Record<string, unknown> }> {
  const { http, path, silence } = asking
  const secret = secretIn(asking.headers)
  const patience = openPatience(asking.signal, silence * silencesForWhole)
  try {
    const { status, headers, text } = await http.ask(path, {
      ...request(asking, 'application/json'),
      signal: patience.signal,
      most: mostOfAnswer,
    })
    if (status < 200 || status > 299)
      throw new EndpointRefused(status, readRefusal(text, secret), retryAfterIn(headers))
    const answer = parseJson<unknown>(text)
    if (typeof answer !== 'object' || answer === null) throw new EngineError('garbage', 'What it answered is not JSON.')
    // Some call a refusal a success.
    const told = (answer as Chunk).error ? without(secret, text) : text
    return { status, text: told, answer: answer as Record<string, unknown> }
  } finally {
    patience.end()
  }
}

type Headers = Record<string, string | string[] | undefined>
const retryAfterIn = (headers: Headers): string | null => {
  const given = headers['retry-after']
  return typeof given === 'string' && /^\d{1,6}$/.test(given) ? given : null
}

async function refusalOf(
  secret: string | null,
  status: number,
  headers: Headers,
  pieces: AsyncIterable<Buffer>,
): Promise<EndpointRefused> {
  const read: Buffer[] = []
  let size = 0
  for await (const piece of pieces) {
    read.push(piece)
    size += piece.length
    if (size > mostOfRefusal) break
  }
  const text = Buffer.concat(read).toString('utf8')
  return new EndpointRefused(status, readRefusal(text, secret), retryAfterIn(headers))
}

/** JSON where it is, else its first words without markup; either without the secret, which is taken out before anything is cut. */
function readRefusal(text: string, secret: string | null): unknown {
  const said = without(secret, text.slice(0, mostOfRefusal))
  try {
    // JSON may write any character as its number.
    return JSON.parse(said, (_, value) => (typeof value === 'string' ? without(secret, value) : value))
  } catch {
    return wordsIn(said)
  }
}
