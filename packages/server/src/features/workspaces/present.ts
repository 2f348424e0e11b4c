import type { Workspace } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import type { WorkspaceRow } from './store.ts'

export const isDown = (state: Workspace['state']): boolean => state === 'stopped' || state === 'failed'

const unknownUse: Workspace['idle'] = {
  state: 'unknown',
  because: 'It has only just started.',
  lastActiveAt: null,
  stopsAt: null,
  warned: false,
}

/** Whether somebody may see a workspace at all. */
export const maySee = (actor: Actor, row: WorkspaceRow): boolean =>
  actor.permissions.has('workspace.view_all') ||
  (actor.permissions.has('workspace.view_own') && (isMine(actor, row) || row.shared))

export const isMine = (actor: Actor, row: { owner_id: string }): boolean =>
  !actor.visiting && actor.userId === row.owner_id

/** Their own, or anybody's where their role permits that. */
export const mayManage = (actor: Actor, row: { owner_id: string }): boolean =>
  actor.permissions.has('workspace.manage_all') || (actor.permissions.has('workspace.create') && isMine(actor, row))

export const mayRemove = (actor: Actor, row: { owner_id: string }): boolean =>
  actor.permissions.has('workspace.manage_all') || (actor.permissions.has('workspace.delete_own') && isMine(actor, row))

/** Whoever looks after everybody's workspaces may stop them, and does not look into them. */
export const mayOpen = (actor: Actor, row: WorkspaceRow): boolean =>
  actor.permissions.has('workspace.open') && !actor.visiting && (isMine(actor, row) || row.shared)

export function present(row: WorkspaceRow, actor: Actor): Workspace {
  const { spec, state } = row
  const manages = mayManage(actor, row)
  return {
    id: row.id,
    name: row.name,
    owner: { id: row.owner_id, username: row.owner ?? 'erased', name: row.owner_name },
    mine: isMine(actor, row),
    templateId: row.template_id,
    template: spec.template,
    engineId: row.engine_id,
    engine: row.engine,
    engineKind: row.engine_kind,
    state,
    reason: row.reason,
    profile: spec.profile,
    cpus: spec.cpus,
    memoryMiB: spec.memoryMiB,
    accelerator: spec.accelerator,
    image: spec.image,
    volume:
      row.volume_id === null || row.volume === null
        ? null
        : { id: row.volume_id, name: row.volume, sizeGiB: row.size_gib ?? 0 },
    datasets: spec.datasets.map(({ name }) => name),
    idleMinutes: spec.idleMinutes,
    phases: row.phases,
    idle: state === 'running' ? (row.idle ?? unknownUse) : { ...unknownUse, because: 'It does not run.' },
    sharedWith: row.shares,
    sharedPeople: row.people,
    can: {
      open: state === 'running' && mayOpen(actor, row),
      start: isDown(state) && manages,
      stop: row.wanted === 'running' && manages,
      remove: mayRemove(actor, row),
      share: manages,
      handOver: actor.permissions.has('workspace.manage_all'),
    },
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
  }
}
