import type { Actor } from '../../platform/access/actor.ts'
import type { Deps } from '../../platform/deps.ts'
import { connectEngine } from './actions.ts'
import { allocate } from './allocations.ts'
import * as store from './store.ts'

/**
 * Shows a newcomer something true: where everything runs on one machine, its first tenant sees that machine, as long as no
 * engine is connected. On record like any other engine, and withdrawn like any other.
 */
export async function shareThisMachine(deps: Deps, actor: Actor, tenantId: string): Promise<void> {
  if (!deps.onOneMachine || deps.box() === null) return
  if (!actor.permissions.has('engine.connect') || !actor.permissions.has('allocation.manage')) return
  const engines = await deps.database.asSystem('whether any engine is connected', (tx) => store.list(tx))
  if (engines.length > 0) return
  const { id: engineId } = await connectEngine(deps, actor, {
    kind: 'this_machine',
    name: 'This machine',
    address: null,
    ca: null,
    credential: { type: 'none' },
  })
  const quota = { gpus: [], cpus: null, memoryMiB: null, storageGiB: null }
  await allocate(deps, actor, { tenantId, engineId, scope: { kind: 'this_machine' }, quota })
}
