import type { AnswerOf, listVolumes as listRoute } from '@tenantry/contract'
import { EngineError } from '../../engines/port.ts'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize, authorizeAny } from '../../platform/access/authorize.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { problem } from '../../platform/http/problem.ts'
import type { OpenEngines } from '../engines/index.ts'
import { letGo } from './quota.ts'
import { openAt, ownerAt } from './reach.ts'
import { findVolume, lockVolume, present, readVolumes, removeVolumeRow, type VolumeRow } from './volumes.ts'

const patience = 20_000

export async function listVolumes(
  { database }: Deps,
  actor: Actor,
  whose: 'mine' | 'all',
): Promise<AnswerOf<typeof listRoute>> {
  authorize(actor, whose === 'all' ? 'workspace.view_all' : 'workspace.view_own')
  const owner = whose === 'all' ? null : actor.visiting ? '00000000-0000-0000-0000-000000000000' : actor.userId
  const rows = await database.withTenant(actor, (tx) => readVolumes(tx, actor.tenantId, owner))
  return { items: rows.map(present) }
}

/**
 * Deletes a volume and everything on it. At the engine first: what cannot be deleted there stays known here. Throws
 * `volume_in_use`, `engine_unavailable`, `engine_refused`.
 */
export async function deleteVolume(deps: Deps, engines: OpenEngines, actor: Actor, id: string): Promise<void> {
  authorizeAny(actor, ['workspace.delete_own', 'workspace.manage_all'])
  const { tenantId } = actor
  const volume = await deps.database.withTenant(actor, (tx) => removable(tx, actor, id))
  try {
    const { engine, scope, kind } = await openAt(deps, engines, tenantId, volume.engine_id)
    if (!engine.workspaces) throw new EngineError('refused', 'This engine runs no workspaces here.')
    const owner = await deps.database.withTenant(actor, (tx) => ownerAt(tx, tenantId, volume.owner_id, kind))
    await engine.workspaces.removeVolume(
      scope,
      owner,
      { name: volume.native, where: volume.place },
      AbortSignal.timeout(patience),
    )
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    if (error.kind !== 'not_found') {
      const detail = [error.message, error.said].filter(Boolean).join(' ')
      if (error.kind === 'refused') return problem('engine_refused', { detail })
      return problem('engine_unavailable', { detail: error.message, retryAfter: 5 })
    }
  }
  await deps.database.withTenant(actor, async (tx) => {
    await removable(tx, actor, id)
    await removeVolumeRow(tx, tenantId, id)
    await letGo(tx, tenantId, id)
    audit(tx, actor, 'volume.deleted', { target: { kind: 'volume', id, name: volume.name } })
  })
}

async function removable(tx: Tx, actor: Actor, id: string): Promise<VolumeRow> {
  await lockVolume(tx, actor.tenantId, id)
  const volume = await findVolume(tx, actor.tenantId, id)
  const isTheirs = volume && !actor.visiting && volume.owner_id === actor.userId
  if (!volume || !(isTheirs || actor.permissions.has('workspace.manage_all'))) return problem('not_found')
  if (isTheirs && !actor.permissions.has('workspace.delete_own') && !actor.permissions.has('workspace.manage_all'))
    problem('missing_permission', { missing: ['workspace.delete_own'] })
  if (volume.workspace !== null) problem('volume_in_use', { detail: `The workspace ${volume.workspace} uses it.` })
  return volume
}
