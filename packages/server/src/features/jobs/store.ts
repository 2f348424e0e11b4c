import type { EngineKind, NewJob, ResourceState } from '@tenantry/contract'
import { sqlFor } from '../../platform/database/builder.ts'
import { nameOf } from '../../platform/database/person.ts'
import type { JobDoc, JobStates } from '../../platform/database/schema.ts'
import type { Tx } from '../../platform/database/tx.ts'

/** A job, a task of an array, or an array. */
export type Row = {
  id: string
  native_id: string
  engine_id: string
  engine: string
  engine_kind: EngineKind
  owner: string | null
  /** Of the user whose it is, if there is one. */
  user_id: string | null
  user_name: string | null
  state: ResourceState
  /** 0 runs, 1 waits, 2 is over. */
  rank: number
  is_array: boolean
  array_id: string | null
  task: number | null
  states: JobStates | null
  /** Of the array it stands for, or is a task of. */
  tasks: number
  /** Who submitted it here; null: it was not submitted here, or is a task. */
  submitted_by: string | null
  doc: JobDoc
}

export const columns = `j.id, j.native_id, j.engine_id, h.name as engine, h.kind as engine_kind, j.owner, u.id as user_id, ${nameOf('u')} as user_name, j.state, j.rank,
  j.is_array, j.array_id, j.task, j.states, coalesce(head.tasks, j.tasks) as tasks, s.user_id as submitted_by, j.doc`
export const joined = `join engine_health h on h.engine_id = j.engine_id
  left join users u on u.tenant_id = j.tenant_id and u.username = j.owner
  left join job_submissions s on s.tenant_id = j.tenant_id and s.job_id = j.id
  left join engine_jobs head on head.tenant_id = j.tenant_id and head.id = j.array_id`

export async function find(tx: Tx, tenantId: string, id: string): Promise<Row | undefined> {
  const [row] = await tx.read<Row>(
    `select ${columns} from engine_jobs j ${joined} where j.tenant_id = $1 and j.id = $2`,
    [tenantId, id],
    'one job',
  )
  return row
}

export type Submitted = { spec: NewJob; user_id: string }

/** What was submitted here, and by whom; the array's, of a task. */
export async function findSubmission(tx: Tx, tenantId: string, id: string): Promise<Submitted | null> {
  const [found] = await tx.read<Submitted>(
    `select s.spec, s.user_id from engine_jobs j join job_submissions s on s.tenant_id = j.tenant_id and s.job_id = coalesce(j.array_id, j.id)
     where j.tenant_id = $1 and j.id = $2`,
    [tenantId, id],
  )
  return found ?? null
}

type Submission = { tenantId: string; engineId: string; jobId: string; userId: string; spec: NewJob }

/** An engine that counts from the beginning again calls another job the same: the last one counts. */
export const putSubmission = (tx: Tx, { tenantId, engineId, jobId, userId, spec }: Submission): Promise<number> => {
  const values = { user_id: userId, spec: JSON.stringify(spec), at: tx.now }
  return tx.run(
    sqlFor
      .insertInto('job_submissions')
      .values({ tenant_id: tenantId, engine_id: engineId, job_id: jobId, ...values })
      .onConflict((clash) => clash.columns(['tenant_id', 'job_id']).doUpdateSet(values)),
  )
}

/** Marks what is being cancelled, an array with its tasks. Answers the array to count anew, if there is one. */
export async function markStopping(tx: Tx, tenantId: string, { id, is_array, array_id }: Row): Promise<string | null> {
  await tx.read(
    `update engine_jobs set state = 'stopping', rank = 0, doc = doc || '{"state": "stopping"}'
     where tenant_id = $1 and (id = $2 or array_id = $2) and rank < 2 and not is_array`,
    [tenantId, id],
  )
  await tx.read(
    `update engine_jobs set waiting = waiting || '{"state": "stopping"}'
     where tenant_id = $1 and id = $2 and is_array and rank < 2 and waiting is not null`,
    [tenantId, id],
  )
  return is_array ? id : array_id
}
