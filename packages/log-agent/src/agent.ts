import type { ServerResponse } from 'node:http'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Config } from './config.ts'
import { type Asked, Refusal, sendJson } from './door.ts'
import { isOfTheSystem, isUserName, type People, type Person } from './people.ts'
import type { Denied, Opened, Reader } from './reader.ts'

/** One line of the record for every file that was asked for. It never holds what stands in it. */
export type Note = { time: string; user: string; path: string; address: string; result: string }
type Rules = Pick<Config, 'minUid' | 'maxFollow' | 'maxOpen' | 'maxOpenPerUser'>

const furthestFromEnd = 1_000_000
const longestPath = 4096
/** Seconds that the end of an answer has to be read. */
const longestEnd = 30

const refusals: Record<Denied, Refusal> = {
  not_found: new Refusal(404, 'not_found', 'There is no such file.'),
  forbidden: new Refusal(403, 'forbidden', 'They may not read it.'),
  not_a_file: new Refusal(409, 'not_a_file', 'It is not a regular file.'),
  slow: new Refusal(503, 'unavailable', 'Opening it takes too long.', { 'retry-after': '5' }),
  failed: new Refusal(503, 'unavailable', 'It cannot be read at the moment.', { 'retry-after': '5' }),
}

/**
 * Answers `GET /v1/file`, `/v1/stat` and `/v1/person`. `ownUid`: the only user whose files are read; null: anybody’s, as root.
 * `lookEvery`: milliseconds between looks whether a file that says nothing is still the one at its path.
 */
export function openAgent(
  rules: Rules,
  people: People,
  reader: Reader,
  note: (line: Note) => void,
  { ownUid = process.getuid?.() || null, lookEvery = 5_000 }: { ownUid?: number | null; lookEvery?: number } = {},
) {
  const places = openPlaces(rules)

  const personNamed = async (name: string): Promise<Person> => {
    const person = await people.find(name).catch(() => {
      throw new Refusal(503, 'unavailable', 'Users cannot be looked up at the moment.', { 'retry-after': '5' })
    })
    const refuse = (why: string) => new Refusal(403, 'user_refused', `Nothing is read for ${name}: ${why}.`)
    if (person === null) throw refuse('nobody here has that name')
    if (isOfTheSystem(person, rules.minUid)) throw refuse('it is a user of the system')
    if (ownUid !== null && person.uid !== ownUid) throw refuse('this agent does not run as root, and is not theirs')
    return person
  }

  const readFile = async (person: Person, path: string, query: URLSearchParams, response: ServerResponse) => {
    const opened = await reader.open(person, path, ...readRange(query))
    if (typeof opened === 'string') throw refusals[opened]
    return () => send(opened, person, path, query.get('follow') === 'true', response)
  }

  const readStat = async (person: Person, path: string, response: ServerResponse) => {
    const about = await reader.stat(person, path)
    if (typeof about === 'string') throw refusals[about]
    return async () => sendJson(response, 200, { size: about.size, mtime: about.mtime.toISOString() })
  }

  /** Until its end; while followed until the client leaves, the file is another, or it has lasted long enough. */
  const send = async (opened: Opened, person: Person, path: string, follow: boolean, response: ServerResponse) => {
    const { size, start } = opened
    const through = bounded(opened, follow ? Number.POSITIVE_INFINITY : size - start)
    const over = setTimeout(through.finish, rules.maxFollow * 1000)
    // An answer that nobody reads does not end by itself, and would keep its place.
    const left = setTimeout(() => response.destroy(), (rules.maxFollow + Math.min(rules.maxFollow, longestEnd)) * 1000)
    const looking = setInterval(async () => {
      if (!through.wasQuiet()) return
      const now = await reader.stat(person, path)
      if (now === 'not_found' || (typeof now === 'object' && now.identity !== opened.identity)) through.finish()
    }, lookEvery)
    if (!follow) clearInterval(looking)
    response.socket?.setKeepAlive(true, 30_000)
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'cache-control': 'no-store',
      'x-from': start,
      'x-size': size,
    })
    response.flushHeaders()
    opened.bytes.pipe(through.stream)
    opened.bytes.once('error', through.finish)
    try {
      await pipeline(through.stream, response)
    } catch {
      // The client left.
    } finally {
      clearTimeout(over)
      clearTimeout(left)
      clearInterval(looking)
      opened.end()
      opened.bytes.destroy()
    }
  }

  return async ({ method, path: route, query, address }: Asked, response: ServerResponse): Promise<void> => {
    if (!['/v1/file', '/v1/stat', '/v1/person'].includes(route))
      throw new Refusal(404, 'not_found', 'There are GET /v1/file, /v1/stat and /v1/person.')
    if (method !== 'GET') throw new Refusal(405, 'method', 'Files are only read.', { allow: 'GET' })
    const user = query.get('user')
    if (!isUserName(user)) throw new Refusal(400, 'bad_user', 'user must be the name of a user.')
    if (route === '/v1/person') return sendJson(response, 200, { home: (await personNamed(user)).home })
    const path = query.get('path') ?? ''
    if (!path.startsWith('/') || path.includes('\0') || Buffer.byteLength(path) > longestPath)
      throw new Refusal(400, 'bad_path', `path must begin with / and have ${longestPath} bytes at most.`)
    const line = { time: new Date().toISOString(), user, path, address }
    let leave = () => {}
    try {
      const person = await personNamed(user)
      leave = places.take(user)
      const answer = await (route === '/v1/file'
        ? readFile(person, path, query, response)
        : readStat(person, path, response))
      note({ ...line, result: route === '/v1/file' ? 'opened' : 'seen' })
      await answer()
    } catch (error) {
      note({ ...line, result: error instanceof Refusal ? error.code : 'failed' })
      throw error
    } finally {
      leave()
    }
  }
}

function readRange(query: URLSearchParams): [from: number, follow: boolean] {
  const from = query.get('from') ?? '0'
  if (!/^-?\d{1,15}$/.test(from)) throw new Refusal(400, 'bad_request', 'from must be a whole number.')
  const follow = query.get('follow') ?? 'false'
  if (!['true', 'false'].includes(follow)) throw new Refusal(400, 'bad_request', 'follow must be true or false.')
  return [Math.max(Number(from), -furthestFromEnd), follow === 'true']
}

/** How many may read at once, in all and of each person. */
function openPlaces({ maxOpen, maxOpenPerUser }: Rules) {
  const taken = new Map<string, number>()
  let all = 0
  return {
    take(user: string): () => void {
      const theirs = taken.get(user) ?? 0
      if (theirs >= maxOpenPerUser || all >= maxOpen)
        throw new Refusal(429, 'too_many', 'Too many files are open already.', { 'retry-after': '1' })
      taken.set(user, theirs + 1)
      all += 1
      return () => {
        const left = (taken.get(user) ?? 1) - 1
        if (left === 0) taken.delete(user)
        else taken.set(user, left)
        all -= 1
      }
    },
  }
}

/** Lets `most` bytes of a file through, and nothing that came after it was truncated. */
function bounded(opened: Opened, most: number) {
  let left = most
  let quiet = true
  let finished = false
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      quiet = false
      // That it was truncated is said before what stands there then, in another pipe: both have been read after this turn.
      setImmediate(() => {
        if (opened.truncated()) finish()
        if (finished) return done()
        const part = chunk.length > left ? chunk.subarray(0, left) : chunk
        left -= part.length
        done(null, part)
        if (left === 0) finish()
      })
    },
  })
  const finish = () => {
    if (finished) return
    finished = true
    opened.bytes.unpipe(stream)
    stream.end()
  }
  return {
    stream,
    finish,
    /** Whether nothing came since it was asked last. */
    wasQuiet() {
      const was = quiet
      quiet = true
      return was
    },
  }
}
