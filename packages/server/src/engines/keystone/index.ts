import type { EngineCredential } from '@tenantry/contract'
import { type Answered, openHttp, parseJson, refusalOf } from '../http.ts'
import { EngineError, type Opening } from '../port.ts'
import { shaped } from '../shape.ts'
import { type Catalog, IdentityVersion, Refusal, Token } from './objects.ts'

type Credential = Extract<EngineCredential, { type: 'keystone' }>

/** A token for one project (`project`: its id), and where Nova is by its catalog (null: the catalog does not say). Of OpenStack's connectors. */
export type Session = { token: string; project: string; renewAt: number; compute: string | null }

export type Keystone = {
  version(signal: AbortSignal): Promise<string>
  /**
   * A session in a project, by its id or by its name in the user's domain; the same until five minutes before it ends.
   * Errors: `unauthorised`, and `EngineError`.
   */
  session(project: string, signal: AbortSignal): Promise<Session>
  /** Forgets a session that was refused, unless there is another one by now. */
  forget(project: string, session: Session): void
  close(): void
}

const renewBefore = 5 * 60_000

/** Identity v3 with a password. Errors: `refused`. */
export function openKeystone(opening: Opening, now: () => number = Date.now): Keystone {
  const { credential } = opening
  if (credential.type !== 'keystone') throw new EngineError('refused', 'OpenStack is asked with a user of Keystone.')
  const http = openHttp(rootOf(credential.authUrl), opening.ca, opening.allowed)
  const sessions = new Map<string, Session>()
  const signingIn = new Map<string, Promise<Session>>()

  const signIn = async (project: string, signal: AbortSignal): Promise<Session> => {
    const answer = await http.ask('/auth/tokens', {
      method: 'POST',
      body: { auth: authOf(credential, project) },
      signal,
    })
    const { token } = shaped(Token, bodyOf(answer), 'a token')
    const subject = answer.headers['x-subject-token']
    if (typeof subject !== 'string') throw new EngineError('garbage', 'Keystone gave no token.')
    const got = token.project
    // In another project it would be another tenant's servers that are shown.
    if (got === null || (isId(project) ? got.id : got.name) !== project) {
      throw new EngineError('garbage', 'Keystone gave a token for another project.')
    }
    const expires = Date.parse(token.expires_at)
    if (Number.isNaN(expires)) throw new EngineError('garbage', 'Keystone does not say when its token expires.')
    const session = {
      token: subject,
      project: got.id,
      renewAt: expires - renewBefore,
      compute: computeIn(token.catalog),
    }
    sessions.set(project, session)
    return session
  }

  return {
    async version(signal) {
      return shaped(IdentityVersion, bodyOf(await http.ask('/', { signal })), 'its version').version.id
    },
    async session(project, signal) {
      const known = sessions.get(project)
      if (known && known.renewAt > now()) return known
      const signing = signingIn.get(project) ?? signIn(project, signal).finally(() => signingIn.delete(project))
      signingIn.set(project, signing)
      return signing
    },
    forget(project, session) {
      if (sessions.get(project) === session) sessions.delete(project)
    },
    close: () => http.close(),
  }
}

/** Keystone's own ids: 32 hexadecimal digits, in some installations with hyphens. */
const isId = (project: string) => /^[0-9a-f]{32}$/.test(project.replace(/-/g, ''))

/** The address of identity v3, whether or not it was given with its version. */
const rootOf = (authUrl: string) => `${authUrl.replace(/\/+$/, '').replace(/\/v3(\/auth(\/tokens)?)?$/, '')}/v3`

const authOf = ({ user, userDomain, password }: Credential, project: string) => ({
  identity: { methods: ['password'], password: { user: { name: user, domain: { name: userDomain }, password } } },
  scope: { project: isId(project) ? { id: project } : { name: project, domain: { name: userDomain } } },
})

function computeIn(catalog: Catalog): string | null {
  const endpoints = catalog.find(({ type }) => type === 'compute')?.endpoints ?? []
  const url = (endpoints.find((endpoint) => endpoint.interface === 'public') ?? endpoints[0])?.url ?? null
  if (url === null) return null
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url
  throw new EngineError('garbage', 'The address of Nova in the catalog is none.')
}

/** The body of an answer that did what it was asked, null where there is none. Errors: what the status means. */
export function bodyOf({ status, text }: Answered): unknown {
  if (status >= 200 && status < 300) return text === '' ? null : parseJson<unknown>(text)
  throw refusalOf(status, messageIn(text))
}

function messageIn(text: string): string {
  try {
    return Object.values(Refusal.parse(JSON.parse(text)))[0]?.message ?? text
  } catch {
    return text
  }
}
