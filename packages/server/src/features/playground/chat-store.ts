import type { ChatContent } from '@tenantry/contract'
import { sql } from 'kysely'
import { sqlFor } from '../../platform/database/builder.ts'
import { nameOf } from '../../platform/database/person.ts'
import type { Tx } from '../../platform/database/tx.ts'

export type ChatLineRow = {
  id: string
  owner_id: string
  username: string
  owner_name: string | null
  title: string
  models: string[]
  turns: number
  shared: boolean
  version: number
  created_at: Date
  updated_at: Date
  deleted_at: Date | null
}
export type ChatRow = ChatLineRow & { content: ChatContent }

const columns = `c.id, c.owner_id, u.username, ${nameOf('u')} as owner_name, c.title, c.models, c.turns, c.shared, c.version, c.created_at, c.updated_at, c.deleted_at`
const from = `from chats c join users u on u.tenant_id = c.tenant_id and u.id = c.owner_id where c.tenant_id = $1`

export async function find(tx: Tx, tenantId: string, id: string): Promise<ChatRow | undefined> {
  const [row] = await tx.read<ChatRow>(`select ${columns}, c.content ${from} and c.id = $2`, [tenantId, id])
  return row
}
export async function findLine(tx: Tx, tenantId: string, id: string): Promise<ChatLineRow | undefined> {
  const [row] = await tx.read<ChatLineRow>(`select ${columns} ${from} and c.id = $2`, [tenantId, id])
  return row
}

/** As it stands, for whoever changes it. */
export const lock = (tx: Tx, tenantId: string, id: string) =>
  tx.first(
    sqlFor
      .selectFrom('chats')
      .select(['owner_id', 'version', 'deleted_at'])
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .forUpdate(),
  )

type Listing = {
  userId: string
  whose: 'mine' | 'shared'
  q: string | undefined
  backward: boolean
  after: readonly string[] | null
  limit: number
}

/** The last used first; one more than the limit where there are more. */
export function list(
  tx: Tx,
  tenantId: string,
  { userId, whose, q, backward, after, limit }: Listing,
): Promise<ChatLineRow[]> {
  const [beyond, direction] = backward ? ['>', 'asc'] : ['<', 'desc']
  const values: unknown[] = [tenantId, userId]
  const add = (value: unknown) => `$${values.push(value)}`
  const where = [
    whose === 'mine' ? 'c.owner_id = $2' : 'c.shared and c.owner_id <> $2 and u.deleted_at is null',
    'c.deleted_at is null',
    ...(q === undefined || q === '' ? [] : [`c.title ilike ${add(`%${q.replace(/[\\%_]/g, '\\$&')}%`)}`]),
    ...(after === null
      ? []
      : [`(c.updated_at, c.id) ${beyond} (${add(after[0])}::timestamptz, ${add(after[1])}::uuid)`]),
  ]
  const text = `select ${columns} ${from} and ${where.join(' and ')}
    order by c.updated_at ${direction}, c.id ${direction} limit ${add(limit + 1)}`
  return tx.read<ChatLineRow>(text, values)
}

export async function countOf(tx: Tx, tenantId: string, ownerId: string): Promise<number> {
  const [row] = await tx.read<{ chats: number }>(
    'select count(*)::int as chats from chats where tenant_id = $1 and owner_id = $2',
    [tenantId, ownerId],
  )
  return row?.chats ?? 0
}

const summary = (content: ChatContent) => ({
  content: JSON.stringify(content),
  models: [...new Set(content.lanes.map(({ name }) => name))],
  turns: content.turns.length,
})

// What one writes for oneself goes on no record; what others come to see does.
export const insert = (
  tx: Tx,
  tenantId: string,
  chat: { id: string; ownerId: string; title: string; content: ChatContent },
) =>
  tx.bookkeeping(
    sqlFor.insertInto('chats').values({
      tenant_id: tenantId,
      id: chat.id,
      owner_id: chat.ownerId,
      title: chat.title,
      ...summary(chat.content),
      created_at: tx.now,
      updated_at: tx.now,
    }),
  )

const change = (tenantId: string, id: string) =>
  sqlFor.updateTable('chats').where('tenant_id', '=', tenantId).where('id', '=', id)

export const save = (tx: Tx, tenantId: string, id: string, content: ChatContent) =>
  tx.bookkeeping(
    change(tenantId, id).set({ ...summary(content), version: sql<number>`version + 1`, updated_at: tx.now }),
  )

export const rename = (tx: Tx, tenantId: string, id: string, title: string) =>
  tx.bookkeeping(change(tenantId, id).set({ title }))

export const setShared = (tx: Tx, tenantId: string, id: string, shared: boolean) =>
  tx.run(change(tenantId, id).set({ shared }))

export const setDeleted = (tx: Tx, tenantId: string, id: string, at: Date | null) =>
  tx.run(change(tenantId, id).set({ deleted_at: at }))
