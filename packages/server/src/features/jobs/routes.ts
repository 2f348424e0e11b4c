import * as contract from '@tenantry/contract'
import type { LiveSession } from '../../platform/access/sessions.ts'
import type { Deps } from '../../platform/deps.ts'
import { readCookie } from '../../platform/http/cookies.ts'
import type { LivePages } from '../../platform/http/live-pages.ts'
import type { On } from '../../platform/http/registrar.ts'
import type { OpenEngines } from '../engines/index.ts'
import { cancelJob, getJob } from './actions.ts'
import { listJobChoices, openChoices } from './choices.ts'
import { listJobs, listJobTasks } from './list.ts'
import { followJobOutput } from './output.ts'
import { resubmitJob, submitJob } from './submit.ts'

export function addJobRoutes(on: On, deps: Deps, engines: OpenEngines, pages: LivePages): void {
  const choices = openChoices()
  on(contract.listJobs, ({ actor, query }) => listJobs(deps, actor, query))
  on(contract.listJobChoices, ({ actor }) => listJobChoices(deps, engines, choices, actor))
  on(contract.getJob, ({ actor, params }) => getJob(deps, engines, actor, params.id))
  on(contract.listJobTasks, ({ actor, params, query }) => listJobTasks(deps, actor, params.id, query))
  on(contract.followJobOutput, ({ actor, params, query, session, request }) =>
    followJobOutput(
      { deps, engines, pages, session: session as LiveSession, token: readCookie(request, 'session') ?? '' },
      actor,
      { id: params.id, ...query },
    ),
  )
  on(contract.submitJob, ({ actor, body }) => submitJob(deps, engines, choices, actor, body))
  on(contract.cancelJob, ({ actor, params }) => cancelJob(deps, engines, actor, params.id))
  on(contract.resubmitJob, ({ actor, params }) => resubmitJob(deps, engines, choices, actor, params.id))
}
