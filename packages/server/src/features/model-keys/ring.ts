import type { Permission } from '@tenantry/contract'
import { rightsOf } from '../../platform/access/rights.ts'
import type { SessionCache } from '../../platform/access/session-cache.ts'
import type { Database } from '../../platform/database/database.ts'
import { sha256, tenantOfToken } from '../../platform/secrets/tokens.ts'

/** A key that works, with the person and the rights behind it as they are now. */
export type LiveKey = {
  id: string
  tenantId: string
  userId: string
  username: string
  roleId: string
  permissions: ReadonlySet<Permission>
  /** Null: whatever its owner may use. */
  modelIds: readonly string[] | null
  requestsPerMinute: number | null
  tokensPerMonth: number | null
  /** Milliseconds; null: never. */
  expiresAt: number | null
  /** Its owner has to choose a new password first: until then it opens nothing. */
  onHold: boolean
}

export type KeyRing = {
  /** The key of a secret, or null where it is none, was revoked, has expired, or its owner is not in good standing. */
  find(secret: string): Promise<LiveKey | null>
}

type Row = {
  id: string
  user_id: string
  username: string
  role_id: string
  model_ids: string[] | null
  requests_per_minute: number | null
  tokens_per_month: string | null
  expires_at: Date | null
  must_change_password: boolean
  built_in: string | null
  enabled: boolean
  permissions: string[]
}

const longestStay = 30_000
const most = 50_000

/** Remembers keys as sessions are remembered: a revocation forgets before it is answered. */
export function openKeyRing(database: Database, sessions: SessionCache): KeyRing {
  const kept = new Map<string, { key: LiveKey; until: number }>()
  let heard = 0
  sessions.onHeard((revocation) => {
    heard += 1
    for (const [hash, { key }] of kept) {
      const concerned =
        revocation === null ||
        ('user' in revocation ? revocation.user === key.userId : revocation.tenant === key.tenantId)
      if (concerned) kept.delete(hash)
    }
  })
  return {
    async find(secret) {
      const tenantId = tenantOfToken(/^tk_[A-Za-z0-9]{8}_(.{64})$/.exec(secret)?.[1] ?? '')
      if (tenantId === null) return null
      const hash = sha256(secret)
      const name = hash.toString('base64')
      const now = database.now().getTime()
      const found = kept.get(name)
      if (found && found.until > now && sessions.listening()) {
        return found.key.expiresAt !== null && found.key.expiresAt <= now ? null : found.key
      }
      kept.delete(name)
      const before = heard
      const [row] = await database.readAtOnce({ tenantId }, (tx) =>
        tx.read<Row>(working, [tenantId, hash, tx.now], 'model key'),
      )
      if (!row) return null
      const key: LiveKey = {
        id: row.id,
        tenantId,
        userId: row.user_id,
        username: row.username,
        roleId: row.role_id,
        permissions: rightsOf(row),
        modelIds: row.model_ids,
        requestsPerMinute: row.requests_per_minute,
        tokensPerMonth: row.tokens_per_month === null ? null : Number(row.tokens_per_month),
        expiresAt: row.expires_at?.getTime() ?? null,
        onHold: row.must_change_password,
      }
      // On hold is not kept: that somebody chose a password by a set-up link is nothing that others are told of.
      if (!key.onHold && before === heard && sessions.listening()) {
        const oldest = kept.size >= most ? kept.keys().next().value : undefined
        if (oldest !== undefined) kept.delete(oldest)
        kept.set(name, { key, until: now + longestStay })
      }
      return key
    },
  }
}

const working = `select k.id, k.user_id, u.username, u.role_id, k.model_ids, k.requests_per_minute, k.tokens_per_month, k.expires_at,
    u.must_change_password, r.built_in, r.enabled, r.permissions
  from model_keys k join users u on u.tenant_id = k.tenant_id and u.id = k.user_id join roles r on r.id = u.role_id
    join tenants t on t.id = k.tenant_id
  where k.tenant_id = $1 and k.token_hash = $2 and k.revoked_at is null and (k.expires_at is null or k.expires_at > $3)
    and u.disabled_at is null and u.deleted_at is null and t.status = 'active'`
