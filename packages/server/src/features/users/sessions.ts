import { sqlFor } from '../../platform/database/builder.ts'
import type { Tx } from '../../platform/database/tx.ts'

/** The open sessions of a user, the one last used first. `device` is a short name for the browser and system. */
export async function sessionsOf(tx: Tx, tenantId: string, userId: string, currentId: string | null) {
  const rows = await tx.many(
    sqlFor
      .selectFrom('sessions')
      .select(['id', 'address', 'user_agent', 'created_at', 'last_seen_at', 'expires_at'])
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .where('kind', '=', 'full')
      .where('expires_at', '>', tx.now)
      .orderBy('last_seen_at', 'desc')
      .limit(100),
  )
  return rows.map((row) => ({
    id: row.id,
    current: row.id === currentId,
    address: row.address,
    device: deviceOf(row.user_agent),
    createdAt: row.created_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  }))
}

const browsers: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
  [/^curl\//, 'curl'],
]
const systems: [RegExp, string][] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/Linux/, 'Linux'],
]

function deviceOf(userAgent: string): string {
  const name = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(userAgent))?.[1]
  const parts = [name(browsers), name(systems)].filter((part) => part !== undefined)
  return parts.length > 0 ? parts.join(' on ') : userAgent.slice(0, 60) || 'Unknown device'
}
