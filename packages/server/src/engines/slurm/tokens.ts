import { createHmac } from 'node:crypto'
import { type Http, openHttp, parseJson } from '../http.ts'
import { EngineError, type Opening } from '../port.ts'
import { textOf } from './values.ts'

export type SlurmHeaders = Record<string, string>

/** What requests to slurmrestd are signed with. */
export type Tokens = {
  /** For the platform's own user, or, with a name, for that person. Errors: `refused` where there is no broker to ask. */
  headers(person: string | null, signal: AbortSignal): Promise<SlurmHeaders>
  /** Whether there can be a token for a person. */
  forPeople: boolean
  /** After one was not taken: the next is a new one. */
  forget(person: string | null): void
  close(): void
}

/** Seconds that tokens of our own making live; a new one is made when half of it is over. */
const ownLife = 120
/** Seconds that a person's token is asked for. */
const personLife = 300
/** A broker that has not answered by then will not. Milliseconds. */
const brokerPatience = 10_000
/** Tokens that are kept at most: beyond, those that are over go. */
const mostKept = 5_000

/** Errors: `unauthorised` where the credential is none of Slurm's. */
export function openTokens({ credential, ca, allowed }: Pick<Opening, 'credential' | 'ca' | 'allowed'>): Tokens {
  if (credential.type === 'slurm_broker') {
    return brokered(openHttp(credential.brokerUrl, ca, allowed), credential.user, credential.brokerSecret)
  }
  if (credential.type !== 'slurm_token' && credential.type !== 'slurm_key') {
    throw new EngineError('unauthorised', 'Slurm needs a token broker, a token or its key.')
  }
  const { user } = credential
  const token = credential.type === 'slurm_token' ? () => credential.token : minted(credential.keyBase64, user)
  return {
    async headers(person) {
      if (person !== null) throw new EngineError('refused', needsBroker)
      return headersOf(user, token())
    },
    forPeople: false,
    forget() {},
    close() {},
  }
}

export const needsBroker = 'To act for a person at this cluster needs a token broker beside it.'

const headersOf = (user: string, token: string): SlurmHeaders => ({
  'x-slurm-user-name': user,
  'x-slurm-user-token': token,
})

function minted(keyBase64: string, user: string): () => string {
  const key = Buffer.from(keyBase64, 'base64')
  let made = { until: 0, token: '' }
  return () => {
    const now = Math.floor(Date.now() / 1000)
    if (made.until - now < ownLife / 2) made = { until: now + ownLife, token: mintToken(key, user, now, ownLife) }
    return made.token
  }
}

/** A token as `scontrol token` makes one: HS256 with `sun`, `iat`, `exp` (slurm.schedmd.com/jwt.html). `now` and `life` in seconds. */
export function mintToken(key: Buffer, user: string, now: number, life: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iat: now, exp: now + life, sun: user })}`
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
}

/** Each name is asked for once, however many wait for it, and kept for half of its life. */
function brokered(broker: Http, platform: string, secret: string): Tokens {
  const kept = new Map<string, { token: Promise<string>; until: number }>()

  const ask = async (user: string, seconds: number): Promise<{ token: string; until: number }> => {
    const { status, text } = await broker.ask('/v1/token', {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
      body: { user, seconds },
      // Not of whoever asked first: others wait for the same.
      signal: AbortSignal.timeout(brokerPatience),
    })
    if (status !== 200 && status !== 201) throw brokerRefusal(status, text, user)
    const answer = parseJson<Record<string, unknown> | null>(text)
    const token = textOf(answer?.token)
    if (token === '') throw new EngineError('garbage', 'Its token broker answered without a token.')
    const ends = Date.parse(textOf(answer?.expiresAt))
    const life = Number.isFinite(ends) ? Math.min(ends - Date.now(), seconds * 1000) : seconds * 1000
    return { token, until: performance.now() + Math.max(0, life / 2) }
  }

  const tokenOf = (user: string, seconds: number): Promise<string> => {
    const now = performance.now()
    const there = kept.get(user)
    if (there && there.until > now) return there.token
    if (kept.size >= mostKept) for (const [name, { until }] of kept) if (until <= now) kept.delete(name)
    if (kept.size >= mostKept) kept.delete(kept.keys().next().value as string)
    const asked = { token: Promise.resolve(''), until: Number.POSITIVE_INFINITY }
    asked.token = ask(user, seconds).then(
      ({ token, until }) => {
        asked.until = until
        return token
      },
      (error: EngineError) => {
        if (kept.get(user) === asked) kept.delete(user)
        throw error instanceof EngineError && error.kind === 'unreachable'
          ? new EngineError('unreachable', `Its token broker cannot be asked. ${error.message}`, { cause: error })
          : error
      },
    )
    kept.set(user, asked)
    return asked.token
  }

  return {
    async headers(person, signal) {
      const user = person ?? platform
      return headersOf(user, await before(signal, tokenOf(user, person === null ? ownLife : personLife)))
    },
    forPeople: true,
    forget: (person) => void kept.delete(person ?? platform),
    close: () => broker.close(),
  }
}

/** What is asked for, or `slow` when the signal comes first. */
const before = <T>(signal: AbortSignal, asked: Promise<T>): Promise<T> =>
  new Promise((done, failed) => {
    const late = () => failed(new EngineError('slow', 'Its token broker did not answer in time.'))
    if (signal.aborted) late()
    signal.addEventListener('abort', late, { once: true })
    asked.then(done, failed).finally(() => signal.removeEventListener('abort', late))
  })

function brokerRefusal(status: number, text: string, user: string): EngineError {
  const said = text.slice(0, 300)
  if (status === 401) return new EngineError('unauthorised', 'Its token broker does not take our secret.', { said })
  if (status === 403 || status === 400) {
    return new EngineError('refused', `Its token broker makes no token for ${user}.`, { said })
  }
  if (status === 429)
    return new EngineError('unreachable', 'Its token broker is asked for too much just now.', { said })
  return new EngineError('unreachable', `Its token broker answered ${status}.`, { said })
}
