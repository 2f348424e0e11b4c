import type { ActivityEntry, AuditEntry } from '@tenantry/contract'
import type { Tx } from '../database/tx.ts'
import { readCursor, writeCursor } from '../http/cursor.ts'

type Stored = Omit<ActivityEntry, 'actor'> & {
  actor: { id: string | null; name: string; kind?: string }
  userAgent?: string | null
}
export type EntryRow = { seq: string; at: Date; entry: Stored; hash: string; text: string }

/** What entries must have. All of it together. */
export type EntryFilter = {
  from?: Date | undefined
  to?: Date | undefined
  result?: 'success' | 'refused' | undefined
  /** Any one of these. */
  actions?: string[] | undefined
  actor?: string | undefined
  /** By or about any of these subjects, or any of these actions. */
  about?: { subjects: string[]; actions: string[] } | undefined
}
type Paging = { cursor?: string | undefined; limit: number }

const columns = `seq, at, entry, encode(hash, 'hex') as hash, entry::text as text`

/**
 * One page of a tenant's trail, newest first. The work is that of one page: each way in is the walk of an index of its own,
 * and several ways are walked side by side and merged. Throws `invalid_cursor`.
 */
export async function readEntries(tx: Tx, tenantId: string, filter: EntryFilter, { cursor, limit }: Paging) {
  const at = cursor === undefined ? null : readCursor(cursor, 'audit')
  const backward = at?.backward ?? false
  const found = await walk(tx, tenantId, filter, { after: at?.keys ?? null, backward, limit: limit + 1 })
  const rows = found.slice(0, limit)
  if (backward) rows.reverse()
  const more = found.length > limit
  const cursorTo = (row: EntryRow | undefined, back: boolean, there: boolean) =>
    there && row ? writeCursor('audit', [row.at.toISOString(), row.seq], back) : null
  return {
    rows,
    next: cursorTo(rows.at(-1), false, backward ? at !== null : more),
    previous: cursorTo(rows[0], true, backward ? more : at !== null),
  }
}

type Walk = { after: string[] | null; backward: boolean; limit: number }

function walk(tx: Tx, tenantId: string, filter: EntryFilter, { after, backward, limit }: Walk): Promise<EntryRow[]> {
  const values: unknown[] = [tenantId]
  const value = (given: unknown) => `$${values.push(given)}`
  const conditions = ['tenant_id = $1']
  if (filter.from) conditions.push(`at >= ${value(filter.from)}`)
  if (filter.to) conditions.push(`at < ${value(filter.to)}`)
  if (filter.result === 'refused') conditions.push('refused')
  if (filter.result === 'success') conditions.push('not refused')
  if (filter.actor !== undefined) conditions.push(`actor_id = ${value(filter.actor)}`)
  if (after) {
    const beyond = backward ? '>' : '<'
    conditions.push(`(at, seq) ${beyond} (${value(after[0])}::timestamptz, ${value(after[1])}::bigint)`)
  }
  const way = backward ? 'asc' : 'desc'
  const order = `order by at ${way}, seq ${way} limit ${limit}`
  const { actions, about } = filter
  if (about === undefined && (actions === undefined || actions.length === 1)) {
    if (actions) conditions.push(`action = ${value(actions[0])}`)
    return tx.read(`select ${columns} from audit_entries where ${conditions.join(' and ')} ${order}`, values)
  }
  if (about && actions) conditions.push(`action = any(${value(actions)})`)
  const by = (column: string, keys: string[]) =>
    `select page.at, page.seq from unnest(${value(keys)}::text[]) key,
       lateral (select at, seq from audit_entries where ${conditions.join(' and ')} and ${column} = key ${order}) page`
  const ways = about
    ? [by('actor_id', about.subjects), by('target_id', about.subjects), by('action', about.actions)]
    : [by('action', actions ?? [])]
  const page = `select at, seq from (${ways.join(' union ')}) found ${order}`
  return tx.read(
    `select ${columns} from (${page}) page join audit_entries using (at, seq) where tenant_id = $1 ${order}`,
    values,
  )
}

/** The entry at one place of the chain. */
export async function readEntry(tx: Tx, tenantId: string, seq: number): Promise<EntryRow | undefined> {
  const text = `select ${columns} from audit_entries where tenant_id = $1 and seq = $2`
  return (await tx.read<EntryRow>(text, [tenantId, seq]))[0]
}

/** What a user did and what was done to them, newest first. */
export async function activityOf(tx: Tx, tenantId: string, userId: string, paging: Paging) {
  const about = { subjects: [userId], actions: [] }
  const { rows, next, previous } = await readEntries(tx, tenantId, { about }, paging)
  return { items: rows.map(({ entry }) => presentActivity(entry)), next, previous }
}

function presentActivity(entry: Stored): ActivityEntry {
  const { id, at, action, result, actor, target, details, address, requestId } = entry
  return { id, at, action, result, actor: { id: actor.id, name: actor.name }, target, details, address, requestId }
}

export const presentEntry = ({ seq, entry, hash }: EntryRow): AuditEntry => ({
  ...presentActivity(entry),
  seq: Number(seq),
  actorKind: entry.actor.kind ?? 'system',
  userAgent: entry.userAgent ?? null,
  hash,
})
