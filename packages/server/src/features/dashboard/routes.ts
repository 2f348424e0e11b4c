import * as contract from '@tenantry/contract'
import { authorize } from '../../platform/access/authorize.ts'
import type { LiveSession } from '../../platform/access/sessions.ts'
import type { Deps } from '../../platform/deps.ts'
import { readCookie } from '../../platform/http/cookies.ts'
import type { On } from '../../platform/http/registrar.ts'
import type { DashboardEvents } from './events.ts'
import * as layout from './layout.ts'
import { cardsOf, kindsFor, overviewFor } from './rules.ts'
import * as store from './store.ts'

const mostJobs = 20

export function addDashboardRoutes(on: On, deps: Deps, events: DashboardEvents): void {
  const { database } = deps
  on(contract.getOverview, async ({ session }) => {
    const { permissions, ...where } = session as LiveSession
    // Where somebody of the platform has gone to a tenant, it is that tenant's dashboard they look at.
    const tenantId = where.visited?.id ?? where.tenant.id
    const rows = await database.readAtOnce({ tenantId }, (tx) => store.shares(tx, tenantId))
    return overviewFor(cardsOf(rows, database.now()), kindsFor(permissions))
  })
  on(contract.followDashboard, async ({ session, request }) =>
    events.follow(session as LiveSession, readCookie(request, 'session') ?? ''),
  )
  on(contract.getLayout, ({ actor }) => layout.getLayout(deps, actor))
  on(contract.saveLayout, ({ actor, body }) => layout.saveLayout(deps, actor, body))
  on(contract.resetLayout, ({ actor }) => layout.resetLayout(deps, actor))
  on(contract.getDefaultLayout, ({ actor }) => layout.getDefaultLayout(deps, actor))
  on(contract.setDefaultLayout, ({ actor, body }) => layout.setDefaultLayout(deps, actor, body))
  on(contract.listOwnJobs, async ({ actor }) => {
    authorize(actor, 'job.view_own')
    const items = await database.readAtOnce(actor, (tx) =>
      store.latestJobs(tx, actor.tenantId, actor.visiting ? '' : actor.name, mostJobs),
    )
    return { items }
  })
  on(contract.countUsersByRole, async ({ actor }) => {
    authorize(actor, 'user.view')
    const rows = await database.readAtOnce(actor, (tx) => store.countByRole(tx, actor.tenantId))
    return { items: rows.map(({ id, name, n }) => ({ roleId: id, role: name, users: Number(n) })) }
  })
}
