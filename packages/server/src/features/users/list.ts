import type { listUsers as listUsersRoute, QueryOf, UserSort } from '@tenantry/contract'
import { type RawBuilder, sql } from 'kysely'
import { sqlFor } from '../../platform/database/builder.ts'
import type { Tx } from '../../platform/database/tx.ts'
import { readCursor, writeCursor } from '../../platform/http/cursor.ts'
import { rolesOf } from '../roles/index.ts'
import { hasTerm, havingTerm, termsOf } from './search.ts'
import { type UserRow, userColumns, usersWithRoles } from './store.ts'

export type Filter = Pick<QueryOf<typeof listUsersRoute>, 'q' | 'role' | 'status'>
type Listed = UserRow & { key: string; group_key?: string }
export type Page = { rows: UserRow[]; next: string | null; previous: string | null }

const statusOrder = ['active', 'invited', 'must_change', 'locked', 'disabled', 'deleted']
// Up to so many, whoever a word finds is sorted; beyond, the order is walked until a page is full.
const sortable = 5_000
const countedTo = 10_000

type Order = { key: RawBuilder<string>; cast: RawBuilder<unknown>; tie: boolean }
const orders: Record<string, Order> = {
  username: { key: sql.ref('u.username'), cast: sql``, tie: false },
  email: { key: sql.ref('u.email_key'), cast: sql``, tie: false },
  name: { key: sql.ref('u.name_key'), cast: sql``, tie: true },
  lastLogin: { key: sql.ref('u.last_login_key'), cast: sql`::timestamptz`, tie: true },
  created: { key: sql.ref('u.id'), cast: sql`::uuid`, tie: false },
}

/** One page of users. The work is that of one page at any depth: by keyset, never by offset, and nothing is counted. */
export async function listPage(
  tx: Tx,
  tenantId: string,
  { sort, cursor, limit, ...filter }: QueryOf<typeof listUsersRoute>,
): Promise<Page> {
  const terms = termsOf(filter.q)
  const way = sort ?? (terms.length > 0 ? 'match' : 'username')
  const at = cursor === undefined ? null : readCursor(cursor, `users ${way}`)
  const [column, down] = way.startsWith('-') ? [way.slice(1), true] : [way, false]
  const backward = at?.backward ?? false
  const flipped = down !== backward
  const query = { tenantId, filter, terms, limit: limit + 1, after: at?.keys ?? null, flipped }

  let rows: Listed[]
  if (way === 'match') rows = await byMatch(tx, query)
  else if (column === 'role') rows = await byGroup(tx, query, 'u.role_id', await roleOrder(tx, tenantId))
  else if (column === 'status') rows = await byGroup(tx, query, 'u.status', statusOrder)
  else rows = await byColumn(tx, query, orders[column as UserSort] as Order)

  const more = rows.length > limit
  const shown = rows.slice(0, limit)
  if (backward) shown.reverse()
  const keysOf = (row: Listed | undefined) => [
    ...(row?.group_key === undefined ? [] : [row.group_key]),
    row?.key ?? '',
    row?.id ?? '',
  ]
  const cursorTo = (row: Listed | undefined, back: boolean, there: boolean) =>
    there && row ? writeCursor(`users ${way}`, keysOf(row), back) : null
  return {
    rows: shown,
    next: cursorTo(shown.at(-1), false, backward ? at !== null : more),
    previous: cursorTo(shown[0], true, backward ? more : at !== null),
  }
}

/** How many a filter finds, counted no further than 10,000. */
export async function countUpTo(tx: Tx, tenantId: string, filter: Filter): Promise<{ count: number; more: boolean }> {
  const [first, ...others] = termsOf(filter.q)
  let query = sqlFor.selectFrom('users as u').select(sql<number>`1`.as('one')).where('u.tenant_id', '=', tenantId)
  query = query.where(matching(tenantId, filter, others))
  if (first) query = query.where(sql<boolean>`u.id in ${havingTerm(tenantId, first, countedTo * 10)}`)
  const counted = sqlFor
    .selectFrom(query.limit(countedTo + 1).as('found'))
    .select(({ fn }) => fn.countAll<string>().as('n'))
  const n = Number((await tx.first(counted))?.n)
  return { count: Math.min(n, countedTo), more: n > countedTo }
}

type Query = {
  tenantId: string
  filter: Filter
  terms: ReturnType<typeof termsOf>
  limit: number
  after: string[] | null
  flipped: boolean
}

function matching(tenantId: string, { role, status }: Filter, terms: ReturnType<typeof termsOf>): RawBuilder<boolean> {
  const conditions = terms.map((term) => hasTerm(tenantId, term))
  conditions.push(
    status === undefined
      ? sql<boolean>`u.status <> 'deleted'`
      : sql<boolean>`u.status in (${sql.join(status.split(','))})`,
  )
  if (role !== undefined) conditions.push(sql<boolean>`u.role_id in (${sql.join(role.split(','))})`)
  return sql<boolean>`(${sql.join(conditions, sql` and `)})`
}

const operator = (flipped: boolean) => (flipped ? sql`<` : sql`>`)
const direction = (flipped: boolean) => (flipped ? 'desc' : 'asc')

/** With a search and no other order: by the word that matches, exact ones first. The index on words is in this order. */
function byMatch(tx: Tx, { tenantId, filter, terms, limit, after, flipped }: Query): Promise<Listed[]> {
  const [first, ...others] = terms as [ReturnType<typeof termsOf>[number]]
  let query = usersWithRoles(tenantId)
    .innerJoin('user_words as w', (join) =>
      join.onRef('w.tenant_id', '=', 'u.tenant_id').onRef('w.user_id', '=', 'u.id'),
    )
    .select(userColumns)
    .select('w.word as key')
    .where('w.tenant_id', '=', tenantId)
    .where('w.word', '>=', first.from)
    .where('w.word', '<', first.below)
    .where(matching(tenantId, filter, others))
    // Each once, at the first of their words that match.
    .where(
      sql<boolean>`not exists (select 1 from user_words before where before.tenant_id = ${tenantId} and before.user_id = w.user_id
        and before.word >= ${first.from} and before.word < w.word offset 0)`,
    )
    .orderBy('w.word', direction(flipped))
    .orderBy('w.user_id', direction(flipped))
    .limit(limit)
  if (after)
    query = query.where(sql<boolean>`(w.word, w.user_id) ${operator(flipped)} (${after[0]}, ${after[1]}::uuid)`)
  return tx.many(query)
}

async function byColumn(tx: Tx, query: Query, { key, cast, tie }: Order): Promise<Listed[]> {
  const { tenantId, flipped, after, limit } = query
  let page = (await searched(tx, query))
    .select(userColumns)
    .select(sql<string>`${key}::text`.as('key'))
    .orderBy(key, direction(flipped))
    .limit(limit)
  if (tie) page = page.orderBy('u.id', direction(flipped))
  if (after && tie)
    page = page.where(sql<boolean>`(${key}, u.id) ${operator(flipped)} (${after[0]}${cast}, ${after[1]}::uuid)`)
  else if (after) page = page.where(sql<boolean>`${key} ${operator(flipped)} ${after[0]}${cast}`)
  return tx.many(page.where('u.tenant_id', '=', tenantId))
}

/** Sorted by something of which there are few (roles, statuses): each group in turn, by username within. */
async function byGroup(tx: Tx, query: Query, column: 'u.role_id' | 'u.status', groups: string[]): Promise<Listed[]> {
  const { flipped, after, limit } = query
  const ordered = flipped ? [...groups].reverse() : groups
  const start = after ? ordered.indexOf(after[0] ?? '') : 0
  const found: Listed[] = []
  const base = (await searched(tx, query))
    .select(userColumns)
    .select(['u.username as key', sql<string>`${sql.ref(column)}::text`.as('group_key')])
  for (const [index, group] of ordered.entries()) {
    if (index < start || found.length >= limit) continue
    let page = base
      .where(sql<boolean>`${sql.ref(column)} = ${group}`)
      .orderBy('u.username', direction(flipped))
      .limit(limit - found.length)
    if (after && index === start) page = page.where(sql<boolean>`u.username ${operator(flipped)} ${after[1]}`)
    found.push(...(await tx.many(page)))
  }
  return found
}

/** The users a filter finds, where another order than that of the match is asked for. */
async function searched(tx: Tx, { tenantId, filter, terms }: Query) {
  const [first, ...others] = terms
  if (!first) return usersWithRoles(tenantId).where(matching(tenantId, filter, []))
  const few = (await countHolders(tx, tenantId, first)) <= sortable
  if (!few) return usersWithRoles(tenantId).where(matching(tenantId, filter, terms))
  return usersWithRoles(tenantId)
    .where(matching(tenantId, filter, others))
    .where(sql<boolean>`u.id = any (array ${havingTerm(tenantId, first, sortable)})`)
}

async function countHolders(tx: Tx, tenantId: string, term: ReturnType<typeof termsOf>[number]): Promise<number> {
  const [row] = await tx.read<{ n: string }>(
    `select count(*) as n from (select 1 from user_words where tenant_id = $1 and word >= $2 and word < $3 limit ${sortable + 1}) x`,
    [tenantId, term.from, term.below],
  )
  return Number(row?.n)
}

const roleOrder = async (tx: Tx, tenantId: string): Promise<string[]> =>
  (await rolesOf(tx, tenantId)).sort((a, b) => a.name.localeCompare(b.name)).map((role) => role.id)
