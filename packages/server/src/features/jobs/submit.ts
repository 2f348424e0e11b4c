import type { JobDetail, NewJob } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize, authorizeAny } from '../../platform/access/authorize.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Deps } from '../../platform/deps.ts'
import { fieldProblem, problem } from '../../platform/http/problem.ts'
import { askEngine, type OpenEngines, reachEngines } from '../engines/index.ts'
import { idAt, putSubmitted, tellChange } from '../resources/index.ts'
import { type Choices, guest, personOf } from './choices.ts'
import { firstRow } from './first-row.ts'
import { isMine, maySee, presentDetail } from './present.ts'
import { quotaProblem, settle } from './rules.ts'
import * as store from './store.ts'

/**
 * Submits a job as the actor: where they may, and within what the tenant may use. Known here at once; the next reading of
 * the engine brings what the engine says of it. Throws `not_found`, `exceeds_quota`, `engine_unavailable`, `engine_refused`.
 */
export async function submitJob(
  deps: Deps,
  engines: OpenEngines,
  choices: Choices,
  actor: Actor,
  asked: NewJob,
): Promise<JobDetail> {
  authorize(actor, 'job.submit')
  const [reached] = await reachEngines(deps, engines, actor, asked.engineId)
  if (!reached) return problem('not_found')
  const what = (job: NewJob) => ({ target: { kind: 'job', id: null, name: job.name }, details: detailsOf(job) })

  const { jobs, person, settled } = await askEngine(deps, actor, 'job.submitted', what(asked), async () => {
    const { jobs } = reached.open()
    if (!jobs) return fieldProblem('invalid_input', 'engineId', 'runs no jobs')
    const person = await personOf(deps, actor, reached)
    if (!person) return problem('engine_refused', { detail: actor.visiting ? guest : 'This engine knows no people.' })
    return { jobs, person, settled: settle(asked, await choices.of(actor, { reached, jobs, person })) }
  })
  if ('errors' in settled) {
    return problem('invalid_input', { detail: settled.errors[0]?.detail ?? '', errors: settled.errors })
  }
  const { job } = settled
  const tooMuch = quotaProblem(job, reached.quota)
  if (tooMuch !== null) return problem('exceeds_quota', { detail: tooMuch })

  const nativeId = await askEngine(deps, actor, 'job.submitted', what(job), (signal) =>
    jobs.submit(reached.scope, person, job, signal),
  )
  const where = { tenantId: actor.tenantId, engineId: reached.id }
  const id = idAt(where, 'job', nativeId)
  const row = await deps.database.withTenant(actor, async (tx) => {
    await putSubmitted(tx, where, firstRow(id, nativeId, job, actor.name, tx.now))
    await store.putSubmission(tx, { ...where, jobId: id, userId: actor.userId ?? '', spec: job })
    audit(tx, actor, 'job.submitted', { target: { kind: 'job', id, name: job.name }, details: detailsOf(job) })
    await tellChange(tx, { tenant: actor.tenantId, jobs: true })
    return (await store.find(tx, actor.tenantId, id)) ?? problem('not_found')
  })
  return presentDetail(actor, row, {
    submitted: { spec: job, user_id: actor.userId ?? '' },
    detail: null,
    incomplete: null,
  })
}

/** Submits again what was submitted here, as the actor. Throws as `submitJob` does, and `wrong_state`. */
export async function resubmitJob(
  deps: Deps,
  engines: OpenEngines,
  choices: Choices,
  actor: Actor,
  id: string,
): Promise<JobDetail> {
  authorize(actor, 'job.submit')
  authorizeAny(actor, ['job.view_own', 'job.view_all'])
  const { row, submitted } = await deps.database.readAtOnce(actor, async (tx) => {
    const [row, submitted] = await Promise.all([
      store.find(tx, actor.tenantId, id),
      store.findSubmission(tx, actor.tenantId, id),
    ])
    return { row, submitted }
  })
  if (!row || !maySee(actor, row)) return problem('not_found')
  if (submitted === null || submitted.user_id !== actor.userId || !isMine(actor, row))
    return problem('wrong_state', { detail: 'It was not submitted here by you.' })
  return submitJob(deps, engines, choices, actor, submitted.spec)
}

/** What goes on record: neither the script nor the values of the environment, which may be secrets. */
const detailsOf = ({ script: _, environment, ...job }: NewJob): Record<string, unknown> => ({
  ...job,
  environment: Object.keys(environment),
})
