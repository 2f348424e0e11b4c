import type {
  AnswerOf,
  deleteWorkspace as deleteRoute,
  listWorkspaces as listRoute,
  listWorkspaceEvents,
  QueryOf,
  Workspace,
} from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize, authorizeAny } from '../../platform/access/authorize.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { readCursor, writeCursor } from '../../platform/http/cursor.ts'
import { problem } from '../../platform/http/problem.ts'
import { newSecret, seen, shown } from './launch.ts'
import { mayManage, mayOpen, mayRemove, present } from './present.ts'
import * as store from './store.ts'
import { tellWorkspaces } from './tell.ts'

/** The actor's own and what is shared with them; with `all`, everybody's. */
export async function listWorkspaces(
  { database }: Deps,
  actor: Actor,
  query: QueryOf<typeof listRoute>,
): Promise<AnswerOf<typeof listRoute>> {
  authorize(actor, query.whose === 'all' ? 'workspace.view_all' : 'workspace.view_own')
  const { sort, limit } = query
  const name = `workspaces ${query.whose} ${sort}`
  const at = query.cursor === undefined ? null : readCursor(query.cursor, name)
  if (at && at.keys.length !== 2) problem('invalid_cursor')
  const backward = at?.backward ?? false
  const [rows, total] = await database.readAtOnce(actor, (tx) =>
    store.list(tx, actor, {
      q: query.q,
      states: query.state?.split(',') ?? null,
      all: query.whose === 'all',
      order: {
        by: sort.endsWith('name') ? 'name' : 'created',
        descending: sort.startsWith('-') !== backward,
        after: at?.keys ?? null,
      },
      limit,
    }),
  )
  const page = rows.slice(0, limit)
  const more = rows.length > limit
  if (backward) page.reverse()
  const cursor = (row: store.WorkspaceRow | undefined, back: boolean, there: boolean) =>
    there && row ? writeCursor(name, [store.keyOf(row), row.id], back) : null
  return {
    items: page.map((row) => present(row, actor)),
    next: cursor(page.at(-1), false, backward ? true : more),
    previous: cursor(page[0], true, backward ? more : at !== null),
    total,
  }
}

export async function getWorkspace({ database }: Deps, actor: Actor, id: string): Promise<Workspace> {
  authorizeAny(actor, ['workspace.view_own', 'workspace.view_all'])
  return present(await database.readAtOnce(actor, (tx) => seen(tx, actor, id)), actor)
}

export async function listEvents(
  { database }: Deps,
  actor: Actor,
  id: string,
): Promise<AnswerOf<typeof listWorkspaceEvents>> {
  authorizeAny(actor, ['workspace.view_own', 'workspace.view_all'])
  const rows = await database.withTenant(actor, async (tx) => {
    await seen(tx, actor, id)
    return store.events(tx, actor.tenantId, id)
  })
  return { items: rows.map(({ at, ...event }) => ({ ...event, at: at.toISOString() })) }
}

/** Ends it; what it was granted is let go when nothing of it is left at the engine. Throws `wrong_state`. */
export const stopWorkspace = (deps: Deps, actor: Actor, id: string): Promise<Workspace> =>
  change(deps, actor, id, mayManage, 'workspace.create', async (tx, row) => {
    // One that restarts is being stopped, and is to run again.
    if (row.wanted !== 'running') problem('wrong_state', { detail: `It is ${row.state}.` })
    await stopIn(tx, actor, row)
  })

/** The same within a transaction that has more to do. */
export async function stopIn(tx: Tx, actor: Actor, row: Pick<store.WorkspaceRow, 'id' | 'name'>): Promise<void> {
  const { tenantId } = actor
  await store.decide(tx, tenantId, row.id, { wanted: 'stopped', state: 'stopping', reason: null, again: false })
  await store.addEvent(tx, tenantId, row.id, `Stopped by ${actor.name}.`)
  audit(tx, actor, 'workspace.stopped', { target: { kind: 'workspace', id: row.id, name: row.name } })
  await tellWorkspaces(tx, tenantId)
}

/** Ends it and starts it again with what it was granted already. Throws `wrong_state`. */
export const restartWorkspace = (deps: Deps, actor: Actor, id: string): Promise<Workspace> => {
  const secret = newSecret(deps, id)
  return change(deps, actor, id, mayManage, 'workspace.create', async (tx, row) => {
    if (row.state !== 'running' && row.state !== 'starting') problem('wrong_state', { detail: `It is ${row.state}.` })
    const at = tx.now.toISOString()
    await store.decide(tx, actor.tenantId, id, {
      wanted: 'running',
      again: true,
      state: 'stopping',
      reason: null,
      secret,
      phases: JSON.stringify([{ phase: 'queue', startedAt: at, endedAt: null }]),
      idle: null,
      last_active_at: null,
      started_at: null,
    })
    await store.addEvent(tx, actor.tenantId, id, `Restarted by ${actor.name}.`)
    audit(tx, actor, 'workspace.restarted', { target: { kind: 'workspace', id, name: row.name } })
    await tellWorkspaces(tx, actor.tenantId)
  })
}

/** Somebody is still there: idle time is counted anew. Also for whoever it is shared with. */
export const extendWorkspace = (deps: Deps, actor: Actor, id: string): Promise<Workspace> =>
  change(
    deps,
    actor,
    id,
    (who, row) => mayManage(who, row) || mayOpen(who, row),
    'workspace.open',
    async (tx, row) => {
      if (row.state !== 'running') problem('wrong_state', { detail: `It is ${row.state}.` })
      const stopsAt = row.spec.idleMinutes === null ? null : new Date(tx.now.getTime() + row.spec.idleMinutes * 60_000)
      const idle = row.idle && {
        ...row.idle,
        because: `${actor.name} asked to keep it.`,
        stopsAt: stopsAt?.toISOString() ?? null,
        warned: false,
      }
      await store.decide(tx, actor.tenantId, id, { extended_at: tx.now, idle: idle && JSON.stringify(idle) })
      await store.addEvent(tx, actor.tenantId, id, `Kept by ${actor.name}.`)
      audit(tx, actor, 'workspace.extended', { target: { kind: 'workspace', id, name: row.name } })
      await tellWorkspaces(tx, actor.tenantId)
    },
  )

/** Deletes it, in the background where it runs. Its volume stays unless that is to go as well. */
export async function deleteWorkspace(
  deps: Deps,
  actor: Actor,
  id: string,
  { volume }: QueryOf<typeof deleteRoute>,
): Promise<void> {
  await change(deps, actor, id, mayRemove, 'workspace.delete_own', async (tx, row) => {
    await store.decide(tx, actor.tenantId, id, {
      wanted: 'deleted',
      state: 'stopping',
      again: false,
      remove_volume: volume === 'delete',
    })
    const target = { kind: 'workspace', id, name: row.name }
    audit(tx, actor, 'workspace.deleted', { target, details: { volume: row.volume === null ? null : volume } })
    await tellWorkspaces(tx, actor.tenantId)
  })
}

/** Locks a workspace that the actor sees, and changes it if they may. Throws `not_found`, `missing_permission`. */
export function change(
  { database }: Deps,
  actor: Actor,
  id: string,
  may: (actor: Actor, row: store.WorkspaceRow) => boolean,
  missing: 'workspace.create' | 'workspace.open' | 'workspace.delete_own' | 'workspace.manage_all',
  work: (tx: Tx, row: store.WorkspaceRow) => Promise<void>,
): Promise<Workspace> {
  return database.withTenant(actor, async (tx) => {
    await store.lock(tx, actor.tenantId, id)
    const row = await seen(tx, actor, id)
    if (!may(actor, row)) {
      problem('missing_permission', { missing: [actor.permissions.has(missing) ? 'workspace.manage_all' : missing] })
    }
    await work(tx, row)
    return shown(tx, actor, id)
  })
}
