import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { ProblemError } from '../../platform/http/problem.ts'
import type { OpenEngines } from '../engines/index.ts'
import { cancelJob } from './actions.ts'

// A workspace that is a job at its engine is looked after as a workspace.
const open = `from engine_jobs j where j.tenant_id = $1 and j.owner = $2 and j.rank < 2 and j.array_id is null
  and not exists (select from workspaces w where w.tenant_id = j.tenant_id and w.native = j.doc ->> 'name')`

/** How many jobs of somebody run or wait, an array as one. */
export async function countOpenJobs(tx: Tx, tenantId: string, username: string): Promise<number> {
  const [row] = await tx.read<{ n: number }>(`select count(*)::int as n ${open}`, [tenantId, username])
  return row?.n ?? 0
}

/** Cancels every job of somebody that runs or waits, as the platform. Throws what an engine says of the first that stays. */
export async function cancelJobsOf(deps: Deps, engines: OpenEngines, actor: Actor, username: string): Promise<void> {
  authorize(actor, 'job.cancel_all')
  const rows = await deps.database.withTenant({ tenantId: actor.tenantId }, (tx) =>
    tx.read<{ id: string }>(`select j.id ${open}`, [actor.tenantId, username]),
  )
  for (const { id } of rows) {
    await cancelJob(deps, engines, actor, id).catch((error) => {
      // It ended by itself meanwhile.
      const over = error instanceof ProblemError && ['wrong_state', 'not_found'].includes(error.code)
      if (!over) throw error
    })
  }
}
