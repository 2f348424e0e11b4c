import { type listUsers as listUsersRoute, permissions, type QueryOf, type User } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { rightsOf } from '../../platform/access/rights.ts'
import { findRole } from '../../platform/access/roles.ts'
import { activityOf } from '../../platform/audit/read.ts'
import { sealTenant } from '../../platform/audit/seal.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { problem } from '../../platform/http/problem.ts'
import { countUpTo, type Filter, isPlain, listPage } from './list.ts'
import { present } from './rules.ts'
import { sessionsOf } from './sessions.ts'
import * as store from './store.ts'

/** One page of the tenant's users. Throws `invalid_cursor`. */
export function listUsers({ database }: Deps, actor: Actor, query: QueryOf<typeof listUsersRoute>) {
  authorize(actor, 'user.view')
  const read = async (tx: Tx) => {
    const { rows, next, previous } = await listPage(tx, actor.tenantId, query)
    return { items: rows.map((row) => present(row, tx.now)), next, previous }
  }
  return isPlain(query) ? database.readAtOnce(actor, read) : database.withTenant(actor, read)
}

export function countUsers({ database }: Deps, actor: Actor, filter: Filter) {
  authorize(actor, 'user.view')
  return database.readAtOnce(actor, (tx) => countUpTo(tx, actor.tenantId, filter))
}

export const getUser = ({ database }: Deps, actor: Actor, id: string): Promise<User> => {
  authorize(actor, 'user.view')
  return database.readAtOnce(actor, async (tx) =>
    present((await store.find(tx, actor.tenantId, id)) ?? problem('not_found'), tx.now),
  )
}

/** What the user may do; every permission comes from their role today. */
export const listUserPermissions = (deps: Deps, actor: Actor, id: string) =>
  ofUser(deps, actor, id, async (tx, user) => {
    const role = (await findRole(tx, actor.tenantId, user.role_id)) ?? problem('not_found')
    const rights = rightsOf(role)
    const from = { kind: 'role' as const, id: role.id, name: role.name }
    const since = user.role_since.toISOString()
    return permissions.filter((permission) => rights.has(permission)).map((permission) => ({ permission, from, since }))
  })

export const listUserSessions = (deps: Deps, actor: Actor, id: string) => {
  authorize(actor, 'user.sign_out')
  return ofUser(deps, actor, id, (tx) => sessionsOf(tx, actor.tenantId, id, actor.sessionId), null)
}

export const listUserActivity = async (
  deps: Deps,
  actor: Actor,
  id: string,
  paging: { cursor?: string | undefined; limit: number },
) => {
  authorize(actor, 'audit.view')
  await sealTenant(deps.database, actor.tenantId)
  return ofUser(deps, actor, id, (tx) => activityOf(tx, actor.tenantId, id, paging), null)
}

/** What would go with the user. */
export const listOwned = (deps: Deps, actor: Actor, id: string) =>
  ofUser(deps, actor, id, async (tx) => {
    const { sessions, devices } = await store.countOwned(tx, actor.tenantId, id)
    return [
      { kind: 'sessions' as const, count: sessions },
      { kind: 'devices' as const, count: devices },
    ].filter(({ count }) => count > 0)
  })

function ofUser<T>(
  { database }: Deps,
  actor: Actor,
  id: string,
  read: (tx: Tx, user: store.UserRow) => Promise<T>,
  needs: 'user.view' | null = 'user.view',
) {
  if (needs) authorize(actor, needs)
  return database.withTenant(actor, async (tx) =>
    read(tx, (await store.find(tx, actor.tenantId, id)) ?? problem('not_found')),
  )
}
