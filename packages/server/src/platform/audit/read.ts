import type { ActivityEntry } from '@tenantry/contract'
import { sql } from 'kysely'
import { sqlFor } from '../database/builder.ts'
import type { Tx } from '../database/tx.ts'
import { readCursor, writeCursor } from '../http/cursor.ts'

type Stored = Omit<ActivityEntry, 'actor'> & { actor: { id: string | null; name: string } }
type Paging = { cursor?: string | undefined; limit: number }

/** What a user did and what was done to them, newest first. */
export async function activityOf(tx: Tx, tenantId: string, userId: string, { cursor, limit }: Paging) {
  const at = cursor === undefined ? null : readCursor(cursor, 'activity')
  const backward = at?.backward ?? false
  let query = sqlFor
    .selectFrom('audit_entries')
    .select(['seq', 'entry'])
    .where('tenant_id', '=', tenantId)
    .where((eb) => eb.or([eb('actor_id', '=', userId), eb('target_id', '=', userId)]))
    .orderBy('seq', backward ? 'asc' : 'desc')
    .limit(limit + 1)
  if (at) query = query.where(sql<boolean>`seq ${backward ? sql`>` : sql`<`} ${at.keys[0]}::bigint`)
  const found = await tx.many(query)
  const rows = found.slice(0, limit)
  if (backward) rows.reverse()
  const more = found.length > limit
  const cursorTo = (seq: string | undefined, back: boolean, there: boolean) =>
    there && seq !== undefined ? writeCursor('activity', [String(seq)], back) : null
  return {
    items: rows.map(({ entry }) => present(entry as unknown as Stored)),
    next: cursorTo(rows.at(-1)?.seq, false, backward ? at !== null : more),
    previous: cursorTo(rows[0]?.seq, true, backward ? more : at !== null),
  }
}

const present = ({ id, at, action, result, actor, target, details, address, requestId }: Stored): ActivityEntry => ({
  id,
  at,
  action,
  result,
  actor: { id: actor.id, name: actor.name },
  target,
  details,
  address,
  requestId,
})
