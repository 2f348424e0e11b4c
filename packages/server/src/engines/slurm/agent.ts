import { openHttp, parseJson } from '../http.ts'
import { EngineError, type Opening, type OutputPiece } from '../port.ts'
import { textOf } from './values.ts'

/** The log agent beside the cluster's file system: reads what a user of the cluster may read there, and nothing else. */
export type Agent = {
  /**
   * A file from a byte on, or, below 0, so many before its end; a piece of nothing where it holds nothing. Goes on as it grows
   * while `follow`, until the signal. Errors: `not_found`, `refused`, and those of a connection.
   */
  read(
    user: string,
    path: string,
    asked: { from: number; follow: boolean },
    signal: AbortSignal,
  ): AsyncIterable<OutputPiece>
  /** The beginning of a file as text, `most` bytes of it; null where there is none. */
  beginning(user: string, path: string, most: number, signal: AbortSignal): Promise<string | null>
  /** Whether there is such a file or folder. Errors: `refused` where the user may not look. */
  exists(user: string, path: string, signal: AbortSignal): Promise<boolean>
  /** The home of a user of the cluster; null where the agent does not tell. Errors: `refused`. */
  home(user: string, signal: AbortSignal): Promise<string | null>
  close(): void
}

/** How long to wait before a file is followed anew where the agent ended it. Milliseconds. */
const pause = 1_000

/** Null where the credential names no agent. */
export function openAgent({ credential, ca, allowed }: Pick<Opening, 'credential' | 'ca' | 'allowed'>): Agent | null {
  if (credential.type !== 'slurm_broker' || credential.logAgentUrl === null || credential.logAgentSecret === null) {
    return null
  }
  const http = openHttp(credential.logAgentUrl, ca, allowed)
  const headers = { authorization: `Bearer ${credential.logAgentSecret}` }
  const told = async <T>(asked: Promise<T>): Promise<T> =>
    asked.catch((error: EngineError) => {
      if (error.kind !== 'unreachable') throw error
      throw new EngineError('unreachable', `Its log agent cannot be asked. ${error.message}`, { cause: error })
    })

  async function* once(user: string, path: string, from: number, follow: boolean, signal: AbortSignal) {
    const query = new URLSearchParams({ user, path, from: String(from), follow: String(follow) })
    const answer = await told(http.stream(`/v1/file?${query}`, { headers, signal }))
    if (answer.status !== 200) throw await refusalOf(answer.status, answer.pieces)
    let at = countOf(answer.headers['x-from']) ?? Math.max(0, from)
    const size = countOf(answer.headers['x-size']) ?? at
    let any = false
    for await (const bytes of answer.pieces) {
      any = true
      yield { from: at, bytes, size: Math.max(size, at + bytes.length) }
      at += bytes.length
    }
    if (!any) yield { from: at, bytes: Buffer.alloc(0), size }
  }

  return {
    async *read(user, path, { from, follow }, signal) {
      let at = from
      try {
        for (;;) {
          for await (const piece of once(user, path, at, follow, signal)) {
            at = piece.from + piece.bytes.length
            yield piece
          }
          if (!follow) return
          await waited(pause, signal)
        }
      } catch (error) {
        // Whoever followed has seen enough.
        if (follow && signal.aborted) return
        throw error
      }
    },
    async beginning(user, path, most, signal) {
      const parts: Buffer[] = []
      let size = 0
      try {
        for await (const { bytes } of once(user, path, 0, false, signal)) {
          parts.push(bytes)
          size += bytes.length
          if (size >= most) break
        }
      } catch (error) {
        if ((error as EngineError).kind === 'not_found') return null
        throw error
      }
      return Buffer.concat(parts).subarray(0, most).toString('utf8')
    },
    async exists(user, path, signal) {
      const query = new URLSearchParams({ user, path })
      const { status, text } = await told(http.ask(`/v1/stat?${query}`, { headers, signal }))
      // 409: it is there, and is no file.
      if (status === 200 || status === 409) return true
      if (status === 404) return false
      throw refusalOfText(status, text)
    },
    async home(user, signal) {
      const { status, text } = await told(http.ask(`/v1/person?${new URLSearchParams({ user })}`, { headers, signal }))
      if (status === 404) return null
      if (status !== 200) throw refusalOfText(status, text)
      const home = textOf(parseJson<Record<string, unknown> | null>(text)?.home)
      return home.startsWith('/') ? home : null
    },
    close: () => http.close(),
  }
}

const countOf = (header: string | string[] | undefined): number | null =>
  typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : null

const waited = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise<void>((done) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      done()
    }
    const timer = setTimeout(end, milliseconds)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end)
  }).then(() => signal.throwIfAborted())

async function refusalOf(status: number, pieces: AsyncIterable<Buffer>): Promise<EngineError> {
  let said = ''
  for await (const piece of pieces) {
    said += piece.toString('utf8')
    if (said.length > 1_000) break
  }
  return refusalOfText(status, said)
}

function refusalOfText(status: number, text: string): EngineError {
  const said = text.slice(0, 300)
  if (status === 401) return new EngineError('unauthorised', 'Its log agent does not take our secret.', { said })
  if (status === 403 && /user_refused/.test(text)) {
    return new EngineError('refused', 'The cluster knows nobody of this name who may read there.', { said })
  }
  if (status === 403) return new EngineError('refused', 'You may not read this at the cluster.', { said })
  if (status === 404) return new EngineError('not_found', 'There is no such file yet.', { said })
  if (status === 409) return new EngineError('refused', 'What it writes to is no file that could be read.', { said })
  if (status === 429) return new EngineError('unreachable', 'Its log agent is asked for too much just now.', { said })
  return new EngineError('unreachable', `Its log agent answered ${status}.`, { said })
}
