import type { EngineHealth, EngineKind, Scope } from '@tenantry/contract'
import { sqlFor } from '../../platform/database/builder.ts'
import type { Tx } from '../../platform/database/tx.ts'

export type ReadEngine = {
  id: string
  kind: EngineKind
  address: string | null
  ca: string | null
  credential: Buffer
  version: number
}

/** For how long an engine is left to whoever said last that they read it, in seconds. By the database's clock alone. */
const leaseSeconds = 6

/** Takes every engine that nobody else reads, keeps those that are ours, and answers them. */
export const takeEngines = (tx: Tx, replica: string): Promise<ReadEngine[]> =>
  tx.read<ReadEngine>(
    `update engines set read_by = $1, read_until = clock_timestamp() + make_interval(secs => $2)
     where read_by = $1 or read_until is null or read_until < clock_timestamp()
     returning id, kind, address, ca, credential, version`,
    [replica, leaseSeconds],
  )

export const leaveEngines = (tx: Tx, replica: string): Promise<unknown> =>
  tx.bookkeeping(sqlFor.updateTable('engines').set({ read_by: null, read_until: null }).where('read_by', '=', replica))

export type Part = { tenant_id: string; scope: Scope }

/** Which part of an engine is whose; none of tenants that are deleted. */
export const partsOf = (tx: Tx, engineId: string): Promise<Part[]> =>
  tx.many(
    sqlFor
      .selectFrom('allocations as a')
      .innerJoin('tenants as t', 't.id', 'a.tenant_id')
      .select(['a.tenant_id', 'a.scope'])
      .where('a.engine_id', '=', engineId)
      .where('a.withdrawn_at', 'is', null)
      .where('t.status', 'in', ['active', 'suspended'])
      .orderBy('a.tenant_id'),
  ) as Promise<Part[]>

export type HealthChange = Partial<{
  status: EngineHealth['status']
  as_of: Date
  reason: string | null
  engine_version: string
  api: string
  latency_ms: number
}>
export const putHealth = (tx: Tx, engineId: string, change: HealthChange): Promise<number> =>
  tx.bookkeeping(sqlFor.updateTable('engine_health').set(change).where('engine_id', '=', engineId))
