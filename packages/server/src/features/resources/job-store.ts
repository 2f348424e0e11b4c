import type { ResourceState } from '@tenantry/contract'
import type { JobDoc, JobStates } from '../../platform/database/schema.ts'
import type { Tx } from '../../platform/database/tx.ts'

export type JobsAt = { tenantId: string; engineId: string }
/** A job that is no array. Times are RFC 3339. */
export type JobRow = {
  id: string
  native_id: string
  array_id: string | null
  task: number | null
  owner: string | null
  name_key: string
  state: ResourceState
  rank: number
  submitted_at: string | null
  ended_at: string | null
  hash: string | null
  doc: JobDoc
}
/** A row that stands for an array. */
export type HeadRow = Omit<JobRow, 'array_id' | 'task'> & { waiting: JobDoc | null; states: JobStates; tasks: number }

export const vanished = 'The engine does not list it any more.'

const atOnce = 1_000
const columns = {
  id: 'uuid',
  native_id: 'text',
  array_id: 'uuid',
  task: 'integer',
  owner: 'text',
  name_key: 'text',
  state: 'text',
  rank: 'smallint',
  submitted_at: 'timestamptz',
  ended_at: 'timestamptz',
  hash: 'text',
  doc: 'jsonb',
}
const headColumns = { ...columns, waiting: 'jsonb', states: 'jsonb', tasks: 'integer' }

/** Writes many rows with one statement; what there is already is written over, or left where `onlyNew`. */
async function put(tx: Tx, at: JobsAt, types: object, head: boolean, rows: object[], onlyNew = false): Promise<void> {
  const names = Object.keys(types)
  const record = Object.entries(types).map(([name, type]) => `${name} ${type}`)
  const over = names.filter((name) => name !== 'id').map((name) => `${name} = excluded.${name}`)
  const text = `insert into engine_jobs (tenant_id, engine_id, is_array, ${names.join(', ')})
     select $1, $2, ${head}, ${names.join(', ')} from jsonb_to_recordset($3::jsonb) as read (${record.join(', ')})
     on conflict (tenant_id, id) do ${onlyNew ? 'nothing' : `update set is_array = ${head}, ${over.join(', ')}`}`
  for (let from = 0; from < rows.length; from += atOnce) {
    await tx.read(text, [at.tenantId, at.engineId, JSON.stringify(rows.slice(from, from + atOnce))])
  }
}

export const putJobs = (tx: Tx, at: JobsAt, rows: JobRow[]): Promise<void> => put(tx, at, columns, false, rows)
export const putHeads = (tx: Tx, at: JobsAt, rows: HeadRow[]): Promise<void> => put(tx, at, headColumns, true, rows)
/** What was submitted a moment ago, unless a reading has brought it already. */
export const putSubmitted = (tx: Tx, at: JobsAt, row: JobRow | HeadRow): Promise<void> =>
  put(tx, at, 'states' in row ? headColumns : columns, 'states' in row, [row], true)

/** What is stored of what the engine listed, to compare the next reading with. */
export const recallJobs = (tx: Tx, { tenantId, engineId }: JobsAt): Promise<{ id: string; hash: string }[]> =>
  tx.read(`select id, hash from engine_jobs where tenant_id = $1 and engine_id = $2 and hash <> ''`, [
    tenantId,
    engineId,
  ])

/** Marks those that were not over when they were last seen. Answers the arrays to look at again, their own ids among them. */
export async function missJobs(tx: Tx, { tenantId }: JobsAt, ids: string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const [missed, heads] = await Promise.all([
    tx.read<{ array_id: string | null }>(
      `update engine_jobs set state = 'unknown', rank = 2, ended_at = $3, hash = '',
         doc = doc || jsonb_build_object('state', 'unknown', 'reason', $4::text)
       where tenant_id = $1 and id = any($2::uuid[]) and rank < 2 and not is_array returning array_id`,
      [tenantId, ids, tx.now, vanished],
    ),
    tx.read<{ id: string }>(
      `select id from engine_jobs where tenant_id = $1 and id = any($2::uuid[]) and is_array and waiting is not null`,
      [tenantId, ids],
    ),
  ])
  return [...missed.flatMap(({ array_id }) => array_id ?? []), ...heads.map(({ id }) => id)]
}

/** Marks what was submitted here and has been listed by no reading since. Answers how many. */
export async function missSubmitted(tx: Tx, { tenantId, engineId }: JobsAt, before: Date): Promise<number> {
  const missed = await tx.read(
    `update engine_jobs set state = 'unknown', rank = 2, ended_at = $4, hash = '', waiting = null,
       states = case when is_array then jsonb_build_array(jsonb_build_object('state', 'unknown', 'count', tasks)) end,
       doc = doc || jsonb_build_object('state', 'unknown', 'reason', $5::text)
     where tenant_id = $1 and engine_id = $2 and hash is null and rank < 2 and submitted_at < $3 returning id`,
    [tenantId, engineId, before, tx.now, vanished],
  )
  return missed.length
}

export type TaskGroup = {
  id: string
  state: ResourceState
  n: number
  submitted: string | null
  started: string | null
  ended: string | null
  native: string[] | null
  reason: string | null
  end_reason: string | null
}
export type StoredHead = { id: string; doc: JobDoc; owner: string | null; waiting: JobDoc | null; hash: string | null }

/** What is known of arrays: how their tasks are, one task of each, and what is stored of the arrays themselves. */
export async function readArrays(tx: Tx, { tenantId }: JobsAt, ids: string[]) {
  const [groups, samples, heads] = await Promise.all([
    tx.read<TaskGroup>(
      `select array_id as id, state, count(*)::int as n, min(doc ->> 'submittedAt') as submitted,
         min(doc ->> 'startedAt') as started, max(doc ->> 'endedAt') as ended, min((doc -> 'nativeState')::text)::jsonb as native,
         min(doc ->> 'reason') as reason, min(doc ->> 'endReason') as end_reason
       from engine_jobs where tenant_id = $1 and array_id = any($2::uuid[]) group by array_id, state order by array_id, state`,
      [tenantId, ids],
    ),
    tx.read<{ id: string; doc: JobDoc; owner: string | null }>(
      `select a.id, one.doc, one.owner from unnest($2::uuid[]) a (id), lateral
         (select doc, owner from engine_jobs where tenant_id = $1 and array_id = a.id limit 1) one`,
      [tenantId, ids],
    ),
    tx.read<StoredHead>(
      `select id, doc, owner, waiting, hash from engine_jobs where tenant_id = $1 and id = any($2::uuid[])`,
      [tenantId, ids],
    ),
  ])
  return { groups, samples, heads }
}

/** Of these, what has come to its end as far as is known, and how the rest was last read. */
export const readEnds = (
  tx: Tx,
  { tenantId }: JobsAt,
  ids: string[],
): Promise<{ id: string; hash: string | null; ended: boolean }[]> =>
  tx.read(
    `select id, hash, rank = 2 and state <> 'unknown' as ended from engine_jobs where tenant_id = $1 and id = any($2::uuid[])`,
    [tenantId, ids],
  )

export async function newestEnd(tx: Tx, { tenantId, engineId }: JobsAt): Promise<Date | null> {
  const [newest] = await tx.read<{ ended_at: Date }>(
    `select ended_at from engine_jobs where tenant_id = $1 and engine_id = $2 and rank = 2 and state <> 'unknown'
     order by ended_at desc limit 1`,
    [tenantId, engineId],
  )
  return newest?.ended_at ?? null
}

/** Ended jobs are kept this long; and so many of a tenant at an engine, a task of an array as one. */
export const keptDays = 30
export const mostEnded = 20_000

/** Lets go of jobs that ended long ago, an array as a whole. Answers how many rows went. */
export async function letGoOfEndedJobs(tx: Tx, tenantId: string, most = mostEnded): Promise<number> {
  const full = await tx.read<{ engine_id: string }>(
    `select engine_id from engine_jobs where tenant_id = $1 and rank = 2 group by engine_id having count(*) > $2`,
    [tenantId, most],
  )
  const gone = await tx.read(
    `with ranked as (
       select id, sum(case when is_array then tasks else 1 end) over (partition by engine_id order by ended_at desc, id) as nth
       from engine_jobs where tenant_id = $1 and rank = 2 and array_id is null and engine_id = any($2::uuid[])
     ), old as (
       select id from ranked where nth > $3
       union select id from engine_jobs where tenant_id = $1 and rank = 2 and array_id is null and ended_at < $4
     )
     delete from engine_jobs where tenant_id = $1 and (id in (select id from old) or array_id in (select id from old)) returning id`,
    [tenantId, full.map(({ engine_id }) => engine_id), most, new Date(tx.now.getTime() - keptDays * 86_400_000)],
  )
  return gone.length
}
