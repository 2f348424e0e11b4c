import type {
  Belongings,
  BelongingsCount,
  BodyOf,
  BulkResult,
  settleBelongings as settleRoute,
} from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { problem } from '../../platform/http/problem.ts'
import type { OpenEngines } from '../engines/index.ts'
import { cancelJobsOf, countOpenJobs, type Silent } from '../jobs/index.ts'
import { changeUser, forEachUser, targetOf } from '../users/index.ts'
import { stopIn } from './actions.ts'
import { handOverIn, heirNamed } from './hand-over.ts'
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

/** How much each of several users owns. Whoever is not there, or not of this tenant, is left out. */
export async function countBelongings(
  { database }: Deps,
  actor: Actor,
  ids: string[],
): Promise<{ items: BelongingsCount[] }> {
  authorize(actor, 'user.view')
  const { tenantId } = actor
  return database.withTenant({ tenantId }, async (tx) => {
    const users = await tx.read<Omit<BelongingsCount, 'jobs'>>(
      `select u.id, u.username,
        (select count(*)::int from workspaces w
          where w.tenant_id = $1 and w.owner_id = u.id and w.wanted <> 'deleted') as workspaces,
        (select count(*)::int from volumes v where v.tenant_id = $1 and v.owner_id = u.id) as volumes
        from users u where u.tenant_id = $1 and u.id = any($2) order by u.username`,
      [tenantId, ids],
    )
    const names = users.map(({ username }) => username)
    const jobs = await countOpenJobs(tx, tenantId, names)
    return { items: users.map((user) => ({ ...user, jobs: jobs.get(user.username) ?? 0 })) }
  })
}

type Settlement = BodyOf<typeof settleRoute>

/**
 * Stops, hands over or keeps what a user owns, before they are disabled or deleted. Under the same guards as those: nobody
 * does this to somebody with rights they lack, nor to themselves. Throws `exceeds_your_rights`, `not_on_yourself`,
 * `not_found`, and what an engine says.
 */
export async function settleBelongings(
  deps: Deps,
  engines: OpenEngines,
  actor: Actor,
  userId: string,
  settlement: Settlement,
): Promise<Belongings> {
  checkSettlement(actor, [userId], settlement)
  const { username } = await settle(deps, engines, actor, userId, settlement)
  return deps.database.withTenant(actor, (tx) => belongingsOf(tx, actor.tenantId, userId, username))
}

/** The same for several, one at a time. Throws, before anything is done, where nothing can be handed over to `to`. */
export async function bulkSettleBelongings(
  deps: Deps,
  engines: OpenEngines,
  actor: Actor,
  ids: string[],
  settlement: Settlement,
): Promise<BulkResult> {
  checkSettlement(actor, ids, settlement)
  const { workspaces, to } = settlement
  const { tenantId } = actor
  if (workspaces === 'hand_over' && to !== null)
    await deps.database.withTenant({ tenantId }, (tx) => heirNamed(tx, tenantId, to))
  const silent: Silent = new Map()
  return forEachUser(deps, actor, ids, (_, by, id) => settle(deps, engines, by, id, settlement, silent))
}

/** What holds of a decision whomever it is about. */
function checkSettlement(actor: Actor, ids: string[], { workspaces, to, jobs }: Settlement): void {
  if (workspaces !== 'keep') authorize(actor, 'workspace.manage_all')
  if (jobs === 'cancel') authorize(actor, 'job.cancel_all')
  if (workspaces !== 'hand_over') return
  const pointer = '/to'
  const heir = to?.toLowerCase()
  if (heir === undefined) problem('invalid_input', { errors: [{ pointer, code: 'required', detail: 'say to whom' }] })
  if (ids.some((id) => id.toLowerCase() === heir))
    problem('invalid_input', { errors: [{ pointer, code: 'leaving', detail: 'is one of those who are let go' }] })
}

/** Of one. `silent`: the engines that are known not to answer. */
async function settle(
  deps: Deps,
  engines: OpenEngines,
  actor: Actor,
  userId: string,
  { workspaces, to, jobs }: Settlement,
  silent?: Silent,
): Promise<{ username: string }> {
  const username = await changeUser(deps, actor, userId, {
    needs: workspaces === 'keep' ? 'job.cancel_all' : 'workspace.manage_all',
    action: 'user.belongings_settled',
    notOnYourself: true,
    work: async (tx, user, current) => {
      // Before the quota is locked, as everywhere: whoever starts one of them has its row first.
      await store.lockOwned(tx, current.tenantId, userId)
      const rows = await ownedBy(tx, current, userId)
      for (const row of rows) {
        if (workspaces === 'stop' && row.wanted === 'running') await stopIn(tx, current, row)
        if (workspaces === 'hand_over' && to !== null) await handOverIn(tx, current, row, to)
      }
      const open = jobs === 'cancel' ? (await countOpenJobs(tx, current.tenantId, [user.username])).size : 0
      // Of whoever has nothing there is nothing to tell.
      if (rows.length + open > 0)
        audit(tx, current, 'user.belongings_settled', {
          target: targetOf(user),
          details: { workspaces, jobs, ...(to !== null && { to }), count: rows.length },
        })
      return user.username
    },
  })
  if (jobs === 'cancel') await cancelJobsOf(deps, engines, actor, username, silent)
  return { username }
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
    countOpenJobs(tx, tenantId, [username]),
  ])
  return { workspaces, volumes, jobs: jobs.get(username) ?? 0 }
}
