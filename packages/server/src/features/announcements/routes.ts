import * as contract from '@tenantry/contract'
import type { LiveSession } from '../../platform/access/sessions.ts'
import type { Deps } from '../../platform/deps.ts'
import type { On } from '../../platform/http/registrar.ts'
import { announce, listAnnouncements, takeDownAnnouncement } from './actions.ts'

export function addAnnouncementRoutes(on: On, deps: Deps): void {
  on(contract.listAnnouncements, ({ session }) => {
    const { visited, tenant } = session as LiveSession
    return listAnnouncements(deps, visited?.id ?? tenant.id)
  })
  on(contract.announce, ({ actor, body }) => announce(deps, actor, body))
  on(contract.takeDownAnnouncement, ({ actor, params }) => takeDownAnnouncement(deps, actor, params.id))
}
