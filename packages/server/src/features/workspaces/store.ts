import type { EngineKind, Person, Scope } from '@tenantry/contract'
import { sql } from 'kysely'
import { sqlFor } from '../../platform/database/builder.ts'
import { nameOf } from '../../platform/database/person.ts'
import type { IdleJudged, Phases, Tables, WorkspaceMadeOf } from '../../platform/database/schema.ts'
import type { Tx } from '../../platform/database/tx.ts'

/** A workspace with what stands beside it. `shared`: with whoever asks. */
export type WorkspaceRow = {
  id: string
  owner_id: string
  owner: string | null
  owner_name: string | null
  name: string
  template_id: string | null
  engine_id: string
  engine: string
  engine_kind: EngineKind
  volume_id: string | null
  volume: string | null
  size_gib: number | null
  native: string
  handle: string | null
  spec: WorkspaceMadeOf
  wanted: 'running' | 'stopped' | 'deleted'
  again: boolean
  state: Tables['workspaces']['state']
  reason: string | null
  phases: Phases
  idle: IdleJudged | null
  shares: number
  /** The first of those it is shared with. */
  people: Person[]
  shared: boolean
  address: string | null
  created_at: Date
  started_at: Date | null
}

/** How many of those it is shared with are named. */
const mostShown = 3
const columns = `w.id, w.owner_id, u.username as owner, ${nameOf('u')} as owner_name, w.name, w.template_id, w.engine_id,
  coalesce(h.name, 'an engine that was taken back') as engine, coalesce(h.kind, 'this_machine') as engine_kind,
  w.volume_id, v.name as volume, v.size_gib, w.native, w.handle, w.spec, w.wanted, w.again, w.state, w.reason, w.phases, w.idle,
  w.address, w.created_at, w.started_at,
  (select count(*)::int from workspace_shares s where s.tenant_id = w.tenant_id and s.workspace_id = w.id) as shares,
  (select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'username', p.username, 'name', p.name) order by p.username), '[]')
    from (select p.id, p.username, ${nameOf('p')} as name from workspace_shares s
      join users p on p.tenant_id = s.tenant_id and p.id = s.user_id
      where s.tenant_id = w.tenant_id and s.workspace_id = w.id order by p.username limit ${mostShown}) p) as people,
  exists (select from workspace_shares s where s.tenant_id = w.tenant_id and s.workspace_id = w.id and s.user_id = $2) as shared`
// Where the tenant's part of an engine was taken back meanwhile, the wall of engine_health hides it.
const from = `from workspaces w left join engine_health h on h.engine_id = w.engine_id
  left join users u on u.tenant_id = w.tenant_id and u.id = w.owner_id
  left join volumes v on v.tenant_id = w.tenant_id and v.id = w.volume_id`

/** Whoever asks; null for somebody of the platform, who owns nothing here. */
export type Viewer = { tenantId: string; userId: string | null }
const nobody = '00000000-0000-0000-0000-000000000000'

export async function find(tx: Tx, { tenantId, userId }: Viewer, id: string): Promise<WorkspaceRow | undefined> {
  const [row] = await tx.read<WorkspaceRow>(`select ${columns} ${from} where w.tenant_id = $1 and w.id = $3`, [
    tenantId,
    userId ?? nobody,
    id,
  ])
  return row
}

export type ListQuery = {
  q: string | undefined
  states: string[] | null
  all: boolean
  /** The column and way of the order, and where the page begins. */
  order: { by: 'created' | 'name'; descending: boolean; after: string[] | null }
  limit: number
}

/** One more than `limit`, where there is more; and how many there are in all. */
export async function list(tx: Tx, { tenantId, userId }: Viewer, query: ListQuery): Promise<[WorkspaceRow[], number]> {
  const values: unknown[] = [tenantId, userId ?? nobody]
  const value = (one: unknown) => `$${values.push(one)}`
  const where = ['w.tenant_id = $1', '$2::uuid is not null', `w.wanted <> 'deleted'`]
  if (!query.all) {
    where.push(`(w.owner_id = $2 or exists (select from workspace_shares s
      where s.tenant_id = w.tenant_id and s.workspace_id = w.id and s.user_id = $2))`)
  }
  if (query.q) {
    const q = `lower(${value(query.q)})`
    where.push(`(position(${q} in w.name_key) > 0 or position(${q} in u.username) > 0
      or (u.deleted_at is null and position(${q} in u.name_key) > 0))`)
  }
  if (query.states) where.push(`w.state = any(${value(query.states)}::text[])`)
  const counted = [...values]
  const found = [...where]
  const { by, descending, after } = query.order
  const key = by === 'name' ? 'w.name_key' : `to_char(w.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US')`
  if (after) {
    const [first, id] = after.map(value)
    where.push(`(${key} collate "C", w.id) ${descending ? '<' : '>'} (${first} collate "C", ${id}::uuid)`)
  }
  const way = descending ? 'desc' : 'asc'
  const [rows, [total]] = await Promise.all([
    tx.read<WorkspaceRow & { key: string }>(
      `select ${columns}, ${key} as key ${from} where ${where.join(' and ')}
       order by ${key} collate "C" ${way}, w.id ${way} limit ${query.limit + 1}`,
      values,
    ),
    tx.read<{ n: number }>(`select count(*)::int as n ${from} where ${found.join(' and ')}`, counted),
  ])
  return [rows, total?.n ?? 0]
}

export const keyOf = (row: WorkspaceRow): string => (row as WorkspaceRow & { key: string }).key

type NewRow = Pick<
  Tables['workspaces'],
  'tenant_id' | 'id' | 'owner_id' | 'name' | 'template_id' | 'engine_id' | 'volume_id' | 'native' | 'secret'
> & { scope: Scope; spec: WorkspaceMadeOf; phases: Phases }

export const insert = (tx: Tx, { scope, spec, phases, ...row }: NewRow): Promise<number> =>
  tx.run(
    sqlFor.insertInto('workspaces').values({
      ...row,
      scope: JSON.stringify(scope),
      spec: JSON.stringify(spec),
      phases: JSON.stringify(phases),
      wanted: 'running',
      state: 'queued',
      next_at: tx.now,
      created_at: tx.now,
    }),
  )

export type Locked = Pick<
  WorkspaceRow,
  'id' | 'owner_id' | 'name' | 'engine_id' | 'volume_id' | 'native' | 'wanted' | 'state' | 'again' | 'spec'
>
export const lock = (tx: Tx, tenantId: string, id: string): Promise<Locked | undefined> =>
  tx.first(
    sqlFor
      .selectFrom('workspaces')
      .select(['id', 'owner_id', 'name', 'engine_id', 'volume_id', 'native', 'wanted', 'state', 'again', 'spec'])
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('wanted', '<>', 'deleted')
      .forUpdate(),
  )

/** All that somebody owns, always in the same order. */
export const lockOwned = (tx: Tx, tenantId: string, ownerId: string): Promise<unknown> =>
  tx.read(
    `select id from workspaces where tenant_id = $1 and owner_id = $2 and wanted <> 'deleted' order by id for update`,
    [tenantId, ownerId],
  )

export type Decision = Partial<{
  wanted: 'running' | 'stopped' | 'deleted'
  state: Tables['workspaces']['state']
  reason: string | null
  again: boolean
  remove_volume: boolean
  owner_id: string
  name: string
  heir: string | null
  extended_at: Date
  phases: string
  secret: Buffer
  idle: string | null
  last_active_at: Date | null
  started_at: Date | null
}>
/** What somebody decided: a turn of its own, and looked at now. */
export const decide = (tx: Tx, tenantId: string, id: string, decision: Decision): Promise<number> =>
  tx.run(
    sqlFor
      .updateTable('workspaces')
      .set({ ...decision, broke: false, turn: sql<number>`turn + 1`, next_at: tx.now, failing_since: null })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id),
  )

export const addEvent = (
  tx: Tx,
  tenantId: string,
  workspaceId: string,
  text: string,
  { warning = false, at = tx.now }: { warning?: boolean; at?: Date } = {},
): Promise<number> =>
  tx.bookkeeping(
    sqlFor.insertInto('workspace_events').values({ tenant_id: tenantId, workspace_id: workspaceId, at, text, warning }),
  )

const mostEvents = 200
export const events = (
  tx: Tx,
  tenantId: string,
  workspaceId: string,
): Promise<{ id: string; at: Date; text: string; warning: boolean }[]> =>
  tx.many(
    sqlFor
      .selectFrom('workspace_events')
      .select(['id', 'at', 'text', 'warning'])
      .where('tenant_id', '=', tenantId)
      .where('workspace_id', '=', workspaceId)
      .orderBy('at', 'desc')
      .orderBy('id', 'desc')
      .limit(mostEvents),
  )

export const remove = (tx: Tx, tenantId: string, id: string): Promise<number> =>
  tx.bookkeeping(sqlFor.deleteFrom('workspaces').where('tenant_id', '=', tenantId).where('id', '=', id))
