import type { Belongings, BodyOf, settleBelongings as settleRoute } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { problem } from '../../platform/http/problem.ts'
import type { OpenEngines } from '../engines/index.ts'
import { cancelJobsOf, countOpenJobs } from '../jobs/index.ts'
import { changeUser, targetOf } from '../users/index.ts'
import { stopIn } from './actions.ts'
import { handOverIn } from './hand-over.ts'
import { isUp } from './present.ts'
import * as store from './store.ts'

/** What a user owns that goes on without them. */
export async function getBelongings({ database }: Deps, actor: Actor, userId: string): Promise<Belongings> {
  authorize(actor, 'user.view')
  return database.withTenant(actor, async (tx) => {
    const [user] = await tx.read<{ username: string }>('select username from users where tenant_id = $1 and id = $2', [
      actor.tenantId,
      userId,
    ])
    return user ? belongingsOf(tx, actor.tenantId, userId, user.username) : problem('not_found')
  })
}

/**
 * Stops, hands over or keeps what a user owns, before they are disabled or deleted. Under the same guard as those: nobody
 * does this to somebody with rights they lack. Throws `exceeds_your_rights`, `not_found`, and what an engine says.
 */
export async function settleBelongings(
  deps: Deps,
  engines: OpenEngines,
  actor: Actor,
  userId: string,
  { workspaces, to, jobs }: BodyOf<typeof settleRoute>,
): Promise<Belongings> {
  if (workspaces !== 'keep') authorize(actor, 'workspace.manage_all')
  if (jobs === 'cancel') authorize(actor, 'job.cancel_all')
  if (workspaces === 'hand_over' && to === null)
    problem('invalid_input', { errors: [{ pointer: '/to', code: 'required', detail: 'say to whom' }] })
  const username = await changeUser(deps, actor, userId, {
    needs: workspaces === 'keep' ? 'job.cancel_all' : 'workspace.manage_all',
    action: 'user.belongings_settled',
    work: async (tx, user, current) => {
      const rows = await ownedBy(tx, current, userId)
      for (const row of rows) {
        if (workspaces === 'stop' && isUp(row.state)) await stopIn(tx, current, row)
        if (workspaces === 'hand_over' && to !== null) await handOverIn(tx, current, row, to)
      }
      audit(tx, current, 'user.belongings_settled', {
        target: targetOf(user),
        details: { workspaces, jobs, ...(to !== null && { to }), count: rows.length },
      })
      return user.username
    },
  })
  if (jobs === 'cancel') await cancelJobsOf(deps, engines, actor, username)
  return deps.database.withTenant(actor, (tx) => belongingsOf(tx, actor.tenantId, userId, username))
}

async function ownedBy(tx: Tx, actor: Actor, userId: string): Promise<store.WorkspaceRow[]> {
  const [rows] = await store.list(
    tx,
    { tenantId: actor.tenantId, userId },
    { q: undefined, states: null, all: false, order: { by: 'created', descending: true, after: null }, limit: 1000 },
  )
  return rows.filter((row) => row.owner_id === userId)
}

async function belongingsOf(tx: Tx, tenantId: string, userId: string, username: string): Promise<Belongings> {
  const [workspaces, volumes, jobs] = await Promise.all([
    tx.read<Belongings['workspaces'][number]>(
      `select id, name, state from workspaces where tenant_id = $1 and owner_id = $2 and wanted <> 'deleted' order by name_key`,
      [tenantId, userId],
    ),
    tx.read<{ id: string; name: string; sizeGiB: number }>(
      'select id, name, size_gib as "sizeGiB" from volumes where tenant_id = $1 and owner_id = $2 order by name_key',
      [tenantId, userId],
    ),
    countOpenJobs(tx, tenantId, username),
  ])
  return { workspaces, volumes, jobs }
}
