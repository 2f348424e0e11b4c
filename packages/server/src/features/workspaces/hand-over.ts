import type { Workspace } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { revoke } from '../../platform/access/sessions.ts'
import { audit } from '../../platform/audit/audit.ts'
import { sqlFor } from '../../platform/database/builder.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { problem } from '../../platform/http/problem.ts'
import { change } from './actions.ts'
import { isDown } from './present.ts'
import { lockQuota, passOn } from './quota.ts'
import * as store from './store.ts'
import { tellWorkspaces } from './tell.ts'
import { passVolumeOn } from './volumes.ts'

/** Gives a workspace and its volume to somebody else of the tenant, once it is stopped; its shares end. Throws `not_found`. */
export function handOverWorkspace(deps: Deps, actor: Actor, id: string, to: string): Promise<Workspace> {
  authorize(actor, 'workspace.manage_all')
  return change(
    deps,
    actor,
    id,
    () => true,
    'workspace.manage_all',
    (tx, row) => handOverIn(tx, actor, row, to),
  )
}

/** The same within a transaction that has more to do. */
export async function handOverIn(tx: Tx, actor: Actor, row: store.WorkspaceRow, to: string): Promise<void> {
  const { tenantId } = actor
  const heir = await heirNamed(tx, tenantId, to)
  if (to === row.owner_id) return
  await lockQuota(tx, tenantId)
  await store.addEvent(tx, tenantId, row.id, `Handed over from ${row.owner ?? 'erased'} to ${heir} by ${actor.name}.`)
  audit(tx, actor, 'workspace.handed_over', {
    target: { kind: 'workspace', id: row.id, name: row.name },
    details: { before: { owner: row.owner }, after: { owner: heir } },
  })
  // It runs as the one who had it: it is ended first, and the new owner starts it as themselves.
  if (isDown(row.state)) await pass(tx, tenantId, row, to)
  else {
    await store.decide(tx, tenantId, row.id, {
      wanted: 'stopped',
      state: 'stopping',
      reason: null,
      again: false,
      heir: to,
    })
  }
  await tellWorkspaces(tx, tenantId)
}

type Passed = Pick<store.WorkspaceRow, 'id' | 'name' | 'volume_id'>

/**
 * Makes somebody the owner of what is stopped, and of them alone: whom it was shared with would work as them. Where they have
 * one of its name already, this one gets another.
 */
export async function pass(tx: Tx, tenantId: string, row: Passed, to: string): Promise<void> {
  const name = await freeName(tx, 'workspaces', tenantId, to, row.name)
  await store.decide(tx, tenantId, row.id, { owner_id: to, heir: null, ...(name !== row.name && { name }) })
  await passOn(tx, tenantId, row.id, to)
  await endShares(tx, tenantId, row.id)
  if (row.volume_id === null) return
  const [volume] = await tx.read<{ name: string }>('select name from volumes where tenant_id = $1 and id = $2', [
    tenantId,
    row.volume_id,
  ])
  if (!volume) return
  await passVolumeOn(tx, tenantId, row.volume_id, to, await freeName(tx, 'volumes', tenantId, to, volume.name))
  await passOn(tx, tenantId, row.volume_id, to)
}

async function endShares(tx: Tx, tenantId: string, id: string): Promise<void> {
  const guests = await tx.read<{ user_id: string; username: string }>(
    `select s.user_id, u.username from workspace_shares s join users u on u.tenant_id = s.tenant_id and u.id = s.user_id
     where s.tenant_id = $1 and s.workspace_id = $2 order by u.username`,
    [tenantId, id],
  )
  if (guests.length === 0) return
  await tx.bookkeeping(
    sqlFor.deleteFrom('workspace_shares').where('tenant_id', '=', tenantId).where('workspace_id', '=', id),
  )
  for (const { user_id: user } of guests) revoke(tx, { user })
  const names = guests.map(({ username }) => username).join(', ')
  await store.addEvent(tx, tenantId, id, `No longer shared with ${names}: it has another owner.`)
}

async function freeName(tx: Tx, table: 'workspaces' | 'volumes', tenantId: string, owner: string, name: string) {
  const taken = await tx.read<{ name_key: string }>(
    `select name_key from ${table} where tenant_id = $1 and owner_id = $2`,
    [tenantId, owner],
  )
  const keys = new Set(taken.map(({ name_key }) => name_key))
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${[...name].slice(0, 54).join('')} (${number})`
    if (!keys.has(candidate.toLowerCase())) return candidate
  }
}

/** The user name of somebody who can have something. Throws `not_found`. */
export async function heirNamed(tx: Tx, tenantId: string, id: string): Promise<string> {
  const [person] = await tx.read<{ username: string }>(
    'select username from users where tenant_id = $1 and id = $2 and deleted_at is null and disabled_at is null',
    [tenantId, id],
  )
  return person?.username ?? problem('not_found', { detail: 'There is no such person to hand it over to.' })
}
