import * as contract from '@tenantry/contract'
import type { LiveSession } from '../../platform/access/sessions.ts'
import type { Deps } from '../../platform/deps.ts'
import { readCookie } from '../../platform/http/cookies.ts'
import type { LivePages } from '../../platform/http/live-pages.ts'
import { etag, type On } from '../../platform/http/registrar.ts'
import type { OpenEngines } from '../engines/index.ts'
import * as actions from './actions.ts'
import * as belongings from './belongings.ts'
import { listWorkspaceChoices } from './choices.ts'
import { handOverWorkspace } from './hand-over.ts'
import { launchWorkspace, startWorkspace } from './launch.ts'
import { followLogs } from './logs.ts'
import { openWorkspace } from './open.ts'
import type { Origins } from './origin.ts'
import { listPlacements } from './placements.ts'
import * as shares from './shares.ts'
import * as templates from './templates.ts'
import * as quotas from './user-quotas.ts'
import { deleteVolume, listVolumes } from './volume-actions.ts'

export function addWorkspaceRoutes(on: On, deps: Deps, engines: OpenEngines, origins: Origins, pages: LivePages): void {
  const streams = { deps, engines, pages }
  on(contract.listWorkspaceChoices, ({ actor }) => listWorkspaceChoices(deps, actor))
  on(contract.listWorkspaces, ({ actor, query }) => actions.listWorkspaces(deps, actor, query))
  on(contract.launchWorkspace, ({ actor, body }) => launchWorkspace(deps, actor, body))
  on(contract.getWorkspace, ({ actor, params }) => actions.getWorkspace(deps, actor, params.id))
  on(contract.startWorkspace, ({ actor, params }) => startWorkspace(deps, actor, params.id))
  on(contract.stopWorkspace, ({ actor, params }) => actions.stopWorkspace(deps, actor, params.id))
  on(contract.restartWorkspace, ({ actor, params }) => actions.restartWorkspace(deps, actor, params.id))
  on(contract.extendWorkspace, ({ actor, params }) => actions.extendWorkspace(deps, actor, params.id))
  on(contract.openWorkspace, ({ actor, params }) => openWorkspace(deps, origins, actor, params.id))
  on(contract.deleteWorkspace, ({ actor, params, query }) => actions.deleteWorkspace(deps, actor, params.id, query))
  on(contract.handOverWorkspace, ({ actor, params, body }) => handOverWorkspace(deps, actor, params.id, body.to))
  on(contract.listWorkspaceEvents, ({ actor, params }) => actions.listEvents(deps, actor, params.id))
  on(contract.followWorkspaceLogs, ({ actor, params, session, request }) =>
    followLogs(
      { ...streams, session: session as LiveSession, token: readCookie(request, 'session') ?? '' },
      actor,
      params.id,
    ),
  )
  on(contract.listWorkspaceShares, ({ actor, params }) => shares.listShares(deps, actor, params.id))
  on(contract.listWorkspaceColleagues, ({ actor, params, query }) =>
    shares.listColleagues(deps, actor, params.id, query.q),
  )
  on(contract.shareWorkspace, ({ actor, params, body }) => shares.shareWorkspace(deps, actor, params.id, body.userId))
  on(contract.unshareWorkspace, ({ actor, params }) => shares.unshareWorkspace(deps, actor, params.id, params.userId))
  on(contract.listVolumes, ({ actor, query }) => listVolumes(deps, actor, query.whose))
  on(contract.deleteVolume, ({ actor, params }) => deleteVolume(deps, engines, actor, params.id))
  on(contract.listPlacements, ({ actor }) => listPlacements(deps, engines, actor))
  on(contract.listTemplates, ({ actor }) => templates.listTemplates(deps, actor))
  on(contract.createTemplate, ({ actor, body }) => templates.createTemplate(deps, actor, body))
  on(contract.changeTemplate, async ({ actor, params, body, ifMatch, reply }) => {
    const template = await templates.changeTemplate(deps, actor, params.id, body, ifMatch)
    reply.header('etag', etag(template.version))
    return template
  })
  on(contract.deleteTemplate, ({ actor, params }) => templates.deleteTemplate(deps, actor, params.id))
  on(contract.getUserQuotas, ({ actor }) => quotas.getUserQuotas(deps, actor))
  on(contract.setStandardQuota, ({ actor, body }) => quotas.setStandardQuota(deps, actor, body))
  on(contract.setUserQuota, ({ actor, params, body }) => quotas.setUserQuota(deps, actor, params.id, body.quota))
  on(contract.getBelongings, ({ actor, params }) => belongings.getBelongings(deps, actor, params.id))
  on(contract.settleBelongings, ({ actor, params, body }) =>
    belongings.settleBelongings(deps, engines, actor, params.id, body),
  )
  on(contract.countBelongings, ({ actor, body }) => belongings.countBelongings(deps, actor, body.ids))
  on(contract.bulkSettleBelongings, ({ actor, body: { ids, ...settlement } }) =>
    belongings.bulkSettleBelongings(deps, engines, actor, ids, settlement),
  )
}
