import type { listUsers as listUsersRoute, QueryOf } from '@tenantry/contract'
import { rolesOf } from '../../platform/access/roles.ts'
import { type Term, termsOf } from '../../platform/database/search-words.ts'
import type { Tx } from '../../platform/database/tx.ts'
import { readCursor, writeCursor } from '../../platform/http/cursor.ts'
import { type Filter, ListQuery, rowsOf } from './list-query.ts'
import type { UserRow } from './store.ts'

type Listed = UserRow & { key: string; group_key?: string }
export type Page = { rows: UserRow[]; next: string | null; previous: string | null }
export type { Filter }

const statusOrder = ['active', 'invited', 'must_change', 'locked', 'disabled', 'deleted']
// Up to so many, whoever a word finds is sorted; beyond, the order is walked until a page is full.
const sortable = 5_000
const countedTo = 10_000

/** By what it is sorted, as what a cursor's text is read, and whether the id decides among equals. */
type Order = { key: string; cast: string; tie: boolean }
const orders: Record<string, Order> = {
  username: { key: 'u.username', cast: '', tie: false },
  email: { key: 'u.email_key', cast: '', tie: false },
  name: { key: 'u.name_key', cast: '', tie: true },
  lastLogin: { key: 'u.last_login_key', cast: '::timestamptz', tie: true },
  created: { key: 'u.id', cast: '::uuid', tie: false },
}

/** One page of users. The work is that of one page at any depth: by keyset, never by offset, and nothing is counted. */
export async function listPage(
  tx: Tx,
  tenantId: string,
  { sort, cursor, limit, ...filter }: QueryOf<typeof listUsersRoute>,
): Promise<Page> {
  const terms = await rarestFirst(tx, tenantId, termsOf(filter.q))
  const way = sort ?? (terms.length > 0 ? 'match' : 'username')
  const at = cursor === undefined ? null : readCursor(cursor, `users ${way}`)
  const [column, down] = way.startsWith('-') ? [way.slice(1), true] : [way, false]
  const backward = at?.backward ?? false
  const asked = { tenantId, filter, terms, limit: limit + 1, after: at?.keys ?? null, flipped: down !== backward }

  let rows: Listed[]
  if (way === 'match') rows = await byMatch(tx, asked)
  else if (column === 'role') rows = await byGroup(tx, asked, 'u.role_id', await roleOrder(tx, tenantId))
  else if (column === 'status') rows = await byGroup(tx, asked, 'u.status', statusOrder)
  else rows = await byColumn(tx, asked, orders[column] as Order)

  const more = rows.length > limit
  const shown = rows.slice(0, limit)
  if (backward) shown.reverse()
  const keysOf = ({ group_key: group, key, id }: Listed) => [...(group === undefined ? [] : [group]), key, id]
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
  const query = new ListQuery(tenantId).filter(filter).having(others)
  if (first) query.among(first, countedTo * 10)
  const text = `select count(*) as n from (select 1 from users u where ${query.conditions} limit ${countedTo + 1}) found`
  const [row] = await tx.read<{ n: string }>(text, query.values)
  const n = Number(row?.n)
  return { count: Math.min(n, countedTo), more: n > countedTo }
}

/** Whether a page is one statement: an order by a column, and nothing to find. */
export const isPlain = ({ sort = 'username', q, role, status }: QueryOf<typeof listUsersRoute>): boolean =>
  q === undefined && role === undefined && status === undefined && orders[sort.replace(/^-/, '')] !== undefined

type Asked = {
  tenantId: string
  filter: Filter
  terms: Term[]
  limit: number
  after: string[] | null
  flipped: boolean
}
const beyond = (flipped: boolean) => (flipped ? '<' : '>')
const direction = (flipped: boolean) => (flipped ? 'desc' : 'asc')

/** With a search and no other order: by the word that matches, exact ones first. The index on words is in this order. */
function byMatch(tx: Tx, { tenantId, filter, terms, limit, after, flipped }: Asked): Promise<Listed[]> {
  const [first, ...others] = terms as [Term, ...Term[]]
  const query = new ListQuery(tenantId).filter(filter).having(others)
  const from = query.value(first.from)
  query.where(`w.tenant_id = ${query.tenant} and w.word >= ${from} and w.word < ${query.value(first.below)}`)
  // Each once, at the first of their words that match.
  query.where(`not exists (select 1 from user_words earlier where earlier.tenant_id = ${query.tenant}
    and earlier.user_id = w.user_id and earlier.word || '' >= ${from} and earlier.word || '' < w.word offset 0)`)
  if (after)
    query.where(`(w.word, w.user_id) ${beyond(flipped)} (${query.value(after[0])}, ${query.value(after[1])}::uuid)`)
  const way = direction(flipped)
  return tx.read<Listed>(
    `${rowsOf('w.word', null)} join user_words w on w.tenant_id = u.tenant_id and w.user_id = u.id
     where ${query.conditions} order by w.word ${way}, w.user_id ${way} limit ${limit}`,
    query.values,
  )
}

async function byColumn(tx: Tx, asked: Asked, { key, cast, tie }: Order): Promise<Listed[]> {
  const { flipped, after, limit } = asked
  const query = await searched(tx, asked)
  if (after && tie) {
    query.where(`(${key}, u.id) ${beyond(flipped)} (${query.value(after[0])}${cast}, ${query.value(after[1])}::uuid)`)
  } else if (after) query.where(`${key} ${beyond(flipped)} ${query.value(after[0])}${cast}`)
  const way = direction(flipped)
  const order = `u.tenant_id ${way}, ${key} ${way}${tie ? `, u.id ${way}` : ''}`
  const narrow = await isNarrow(tx, asked, key)
  const rows = narrow ? rowsOf(key, null, query.conditions) : `${rowsOf(key, null)} where ${query.conditions}`
  // Nothing but an order has one good plan, the walk of its index; filters and searches have many.
  const plain = asked.terms.length === 0 && asked.filter.role === undefined && asked.filter.status === undefined
  const name = plain && usualLimits.has(limit - 1) ? `users ${key} ${way} ${limit} ${after !== null}` : undefined
  return tx.read<Listed>(`${rows} order by ${order} limit ${limit}`, query.values, name)
}

const usualLimits = new Set([25, 50, 100, 1_000])

/**
 * Whether a filter that no index has together with the order finds so few that they are better sorted: walking the order
 * until a page is full could mean walking all of it.
 */
async function isNarrow(tx: Tx, { tenantId, filter }: Asked, key: string): Promise<boolean> {
  const filters = Number(filter.role !== undefined) + Number(filter.status !== undefined)
  if (filters === 0 || (filters === 1 && key === 'u.username')) return false
  const query = new ListQuery(tenantId).filter(filter)
  const text = `select count(*) as n from (select 1 from users u where ${query.conditions} limit ${sortable + 1}) x`
  const [row] = await tx.read<{ n: string }>(text, query.values)
  return Number(row?.n) <= sortable
}

/** Sorted by something of which there are few (roles, statuses): each group in turn, by username within. */
async function byGroup(tx: Tx, asked: Asked, column: string, groups: string[]): Promise<Listed[]> {
  const { flipped, after, limit } = asked
  const ordered = flipped ? [...groups].reverse() : groups
  const start = after ? ordered.indexOf(after[0] ?? '') : 0
  const found: Listed[] = []
  const few = await isFew(tx, asked)
  for (const [index, group] of ordered.entries()) {
    if (index < start || found.length >= limit) continue
    const query = narrowed(asked, few)
    query.where(`${column} = ${query.value(group)}`)
    if (after && index === start) query.where(`u.username ${beyond(flipped)} ${query.value(after[1])}`)
    const order = `u.username ${direction(flipped)} limit ${limit - found.length}`
    found.push(
      ...(await tx.read<Listed>(
        `${rowsOf('u.username', column)} where ${query.conditions} order by ${order}`,
        query.values,
      )),
    )
  }
  return found
}

/** The users a filter finds, where another order than that of the match is asked for. */
const searched = async (tx: Tx, asked: Asked): Promise<ListQuery> => narrowed(asked, await isFew(tx, asked))

function narrowed({ tenantId, filter, terms }: Asked, few: boolean): ListQuery {
  const [first, ...others] = terms
  const query = new ListQuery(tenantId).filter(filter)
  if (!first) return query
  return few ? query.having(others).among(first, sortable) : query.having(terms)
}

const isFew = async (tx: Tx, { tenantId, terms: [first] }: Asked): Promise<boolean> =>
  first !== undefined && (await countHolders(tx, tenantId, first)) <= sortable

/** The term that the fewest have leads: all others are looked up for whoever has it. */
async function rarestFirst(tx: Tx, tenantId: string, terms: Term[]): Promise<Term[]> {
  if (terms.length < 2) return terms
  const counted: { term: Term; n: number }[] = []
  for (const term of terms) counted.push({ term, n: await countHolders(tx, tenantId, term) })
  return counted.sort((a, b) => a.n - b.n).map(({ term }) => term)
}

async function countHolders(tx: Tx, tenantId: string, { from, below }: Term): Promise<number> {
  const [row] = await tx.read<{ n: string }>(
    `select count(*) as n from (select 1 from user_words where tenant_id = $1 and word >= $2 and word < $3 limit ${sortable + 1}) x`,
    [tenantId, from, below],
  )
  return Number(row?.n)
}

const roleOrder = async (tx: Tx, tenantId: string): Promise<string[]> =>
  (await rolesOf(tx, tenantId)).sort((a, b) => a.name.localeCompare(b.name)).map((role) => role.id)
