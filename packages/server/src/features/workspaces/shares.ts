import type { AnswerOf, listWorkspaceColleagues, listWorkspaceShares } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorizeAny } from '../../platform/access/authorize.ts'
import { revoke } from '../../platform/access/sessions.ts'
import { audit } from '../../platform/audit/audit.ts'
import { sqlFor } from '../../platform/database/builder.ts'
import { nameOf } from '../../platform/database/person.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { problem } from '../../platform/http/problem.ts'
import { seen } from './launch.ts'
import { mayManage } from './present.ts'
import * as store from './store.ts'
import { tellWorkspaces } from './tell.ts'

type Shares = AnswerOf<typeof listWorkspaceShares>
type Row = { user_id: string; username: string; name: string; shared_at: Date }

export async function listShares({ database }: Deps, actor: Actor, id: string): Promise<Shares> {
  authorizeAny(actor, ['workspace.view_own', 'workspace.view_all'])
  return database.withTenant(actor, async (tx) => {
    await seen(tx, actor, id)
    return sharesOf(tx, actor.tenantId, id)
  })
}

/** Lets somebody of the tenant open it. Safe to repeat. Throws `not_found`, `missing_permission`. */
export async function shareWorkspace({ database }: Deps, actor: Actor, id: string, userId: string): Promise<Shares> {
  return database.withTenant(actor, async (tx) => {
    const row = await managed(tx, actor, id)
    const [person] = await tx.read<{ username: string }>(
      'select username from users where tenant_id = $1 and id = $2 and deleted_at is null and disabled_at is null',
      [actor.tenantId, userId],
    )
    if (!person) return problem('not_found', { detail: 'There is no such person in the tenant.' })
    if (userId === row.owner_id) problem('wrong_state', { detail: 'It is theirs already.' })
    const added = await tx.run(
      sqlFor
        .insertInto('workspace_shares')
        .values({ tenant_id: actor.tenantId, workspace_id: id, user_id: userId, shared_at: tx.now })
        .onConflict((clash) => clash.doNothing()),
    )
    if (added > 0) {
      await store.addEvent(tx, actor.tenantId, id, `Shared with ${person.username} by ${actor.name}.`)
      audit(tx, actor, 'workspace.shared', {
        target: { kind: 'workspace', id, name: row.name },
        details: { with: person.username },
      })
      await tellWorkspaces(tx, actor.tenantId)
    }
    return sharesOf(tx, actor.tenantId, id)
  })
}

/** Withdraws a share: whoever is in there is cut off at once, on every replica. */
export async function unshareWorkspace({ database }: Deps, actor: Actor, id: string, userId: string): Promise<void> {
  await database.withTenant(actor, async (tx) => {
    const row = await managed(tx, actor, id)
    const [share] = (await sharesOf(tx, actor.tenantId, id)).items.filter((one) => one.userId === userId)
    if (!share) return problem('not_found', { detail: 'It is not shared with them.' })
    await tx.run(
      sqlFor
        .deleteFrom('workspace_shares')
        .where('tenant_id', '=', actor.tenantId)
        .where('workspace_id', '=', id)
        .where('user_id', '=', userId),
    )
    // Their sessions are looked up again, and with them what they may open.
    revoke(tx, { user: userId })
    await store.addEvent(tx, actor.tenantId, id, `Share with ${share.username} withdrawn by ${actor.name}.`)
    audit(tx, actor, 'workspace.unshared', {
      target: { kind: 'workspace', id, name: row.name },
      details: { with: share.username },
    })
    await tellWorkspaces(tx, actor.tenantId)
  })
}

/** Those with whom it could be shared, whose user name or name begins so. */
export async function listColleagues(
  { database }: Deps,
  actor: Actor,
  id: string,
  q: string,
): Promise<AnswerOf<typeof listWorkspaceColleagues>> {
  return database.withTenant(actor, async (tx) => {
    const row = await managed(tx, actor, id)
    const begins = `${q.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
    const rows = await tx.read<Row>(
      `select u.id as user_id, u.username, coalesce(${nameOf('u')}, u.username) as name from users u
       where u.tenant_id = $1 and u.id <> $2 and u.deleted_at is null and u.disabled_at is null
         and (u.username like $3 or u.name_key like $3 or lower(u.last_name) like $3)
         and not exists (select from workspace_shares s where s.tenant_id = u.tenant_id and s.workspace_id = $4 and s.user_id = u.id)
       order by u.username limit 20`,
      [actor.tenantId, row.owner_id, begins, id],
    )
    return { items: rows.map(({ user_id: userId, username, name }) => ({ userId, username, name })) }
  })
}

async function managed(tx: Tx, actor: Actor, id: string): Promise<store.WorkspaceRow> {
  const row = await seen(tx, actor, id)
  if (!mayManage(actor, row)) {
    const needed = actor.permissions.has('workspace.create') ? 'workspace.manage_all' : 'workspace.create'
    problem('missing_permission', { missing: [needed] })
  }
  return row
}

async function sharesOf(tx: Tx, tenantId: string, id: string): Promise<Shares> {
  const rows = await tx.read<Row>(
    `select s.user_id, u.username, coalesce(${nameOf('u')}, u.username) as name, s.shared_at
     from workspace_shares s join users u on u.tenant_id = s.tenant_id and u.id = s.user_id
     where s.tenant_id = $1 and s.workspace_id = $2 order by u.username`,
    [tenantId, id],
  )
  return {
    items: rows.map((row) => ({
      userId: row.user_id,
      username: row.username,
      name: row.name,
      sharedAt: row.shared_at.toISOString(),
    })),
  }
}
