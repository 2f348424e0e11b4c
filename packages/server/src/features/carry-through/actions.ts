import type { CarryThrough } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { problem } from '../../platform/http/problem.ts'
import { changeUser, targetOf } from '../users/index.ts'
import * as store from './store.ts'

/** How far each engine follows what was decided about a user. */
export async function listUserEngines(
  { database }: Deps,
  actor: Actor,
  id: string,
): Promise<{ items: CarryThrough[] }> {
  authorize(actor, 'user.view')
  return database.withTenant(actor, async (tx) => {
    const [user] = await tx.read('select 1 from users where tenant_id = $1 and id = $2', [actor.tenantId, id])
    return user ? shown(tx, actor.tenantId, id) : problem('not_found')
  })
}

/** Carries what was decided about a user through again, at once. Throws what changing a user throws. */
export const retryUserEngines = (deps: Deps, actor: Actor, id: string): Promise<{ items: CarryThrough[] }> =>
  changeUser(deps, actor, id, {
    needs: 'user.update',
    action: 'engine_access.retried',
    work: async (tx, user, current) => {
      await store.retry(tx, actor.tenantId, id)
      audit(tx, current, 'engine_access.retried', { target: targetOf(user) })
      return shown(tx, actor.tenantId, id)
    },
  })

async function shown(tx: Tx, tenantId: string, userId: string): Promise<{ items: CarryThrough[] }> {
  const rows = await store.listOfUser(tx, tenantId, userId)
  return {
    items: rows.map((row) => ({
      engineId: row.engine_id,
      engine: row.name,
      engineKind: row.kind,
      state: row.state,
      access: row.access,
      reason: row.reason,
      attempts: row.attempts,
      updatedAt: row.updated_at.toISOString(),
      nextTryAt: row.state === 'failed' ? (row.next_at?.toISOString() ?? null) : null,
    })),
  }
}
