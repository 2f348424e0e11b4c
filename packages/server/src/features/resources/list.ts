import type { EngineKind, listBareMetal, QueryOf, Resource, ResourceKind } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import type { ReadResourceDoc } from '../../platform/database/schema.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { readCursor, writeCursor } from '../../platform/http/cursor.ts'
import { problem } from '../../platform/http/problem.ts'

type Row = {
  id: string
  doc: ReadResourceDoc
  engine_id: string
  engine: string
  engine_kind: EngineKind
  as_of: Date | null
  key: string
  name_key: string
}
type Query = QueryOf<typeof listBareMetal>

const columns = `r.id, r.doc, r.engine_id, r.name_key, h.name as engine, h.kind as engine_kind, h.as_of`
const from = `from resources r join engine_health h on h.engine_id = r.engine_id`
/** What is sorted by, as text that sorts so; names tell apart what is alike. */
const keys = { name: `''::text`, state: 'r.state', gpus: `lpad(r.gpus::text, 8, '0')` }

/** One page of the resources of one kind, of the tenant of the actor. The caller has asked for the permission. */
export function listResources({ database }: Deps, actor: Actor, kind: ResourceKind, query: Query) {
  const { q, state, engine, sort, limit } = query
  const list = `resources ${kind} ${sort}`
  const at = query.cursor === undefined ? null : readCursor(query.cursor, list)
  const backward = at?.backward ?? false
  const descending = sort.startsWith('-')
  const key = keys[sort.replace('-', '') as keyof typeof keys]
  const values: unknown[] = [actor.tenantId, kind]
  const value = (one: unknown) => `$${values.push(one)}`
  const found = ['r.tenant_id = $1', 'r.kind = $2']
  if (q) found.push(`position(lower(${value(q)}) in r.name_key) > 0`)
  if (state !== undefined) found.push(`r.state = any(${value(state.split(','))}::text[])`)
  if (engine !== undefined) found.push(`r.engine_id = ${value(engine)}`)
  const counted = [...values]
  const where = [...found]
  const way = descending !== backward ? 'desc' : 'asc'
  if (at) {
    if (at.keys.length !== 3) problem('invalid_cursor')
    const [first, name, id] = at.keys.map(value)
    where.push(`(${key}, r.name_key, r.id) ${way === 'desc' ? '<' : '>'} (${first}, ${name}, ${id}::uuid)`)
  }
  return database.readAtOnce(actor, async (tx) => {
    const [rows, [total]] = await Promise.all([
      tx.read<Row>(
        `select ${columns}, ${key} as key ${from} where ${where.join(' and ')}
         order by ${key} ${way}, r.name_key ${way}, r.id ${way} limit ${limit + 1}`,
        values,
      ),
      tx.read<{ n: string }>(`select count(*) as n ${from} where ${found.join(' and ')}`, counted),
    ])
    const page = rows.slice(0, limit)
    if (backward) page.reverse()
    const more = rows.length > limit
    const cursorTo = (row: Row | undefined, back: boolean, there: boolean) =>
      there && row ? writeCursor(list, [row.key, row.name_key, row.id], back) : null
    return {
      items: page.map(present),
      next: cursorTo(page.at(-1), false, backward ? true : more),
      previous: cursorTo(page[0], true, backward ? more : at !== null),
      total: Number(total?.n ?? 0),
    }
  })
}

/** One of the tenant's. Throws `not_found`. */
export async function getResource({ database }: Deps, actor: Actor, kind: ResourceKind, id: string): Promise<Resource> {
  const row = await database.readAtOnce(actor, (tx) => findResource(tx, actor.tenantId, kind, id))
  return row ? present(row) : problem('not_found')
}

export async function findResource(tx: Tx, tenantId: string, kind: ResourceKind, id: string): Promise<Row | undefined> {
  const [row] = await tx.read<Row>(
    `select ${columns}, '' as key ${from} where r.tenant_id = $1 and r.kind = $2 and r.id = $3`,
    [tenantId, kind, id],
  )
  return row
}

const present = ({ id, doc, engine_id, engine, engine_kind, as_of }: Row): Resource => ({
  ...doc,
  id,
  engineId: engine_id,
  engine,
  engineKind: engine_kind,
  asOf: as_of?.toISOString() ?? null,
})
