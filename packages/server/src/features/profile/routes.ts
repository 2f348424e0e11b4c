import * as contract from '@tenantry/contract'
import type { Deps } from '../../platform/deps.ts'
import type { On } from '../../platform/http/registrar.ts'
import { etag } from '../../platform/http/registrar.ts'
import * as profile from './actions.ts'

export function addProfileRoutes(on: On, deps: Deps): void {
  on(contract.getProfile, async ({ actor, reply }) => {
    const user = await profile.getProfile(deps, actor)
    reply.header('etag', etag(user.version))
    return user
  })
  on(contract.editProfile, async ({ actor, body, ifMatch, reply }) => {
    const user = await profile.editProfile(deps, actor, body, ifMatch)
    reply.header('etag', etag(user.version))
    return user
  })
  on(contract.changeOwnPassword, ({ actor, body }) => profile.changeOwnPassword(deps, actor, body))
  on(contract.listOwnSessions, async ({ actor }) => ({ items: await profile.listOwnSessions(deps, actor) }))
  on(contract.endOwnSession, ({ actor, params }) => profile.endOwnSession(deps, actor, params.id))
  on(contract.endOtherSessions, ({ actor }) => profile.endOtherSessions(deps, actor))
  on(contract.listOwnActivity, ({ actor, query }) => profile.listOwnActivity(deps, actor, query))
}
