import { tenantPermissions } from '@tenantry/contract'
import type { Database } from '../database/database.ts'
import type { Revocation } from '../database/tx.ts'
import { sha256, tenantOfToken } from '../secrets/tokens.ts'
import type { Revocations } from './revocations.ts'
import { findSession, type LiveSession } from './sessions.ts'
import { ownTenant } from './tenants.ts'

const longestStay = 30_000
const most = 50_000

export type SessionCache = {
  /** The open session of a token, or null. Rights in it are those of now: at most a revocation's way old. */
  get(token: string): Promise<LiveSession | null>
  hear(revocation: Revocation): void
  /** Forgets everybody: word of a revocation may be missing. */
  hearAll(): void
  attach(revocations: Revocations): void
  /** Whether word of every revocation arrives: what was looked up may be remembered. */
  listening(): boolean
  /** Tells of every revocation that was heard, after it took effect here; null: word of one may be missing. */
  onHeard(listener: (revocation: Revocation | null) => void): void
}

type Entry = { session: LiveSession; until: number }

/**
 * Remembers open sessions between requests. Correct by three rules: a revocation forgets before it is answered; a
 * look-up during which one arrived is not remembered; and what word may be missing of is not used.
 */
export function openSessionCache(database: Database): SessionCache {
  const entries = new Map<string, Entry>()
  const byUser = new Map<string, Set<string>>()
  let revocations: Revocations | null = null
  let heard = 0
  const listeners: ((revocation: Revocation | null) => void)[] = []
  const tell = (revocation: Revocation | null) => {
    for (const listener of listeners) listener(revocation)
  }

  const forget = (key: string) => {
    const entry = entries.get(key)
    if (!entry) return
    entries.delete(key)
    const keys = byUser.get(entry.session.user.id)
    keys?.delete(key)
    if (keys?.size === 0) byUser.delete(entry.session.user.id)
  }

  const remember = (key: string, session: LiveSession, now: number) => {
    const oldest = entries.size >= most ? entries.keys().next().value : undefined
    if (oldest !== undefined) forget(oldest)
    entries.set(key, { session, until: now + longestStay })
    const keys = byUser.get(session.user.id) ?? new Set()
    byUser.set(session.user.id, keys.add(key))
  }

  return {
    async get(token) {
      const tenantId = tenantOfToken(token)
      if (tenantId === null) return null
      const now = database.now().getTime()
      const hash = sha256(token)
      const key = hash.toString('base64')
      const entry = entries.get(key)
      if (entry && entry.until > now && revocations?.listening()) {
        const { session } = entry
        if (session.expiresAt > now && session.lastSeenAt + session.idle > now) {
          session.lastSeenAt = now
          return session
        }
      }
      forget(key)
      const heardBefore = heard
      const session = await database.withTenant({ tenantId }, (tx) => findSession(tx, hash))
      if (session === null) return null
      if (session.visitedId !== null) await visitWith(database, session, session.visitedId)
      if (heard === heardBefore && revocations?.listening()) remember(key, session, now)
      return session
    },
    hear(revocation) {
      heard += 1
      if ('user' in revocation) for (const key of byUser.get(revocation.user) ?? []) forget(key)
      else
        for (const [key, { session }] of entries)
          if ([session.tenant.id, session.visited?.id].includes(revocation.tenant)) forget(key)
      tell(revocation)
    },
    hearAll() {
      heard += 1
      entries.clear()
      byUser.clear()
      tell(null)
    },
    onHeard(listener) {
      listeners.push(listener)
    },
    listening: () => revocations?.listening() ?? false,
    attach(listener) {
      revocations = listener
    },
  }
}

/** Somebody of the platform in a tenant: they act as its admin, as long as they may go there and it is there. */
async function visitWith(database: Database, session: LiveSession, tenantId: string): Promise<void> {
  if (!session.permissions.has('tenant.enter')) return
  const tenant = await database.readAtOnce({ tenantId }, (tx) => ownTenant(tx, tenantId))
  if (tenant.status !== 'active' && tenant.status !== 'suspended') return
  session.visited = tenant
  session.permissions = new Set(tenantPermissions)
}
