import type { BulkResult } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { findRole } from '../../platform/access/roles.ts'
import type { Deps } from '../../platform/deps.ts'
import { ProblemError } from '../../platform/http/problem.ts'
import { changeRole, deleteUser, disableUser, enableUser } from './actions.ts'
import { assignable } from './change.ts'
import * as store from './store.ts'

type One = (deps: Deps, actor: Actor, id: string) => Promise<{ username: string }>

export const bulkDisable = (deps: Deps, actor: Actor, ids: string[]) => forEachUser(deps, actor, ids, disableUser)
export const bulkEnable = (deps: Deps, actor: Actor, ids: string[]) => forEachUser(deps, actor, ids, enableUser)
export const bulkDelete = (deps: Deps, actor: Actor, ids: string[]) => forEachUser(deps, actor, ids, deleteUser)

/** Throws, before anything is done, where the role could be given to nobody. */
export async function bulkChangeRole(deps: Deps, actor: Actor, ids: string[], roleId: string): Promise<BulkResult> {
  authorize(actor, 'role.assign')
  await deps.database.withTenant({ tenantId: actor.tenantId }, async (tx) => {
    assignable(actor, await findRole(tx, actor.tenantId, roleId))
  })
  return forEachUser(deps, actor, ids, (ds, by, id) => changeRole(ds, by, id, roleId))
}

/** Each in a transaction of its own, with the guards of one: what is refused for one stops none of the others. */
export async function forEachUser(deps: Deps, actor: Actor, ids: string[], one: One): Promise<BulkResult> {
  const items: BulkResult['items'] = []
  for (const id of new Set(ids)) {
    try {
      const { username } = await one(deps, actor, id)
      items.push({ id, username, done: true, problem: null })
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      const user = await deps.database.withTenant({ tenantId: actor.tenantId }, (tx) =>
        store.find(tx, actor.tenantId, id),
      )
      items.push({ id, username: user?.username ?? null, done: false, problem: error.toProblem() })
    }
  }
  return { items }
}
