import type { IncomingMessage, ServerResponse } from 'node:http'
import type { SessionCache } from '../../platform/access/session-cache.ts'
import { findSessionById } from '../../platform/access/sessions.ts'
import type { Revocation } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import type { Admission, Gate, Refusal, Tag } from '../../platform/proxy/gate.ts'
import { newToken, sha256, tenantOfToken } from '../../platform/secrets/tokens.ts'
import { entered, shut } from './door-pages.ts'
import * as store from './door-store.ts'
import { purposeOf } from './launch.ts'
import type { Origins } from './origin.ts'

/** What was looked up is believed for this long, while word of revocations arrives. Milliseconds. */
const longestStay = 30_000
const sweepEvery = 10_000
/** How often somebody is looked up while word of them arrives, before they are not let in. */
const mostLooks = 5
const enterPath = '/.tenantry/enter'
const mostForm = 4096

type Known = {
  /** As the browser sent it. */
  host: string
  token: string
  tenantId: string
  tag: Tag
  until: number
  worked: boolean
  admission: Admission
}
/** A look-up that is under way, and what was heard of since it began: it may be older than that. */
type Looking = { tenantId: string; revoked: (Revocation | null)[]; changed: boolean }

/** Null: word of a revocation may be missing, whosever it is. */
const concerns = (revocation: Revocation | null, { tag, tenantId }: Known): boolean =>
  revocation === null || ('user' in revocation ? revocation.user === tag.userId : revocation.tenant === tenantId)

/** What is open through the proxy: to be ended, or counted. */
export type Connections = {
  cut(which: (tag: Tag) => boolean): number
  count(which: (tag: Tag) => boolean): number
}

/** When a workspace was last worked in through its door, and from how many open connections. */
export type Traffic = { lastRequestAt: Date | null; openSockets: number }

export type Door = {
  gate: Gate
  ownCookies: string[]
  /** What ends connections; given once there is a proxy. */
  attach(connections: Connections): void
  /** Something about workspaces of a tenant was decided or seen: whoever is in there is looked at again. */
  lookAgain(tenantId: string): void
  trafficOf(workspaceId: string): Traffic
  close(): void
}

const cookieName = (secure: boolean) => (secure ? '__Host-tenantry-workspace' : 'tenantry-workspace')

/**
 * The door of every workspace. Whoever comes in does so on a cookie of that workspace's own origin, which stands on a session
 * here, and every single request is held against both: the session is open, its holder may open workspaces, and this one is
 * theirs or shared with them. What was found is remembered as sessions are: forgotten before a revocation is answered.
 */
export function openDoor(deps: Deps, sessions: SessionCache, origins: Origins): Door {
  const { database } = deps
  const known = new Map<string, Known>()
  const traffic = new Map<string, number>()
  const looking = new Set<Looking>()
  let connections: Connections = { cut: () => 0, count: () => 0 }
  const cookie = cookieName(origins.secure)

  /** It is looked up again before it serves anything more. */
  const doubt = (entry: Known) => {
    entry.until = 0
  }

  /**
   * Null where there is no way in. What was looked up before a revocation was heard of lets nobody in: it is looked up again.
   * Throws what the database throws.
   */
  const lookUp = async (token: string, host: string, worked: boolean): Promise<Known | null> => {
    const tenantId = tenantOfToken(token)
    if (tenantId === null) return null
    for (let looks = 1; ; looks += 1) {
      const since: Looking = { tenantId, revoked: [], changed: false }
      looking.add(since)
      const found = await lookUpOnce(token, host, worked, tenantId).finally(() => looking.delete(since))
      if (!found) return null
      const isRevoked = since.revoked.some((revocation) => concerns(revocation, found))
      if (!isRevoked && !since.changed) return found
      doubt(found)
      // Where a tenant is busy something always changes; what takes a right away is a revocation as well.
      if (looks === mostLooks) return isRevoked ? null : found
    }
  }

  const lookUpOnce = async (token: string, host: string, worked: boolean, tenantId: string): Promise<Known | null> => {
    const name = origins.nameIn(host)
    const found = await database.withTenant({ tenantId }, async (tx) => {
      const entry = await store.findEntry(tx, tenantId, sha256(token))
      if (!entry) return null
      const session = await findSessionById(tx, tenantId, entry.session_id, { used: worked })
      return session ? { entry, session } : null
    })
    if (!found) return null
    const { entry, session } = found
    const theirs = entry.owner_id === entry.user_id || entry.shared
    const permitted = session.permissions.has('workspace.open') && session.user.id === entry.user_id
    if (!theirs || !permitted || entry.native !== name || entry.state !== 'running' || entry.address === null)
      return null
    const key = deps.box()
    if (key === null || entry.secret === null) return null
    const upstream = new URL(`http://${entry.address}`)
    const next: Known = {
      host,
      token,
      tenantId,
      tag: { workspaceId: entry.workspace_id, userId: entry.user_id, sessionId: entry.session_id },
      until: Math.min(Date.now() + longestStay, session.expiresAt, session.lastSeenAt + session.idle),
      worked: false,
      admission: null as never,
    }
    next.admission = {
      upstream: { host: upstream.hostname.replace(/^\[|\]$/g, ''), port: Number(upstream.port) },
      headers: { authorization: `token ${key.open(entry.secret, purposeOf(entry.workspace_id))}` },
      tag: next.tag,
      origin: `${origins.secure ? 'https' : 'http'}://${host}`,
      used: () => traffic.set(entry.workspace_id, Date.now()),
    }
    if (!sessions.listening()) doubt(next)
    // Kept in any case: whoever is in there must be found when their time is over.
    known.set(token, next)
    return next
  }

  const admitAfterLooking = async (token: string, host: string, worked: boolean): Promise<Admission | Refusal> => {
    const found = await lookUp(token, host, worked)
    return found ? found.admission : shut(deps.publicUrl)
  }

  const enter = async (
    request: IncomingMessage,
    response: ServerResponse,
    host: string,
  ): Promise<'answered' | Refusal> => {
    const ticket = new URLSearchParams(await readForm(request)).get('ticket') ?? ''
    const tenantId = tenantOfToken(ticket)
    if (tenantId === null) return shut(deps.publicUrl)
    const token = newToken(tenantId)
    const session = await database.withTenant({ tenantId }, async (tx) => {
      const used = await store.takeTicket(tx, tenantId, sha256(ticket))
      if (!used || used.expires_at <= tx.now) return null
      const live = await findSessionById(tx, tenantId, used.session_id, { used: true })
      if (!live || live.user.id !== used.user_id) return null
      const { workspace_id, session_id, user_id } = used
      const expires_at = new Date(live.expiresAt)
      await store.insertEntry(tx, tenantId, {
        token_hash: sha256(token),
        kind: 'cookie',
        workspace_id,
        session_id,
        user_id,
        expires_at,
      })
      return live
    })
    if (session === null || (await lookUp(token, host, false)) === null) return shut(deps.publicUrl)
    const seconds = Math.max(0, Math.floor((session.expiresAt - Date.now()) / 1000))
    entered(
      response,
      `${cookie}=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${origins.secure ? '; Secure' : ''}`,
    )
    return 'answered'
  }

  const gate: Gate = {
    concerns: (host) => origins.nameIn(host) !== null,
    admit(request, response) {
      const { host = '' } = request.headers
      if (origins.nameIn(host) === null) return shut(deps.publicUrl)
      if (request.url === enterPath && response !== null) {
        return request.method === 'POST' ? enter(request, response, host) : shut(deps.publicUrl)
      }
      const token = cookieIn(request.headers.cookie, cookie)
      if (token === null) return shut(deps.publicUrl)
      const { method } = request
      const worked = response === null || (method !== 'GET' && method !== 'HEAD')
      const entry = known.get(token)
      const now = Date.now()
      if (entry && entry.host === host && entry.until > now && sessions.listening()) {
        if (worked) entry.worked = true
        return entry.admission
      }
      return admitAfterLooking(token, host, worked || (entry?.worked ?? false))
    },
  }

  /** Looks again at those who are in there: whoever has no way in any more is cut off. */
  const examine = async (entries: Known[]) => {
    await Promise.all(
      entries.map(async (entry) => {
        doubt(entry)
        const { tag, token, host, worked, admission } = entry
        const again = await lookUp(token, host, worked).catch(() => null)
        const moved =
          again &&
          (again.admission.upstream.port !== admission.upstream.port ||
            again.admission.upstream.host !== admission.upstream.host)
        if (again && !moved) return
        if (!again) known.delete(token)
        connections.cut((one) => one.workspaceId === tag.workspaceId && one.sessionId === tag.sessionId)
      }),
    )
  }
  const entriesWhere = (holds: (entry: Known) => boolean) => [...known.values()].filter(holds)

  sessions.onHeard((revocation) => {
    for (const since of looking) since.revoked.push(revocation)
    const concerned = entriesWhere((entry) => concerns(revocation, entry))
    for (const entry of concerned) doubt(entry)
    void examine(concerned)
  })

  // Sessions end by time as well, and nobody says so then.
  const sweep = setInterval(() => {
    const now = Date.now()
    for (const entry of entriesWhere(({ until }) => until <= now)) {
      const isIn = ({ workspaceId, sessionId }: Tag) =>
        workspaceId === entry.tag.workspaceId && sessionId === entry.tag.sessionId
      // Of whoever has nothing open, the next request is looked up anyway.
      if (connections.count(isIn) === 0) known.delete(entry.token)
      else void examine([entry])
    }
    for (const [id, at] of traffic) if (at < now - 3_600_000) traffic.delete(id)
  }, sweepEvery)
  sweep.unref()

  return {
    gate,
    ownCookies: [cookie],
    attach(open) {
      connections = open
    },
    lookAgain(tenantId) {
      for (const since of looking) since.changed ||= since.tenantId === tenantId
      void examine(entriesWhere((entry) => entry.tenantId === tenantId))
    },
    trafficOf(workspaceId) {
      const at = traffic.get(workspaceId)
      return {
        lastRequestAt: at === undefined ? null : new Date(at),
        openSockets: connections.count((tag) => tag.workspaceId === workspaceId),
      }
    },
    close: () => clearInterval(sweep),
  }
}

function cookieIn(header: string | undefined, name: string): string | null {
  if (header === undefined) return null
  for (const part of header.split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
  return null
}

async function readForm(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk
    if (text.length > mostForm) return ''
  }
  return text
}
