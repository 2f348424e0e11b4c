import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { ProblemError } from '../../platform/http/problem.ts'
import type { OpenEngines } from '../engines/index.ts'
import { cancelJob } from './actions.ts'

/**
 * That a row `j` of `engine_jobs` is no workspace: one that is a job at its engine is looked after, and counted, as a
 * workspace. Anybody may call a job as one: its number tells. On other engines than Slurm workspaces are no jobs.
 */
export const isNoWorkspace = `not exists (select from workspaces w
  join engine_health h on h.engine_id = w.engine_id and h.kind = 'slurm'
  where w.tenant_id = j.tenant_id and w.engine_id = j.engine_id
    and w.handle = j.native_id and w.native = j.doc ->> 'name')`

const open = `from engine_jobs j where j.tenant_id = $1 and j.owner = any($2) and j.rank < 2 and j.array_id is null
  and ${isNoWorkspace}`

/** How many jobs of these people run or wait, an array as one, by username; of who has none, nothing. */
export async function countOpenJobs(tx: Tx, tenantId: string, usernames: string[]): Promise<Map<string, number>> {
  const rows = await tx.read<{ owner: string; n: number }>(
    `select j.owner, count(*)::int as n ${open} group by j.owner`,
    [tenantId, usernames],
  )
  return new Map(rows.map(({ owner, n }) => [owner, n]))
}

/** By id, the engines that did not answer while several people's jobs were cancelled: none is waited for twice. */
export type Silent = Map<string, ProblemError>

/** Cancels every job of somebody that runs or waits, as the platform. Throws what an engine says of the first that stays. */
export async function cancelJobsOf(
  deps: Deps,
  engines: OpenEngines,
  actor: Actor,
  username: string,
  silent: Silent = new Map(),
): Promise<void> {
  authorize(actor, 'job.cancel_all')
  const rows = await deps.database.withTenant({ tenantId: actor.tenantId }, (tx) =>
    tx.read<{ id: string; engine_id: string }>(`select j.id, j.engine_id ${open}`, [actor.tenantId, [username]]),
  )
  for (const { id, engine_id } of rows) {
    const known = silent.get(engine_id)
    if (known) throw known
    await cancelJob(deps, engines, actor, id).catch((error) => {
      if (!(error instanceof ProblemError)) throw error
      if (error.code === 'engine_unavailable') silent.set(engine_id, error)
      // It ended by itself meanwhile.
      if (!['wrong_state', 'not_found'].includes(error.code)) throw error
    })
  }
}
