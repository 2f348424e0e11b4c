import type { EngineKind, Scope } from '@tenantry/contract'
import { type Engine, EngineError, type Person } from '../../engines/port.ts'
import { ownTenant } from '../../platform/access/tenants.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { type FollowingKind, type OpenEngines, personAt } from '../engines/index.ts'
import type { ReadEngine } from '../resources/index.ts'

export type Reached = { engine: Engine; scope: Scope; kind: EngineKind; withdrawn: boolean }

/**
 * The engine of which a tenant has a part, or had: then `former` is that part, to end what is left there. Errors: `EngineError`
 * where there is none.
 */
export async function openAt(
  deps: Deps,
  engines: OpenEngines,
  tenantId: string,
  engineId: string,
  former: Scope | null = null,
): Promise<Reached> {
  const [allocation] = await deps.database.readAtOnce({ tenantId }, (tx) =>
    tx.read<{ scope: Scope; withdrawn_at: Date | null }>(
      'select scope, withdrawn_at from allocations where tenant_id = $1 and engine_id = $2',
      [tenantId, engineId],
    ),
  )
  const scope = allocation?.scope ?? former
  if (scope === null) throw new EngineError('refused', 'The tenant has no part of this engine any more.')
  const [stored] = await deps.database.readAtOnceAsSystem('the engine that a tenant has a part of', (tx) =>
    tx.read<ReadEngine>('select id, kind, address, ca, credential, version from engines where id = $1', [engineId]),
  )
  if (!stored) throw new EngineError('refused', 'The engine is not connected any more.')
  return {
    engine: engines.of(stored),
    scope,
    kind: stored.kind,
    withdrawn: !allocation || allocation.withdrawn_at !== null,
  }
}

/** Whom a workspace runs as. Of whoever is erased, only the name is known: enough to end what is left. */
export async function ownerAt(tx: Tx, tenantId: string, userId: string, kind: EngineKind): Promise<Person> {
  const following: FollowingKind = kind === 'slurm' ? 'slurm' : 'kubernetes'
  const person = await personAt(tx, tenantId, userId, following)
  const { slug } = await ownTenant(tx, tenantId)
  if (!person) return { username: 'erased', tenant: slug, mayUse: false, mayManage: false }
  // On this machine nobody has an account: whoever is in good standing may use it.
  return person
}
