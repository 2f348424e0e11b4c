import type { Job, listJobs as listRoute, QueryOf, listJobTasks as tasksRoute } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize, authorizeAny } from '../../platform/access/authorize.ts'
import type { Deps } from '../../platform/deps.ts'
import { readCursor, writeCursor } from '../../platform/http/cursor.ts'
import { problem } from '../../platform/http/problem.ts'
import { maySee, presentJob } from './present.ts'
import { columns, find, joined, type Row } from './store.ts'

type Page = { items: Job[]; next: string | null; previous: string | null }
type Keyed = Row & { key: string }
const mostCounted = 10_001

const keys = {
  submitted: { column: 'submitted_key', type: 'timestamptz' },
  name: { column: 'name_key', type: 'text' },
} as const

/** The user names of those whose name has a text in it, the first thousand: beyond, it says nothing of whom one means. */
const named = (text: string) => `select u.username from users u where u.tenant_id = $1 and u.deleted_at is null
  and position(${text} in u.name_key) > 0 order by u.username limit 1000`

/** Jobs of the actor, or of everybody in the tenant; an array as one. Throws `missing_permission`, `invalid_cursor`. */
export async function listJobs(
  { database }: Deps,
  actor: Actor,
  { q, state, engine, whose, sort, cursor, limit }: QueryOf<typeof listRoute>,
): Promise<Page & { total: number }> {
  authorizeAny(actor, ['job.view_own', 'job.view_all'])
  if (whose === 'all') authorize(actor, 'job.view_all')
  else if (actor.visiting) return { items: [], next: null, previous: null, total: 0 }
  const list = `jobs ${whose} ${sort}`
  const at = readPosition(cursor, list, 2)
  const { column, type } = keys[sort.replace('-', '') as keyof typeof keys]
  const way = sort.startsWith('-') !== at.backward ? 'desc' : 'asc'

  const values: unknown[] = [actor.tenantId]
  const value = (one: unknown) => `$${values.push(one)}`
  const found = ['tenant_id = $1', 'array_id is null']
  if (whose === 'mine') found.push(`owner = ${value(actor.name)}`)
  if (engine !== undefined) found.push(`engine_id = ${value(engine)}`)
  if (q) {
    const text = value(q.toLowerCase())
    // Among one’s own there is no other owner to look for.
    const people = whose === 'all' ? ` or owner in (${named(text)})` : ''
    found.push(`(position(${text} in name_key) > 0 or starts_with(native_id, ${text}) or owner = ${text}${people})`)
  }
  // Each state of a long list is found by its index, in order; their pages are put together.
  const states = [...new Set(state?.split(','))]
  const apart = whose === 'all' && !q
  const parts = states.length === 0 ? [''] : apart ? states.map((one) => ` and state = ${value(one)}`) : null
  const filters = parts ?? [` and state = any(${value(states)}::text[])`]
  const counted = [...values]
  const beyond = at.keys
    ? ` and (${column}, id) ${way === 'desc' ? '<' : '>'} (${value(at.keys[0])}::${type}, ${value(at.keys[1])}::uuid)`
    : ''
  const order = `order by ${column} ${way}, id ${way}`
  const ids = filters.map(
    (filter) =>
      `(select id, ${column} from engine_jobs where ${found.join(' and ')}${filter}${beyond} ${order} limit ${limit + 1})`,
  )
  const counts = filters.map(
    (filter) => `(select 1 from engine_jobs where ${found.join(' and ')}${filter} limit ${mostCounted})`,
  )
  const page = `select ${columns}, j.${column}::text as key`
  const of = `join engine_jobs j on j.tenant_id = $1 and j.id = p.id ${joined} order by j.${column} ${way}, j.id ${way}`
  return database.readAtOnce(actor, async (tx) => {
    if (q && !at.keys) {
      // To search is to look through all of them: what is found is counted as it is found.
      const rows = await tx.read<Keyed & { total: number }>(
        `with found as materialized (select id, ${column} from engine_jobs where ${found.join(' and ')}${filters[0]} ${order} limit ${mostCounted}),
           page as (select id from found ${order} limit ${limit + 1})
         ${page}, (select count(*)::int from found) as total from page p ${of}`,
        values,
      )
      return { ...pageOf(actor, rows, { list, limit, ...at }), total: rows[0]?.total ?? 0 }
    }
    const [rows, [total]] = await Promise.all([
      tx.read<Keyed>(
        `with page as (select id, ${column} from (${ids.join(' union all ')}) found ${order} limit ${limit + 1})
         ${page} from page p ${of}`,
        values,
      ),
      tx.read<{ n: number }>(
        `select least(${mostCounted}, ${counts.map((some) => `(select count(*) from ${some} found)`).join(' + ')})::int as n`,
        counted,
      ),
    ])
    return { ...pageOf(actor, rows, { list, limit, ...at }), total: total?.n ?? 0 }
  })
}

/** The tasks of an array that have begun, by number. Throws `not_found`, `invalid_cursor`. */
export async function listJobTasks(
  { database }: Deps,
  actor: Actor,
  id: string,
  { cursor, limit }: QueryOf<typeof tasksRoute>,
): Promise<Page> {
  authorizeAny(actor, ['job.view_own', 'job.view_all'])
  const list = `tasks ${id}`
  const at = readPosition(cursor, list, 2)
  const way = at.backward ? 'desc' : 'asc'
  const beyond = at.keys ? `and (j.task, j.id) ${at.backward ? '<' : '>'} ($3::integer, $4::uuid)` : ''
  return database.readAtOnce(actor, async (tx) => {
    const [array, rows] = await Promise.all([
      find(tx, actor.tenantId, id),
      tx.read<Keyed>(
        `select ${columns}, j.task::text as key from engine_jobs j ${joined}
         where j.tenant_id = $1 and j.array_id = $2 ${beyond} order by j.task ${way}, j.id ${way} limit ${limit + 1}`,
        [actor.tenantId, id, ...(at.keys ?? [])],
      ),
    ])
    if (!array?.is_array || !maySee(actor, array)) return problem('not_found')
    return pageOf(actor, rows, { list, limit, ...at })
  })
}

type Position = { keys: string[] | null; backward: boolean }

function readPosition(cursor: string | undefined, list: string, length: number): Position {
  if (cursor === undefined) return { keys: null, backward: false }
  const position = readCursor(cursor, list)
  return position.keys.length === length ? position : problem('invalid_cursor')
}

function pageOf(
  actor: Actor,
  rows: Keyed[],
  { list, limit, keys: at, backward }: Position & { list: string; limit: number },
): Page {
  const page = rows.slice(0, limit)
  if (backward) page.reverse()
  const more = rows.length > limit
  const cursorTo = (row: Keyed | undefined, back: boolean, there: boolean) =>
    there && row ? writeCursor(list, [row.key, row.id], back) : null
  return {
    items: page.map((row) => presentJob(actor, row)),
    next: cursorTo(page.at(-1), false, backward || more),
    previous: cursorTo(page[0], true, backward ? more : at !== null),
  }
}
