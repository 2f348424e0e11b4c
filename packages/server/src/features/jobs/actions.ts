import type { Job, JobDetail } from '@tenantry/contract'
import { EngineError } from '../../engines/port.ts'
import type { Actor } from '../../platform/access/actor.ts'
import { authorizeAny } from '../../platform/access/authorize.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Deps } from '../../platform/deps.ts'
import { problem } from '../../platform/http/problem.ts'
import { askEngine, type OpenEngines, reachEngines } from '../engines/index.ts'
import { recountArrays, tellChange } from '../resources/index.ts'
import { personOf } from './choices.ts'
import { isMine, mayCancel, maySee, presentDetail, presentJob } from './present.ts'
import * as store from './store.ts'
import { within } from './within.ts'

const patience = 5_000

/** One job, with what its engine tells of it just now. Throws `not_found` for what is not there and what may not be seen. */
export async function getJob(deps: Deps, engines: OpenEngines, actor: Actor, id: string): Promise<JobDetail> {
  authorizeAny(actor, ['job.view_own', 'job.view_all'])
  const [row, submitted] = await deps.database.readAtOnce(actor, (tx) =>
    Promise.all([store.find(tx, actor.tenantId, id), store.findSubmission(tx, actor.tenantId, id)]),
  )
  if (!row || !maySee(actor, row)) return problem('not_found')
  const [reached] = await reachEngines(deps, engines, actor, row.engine_id)
  if (!reached) return problem('not_found')
  try {
    const { jobs } = reached.open()
    const detail = jobs ? await within(patience, (signal) => jobs.detail(reached.scope, row.native_id, signal)) : null
    return presentDetail(actor, row, { submitted, detail, incomplete: null })
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return presentDetail(actor, row, { submitted, detail: null, incomplete: error.message })
  }
}

/**
 * Cancels a job, an array with its tasks, or one task: one's own as oneself, another's as the platform. On record before
 * the engine is asked. Throws `not_found`, `missing_permission`, `wrong_state`, `engine_unavailable`, `engine_refused`.
 */
export async function cancelJob(deps: Deps, engines: OpenEngines, actor: Actor, id: string): Promise<Job> {
  const { database } = deps
  authorizeAny(actor, ['job.cancel_own', 'job.cancel_all'])
  const row = await database.readAtOnce(actor, (tx) => store.find(tx, actor.tenantId, id))
  if (!row) return problem('not_found')
  const mine = isMine(actor, row)
  if (!mayCancel(actor, row)) {
    if (!maySee(actor, row)) return problem('not_found')
    return problem('missing_permission', { missing: [mine ? 'job.cancel_own' : 'job.cancel_all'] })
  }
  if (row.rank === 2) return problem('wrong_state', { detail: 'It is over already.' })
  const [reached] = await reachEngines(deps, engines, actor, row.engine_id)
  if (!reached) return problem('not_found')
  const what = {
    target: { kind: 'job', id, name: row.doc.name },
    details: { engine: row.engine, job: row.native_id, owner: row.doc.owner },
  }
  await database.withTenant({ tenantId: actor.tenantId }, async (tx) => audit(tx, actor, 'job.cancelled', what))
  await askEngine(deps, actor, 'job.cancelled', what, async (signal) => {
    const { jobs } = reached.open()
    const person = mine ? await personOf(deps, actor, reached) : null
    if (mine && person === null) return problem('engine_refused', { detail: 'This engine knows no people.' })
    return jobs ? jobs.cancel(reached.scope, person, row.native_id, signal) : problem('wrong_state')
  })
  return database.withTenant({ tenantId: actor.tenantId }, async (tx) => {
    const array = await store.markStopping(tx, actor.tenantId, row)
    if (array !== null) await recountArrays(tx, { tenantId: actor.tenantId, engineId: row.engine_id }, [array])
    await tellChange(tx, { tenant: actor.tenantId, jobs: true })
    return presentJob(actor, (await store.find(tx, actor.tenantId, id)) ?? problem('not_found'))
  })
}
