import type { ServerResponse } from 'node:http'
import { openBucket } from './bucket.ts'
import type { Config } from './config.ts'
import { type Asked, Refusal, sendJson } from './door.ts'
import { isOfTheSystem, isUserName, type People } from './people.ts'
import { mintToken } from './token.ts'

/** One line of the record for every token that was asked for. It never holds the token. */
export type Note = { time: string; user: string | null; seconds: number | null; address: string; result: string }

const longestLife = 300
// Whatever uids they have: Debian gives slurm 64030, and on some machines they are unknown.
const never = new Set(['root', 'slurm', 'nobody'])

type Rules = Pick<
  Config,
  'key' | 'keyOwner' | 'serviceUser' | 'denyUsers' | 'minUid' | 'unknownUsers' | 'tokensPerMinute'
>

/** Answers `POST /v1/token`. */
export function openBroker(rules: Rules, people: People, note: (line: Note) => void, now = Date.now) {
  const bucket = openBucket(rules.tokensPerMinute)

  const issue = async ({ user, seconds }: Wish): Promise<{ token: string; expiresAt: string }> => {
    if (!bucket.take()) throw new Refusal(429, 'too_many', 'Too many tokens a minute.', { 'retry-after': '1' })
    await refuseWhomNotToSignFor(user, rules, people)
    const begins = Math.floor(now() / 1000)
    const token = mintToken(rules.key, user, begins, seconds)
    return { token, expiresAt: new Date((begins + seconds) * 1000).toISOString() }
  }

  return async (asked: Asked, response: ServerResponse): Promise<void> => {
    if (asked.path !== '/v1/token') throw new Refusal(404, 'not_found', 'There is POST /v1/token, and nothing else.')
    if (asked.method !== 'POST') throw new Refusal(405, 'method', 'A token is asked for by POST.', { allow: 'POST' })
    const line = { time: new Date(now()).toISOString(), address: asked.address }
    let wish: Wish | null = null
    try {
      wish = readWish(asked.body)
      const issued = await issue(wish)
      note({ ...line, ...wish, result: 'issued' })
      sendJson(response, 200, issued)
    } catch (error) {
      note({ ...line, user: null, seconds: null, ...wish, result: error instanceof Refusal ? error.code : 'failed' })
      throw error
    }
  }
}

type Wish = { user: string; seconds: number }

function readWish(body: string): Wish {
  let wish: { user?: unknown; seconds?: unknown } | null
  try {
    wish = JSON.parse(body)
  } catch {
    throw new Refusal(400, 'bad_request', 'The body must be JSON.')
  }
  if (typeof wish !== 'object' || wish === null) throw new Refusal(400, 'bad_request', 'The body must be an object.')
  const { user, seconds } = wish
  if (!isUserName(user)) throw new Refusal(400, 'bad_user', 'user must be the name of a user.')
  if (!Number.isSafeInteger(seconds) || (seconds as number) < 1)
    throw new Refusal(400, 'bad_request', 'seconds must be a whole number from 1 on.')
  return { user, seconds: Math.min(seconds as number, longestLife) }
}

async function refuseWhomNotToSignFor(user: string, rules: Rules, people: People): Promise<void> {
  const refuse = (why: string) => new Refusal(403, 'user_refused', `No token is signed for ${user}: ${why}.`)
  if (rules.denyUsers.has(user)) throw refuse('DENY_USERS names them')
  if (user === rules.serviceUser) return
  if (never.has(user)) throw refuse('it is a user of the system')
  const person = await people.find(user).catch(() => {
    throw new Refusal(503, 'unavailable', 'Users cannot be looked up at the moment.', { 'retry-after': '5' })
  })
  if (person === null) {
    if (!rules.unknownUsers) throw refuse('nobody here has that name')
  } else if (isOfTheSystem(person, rules.minUid)) throw refuse('it is a user of the system')
  // Another name of SlurmUser is SlurmUser still.
  else if (person.uid === rules.keyOwner || person.uid === process.getuid?.()) throw refuse('the key is theirs')
}
