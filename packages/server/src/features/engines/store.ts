import type { EngineHealth, EngineKind } from '@tenantry/contract'
import { sql } from 'kysely'
import { sqlFor } from '../../platform/database/builder.ts'
import type { Tx } from '../../platform/database/tx.ts'

export type EngineRow = {
  id: string
  kind: EngineKind
  name: string
  address: string | null
  ca: string | null
  credential: Buffer
  credential_type: string
  credential_rotated_at: Date
  version: number
  created_at: Date
  status: EngineHealth['status']
  as_of: Date | null
  reason: string | null
  engine_version: string | null
  api: string | null
  latency_ms: number | null
  tenants: string
}

const rows = () =>
  sqlFor
    .selectFrom('engines as e')
    .innerJoin('engine_health as h', 'h.engine_id', 'e.id')
    .select(['e.id', 'e.kind', 'e.name', 'e.address', 'e.ca', 'e.credential', 'e.credential_type'])
    .select(['e.credential_rotated_at', 'e.version', 'e.created_at'])
    .select(['h.status', 'h.as_of', 'h.reason', 'h.engine_version', 'h.api', 'h.latency_ms'])
    .select((q) =>
      q
        .selectFrom('allocations as a')
        .select(sql<string>`count(*)`.as('n'))
        .whereRef('a.engine_id', '=', 'e.id')
        .where('a.withdrawn_at', 'is', null)
        .as('tenants'),
    )

export const list = (tx: Tx): Promise<EngineRow[]> => tx.many(rows().orderBy('e.name_key')) as Promise<EngineRow[]>

export const find = (tx: Tx, id: string): Promise<EngineRow | undefined> =>
  tx.first(rows().where('e.id', '=', id)) as Promise<EngineRow | undefined>

export const lock = (tx: Tx, id: string): Promise<{ version: number; name: string } | undefined> =>
  tx.first(sqlFor.selectFrom('engines').select(['version', 'name']).where('id', '=', id).forUpdate())

type NewRow = Pick<EngineRow, 'id' | 'kind' | 'name' | 'address' | 'ca' | 'credential' | 'credential_type'>

export async function insert(tx: Tx, engine: NewRow): Promise<void> {
  await tx.run(sqlFor.insertInto('engines').values({ ...engine, credential_rotated_at: tx.now, created_at: tx.now }))
  const { id, name, kind } = engine
  await tx.run(sqlFor.insertInto('engine_health').values({ engine_id: id, name, kind }))
}

type Change = Partial<
  Pick<EngineRow, 'name' | 'address' | 'ca' | 'credential' | 'credential_type' | 'credential_rotated_at'>
>

/** Changes an engine and counts the version up: whoever reads it opens it anew. */
export async function update(tx: Tx, id: string, change: Change): Promise<void> {
  await tx.run(
    sqlFor
      .updateTable('engines')
      .set({ ...change, version: sql<number>`version + 1` })
      .where('id', '=', id),
  )
  if (change.name !== undefined) {
    await tx.run(sqlFor.updateTable('engine_health').set({ name: change.name }).where('engine_id', '=', id))
  }
}

/** With what was still being taken back there: an engine that is gone for good answers nobody. */
export async function remove(tx: Tx, id: string): Promise<void> {
  await tx.run(sqlFor.deleteFrom('allocations').where('engine_id', '=', id).where('withdrawn_at', 'is not', null))
  await tx.run(sqlFor.deleteFrom('engines').where('id', '=', id))
}

/** Tenants that have a part of it, or workspaces there that have not ended yet. */
export const holdersOf = (tx: Tx, id: string): Promise<{ slug: string }[]> =>
  tx.read(
    `select slug from tenants where id in (
       select tenant_id from allocations where engine_id = $1 and withdrawn_at is null
       union select tenant_id from workspaces where engine_id = $1 and state not in ('stopped', 'failed'))
     order by slug`,
    [id],
  )
