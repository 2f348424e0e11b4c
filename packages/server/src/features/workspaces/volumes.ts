import type { Volume } from '@tenantry/contract'
import { sqlFor } from '../../platform/database/builder.ts'
import { nameOf } from '../../platform/database/person.ts'
import type { Tx } from '../../platform/database/tx.ts'

export type VolumeRow = {
  id: string
  name: string
  owner_id: string
  owner: string | null
  owner_name: string | null
  engine_id: string
  engine: string | null
  place: string
  native: string
  size_gib: number
  created_at: Date
  workspace_id: string | null
  workspace: string | null
}

const select = `select v.id, v.name, v.owner_id, u.username as owner, ${nameOf('u')} as owner_name, v.engine_id, h.name as engine, v.place,
    v.native, v.size_gib, v.created_at, w.id as workspace_id, w.name as workspace
  from volumes v left join users u on u.tenant_id = v.tenant_id and u.id = v.owner_id
  left join engine_health h on h.engine_id = v.engine_id
  left join lateral (select w.id, w.name from workspaces w where w.tenant_id = v.tenant_id and w.volume_id = v.id limit 1) w on true
  where v.tenant_id = $1`

/** Of one owner; null: everybody's. */
export const readVolumes = (tx: Tx, tenantId: string, ownerId: string | null): Promise<VolumeRow[]> =>
  ownerId === null
    ? tx.read<VolumeRow>(`${select} order by v.name_key, v.id`, [tenantId])
    : tx.read<VolumeRow>(`${select} and v.owner_id = $2 order by v.name_key, v.id`, [tenantId, ownerId])

export async function findVolume(tx: Tx, tenantId: string, id: string): Promise<VolumeRow | undefined> {
  const [row] = await tx.read<VolumeRow>(`${select} and v.id = $2`, [tenantId, id])
  return row
}

/** Makes whoever wants to use or delete it wait. */
export const lockVolume = (tx: Tx, tenantId: string, id: string): Promise<{ id: string } | undefined> =>
  tx.first(sqlFor.selectFrom('volumes').select('id').where('tenant_id', '=', tenantId).where('id', '=', id).forUpdate())

type NewVolume = Pick<VolumeRow, 'id' | 'name' | 'owner_id' | 'engine_id' | 'place' | 'native' | 'size_gib'>
export const insertVolume = (tx: Tx, tenantId: string, volume: NewVolume): Promise<number> =>
  tx.run(sqlFor.insertInto('volumes').values({ tenant_id: tenantId, ...volume, created_at: tx.now }))

export const removeVolumeRow = (tx: Tx, tenantId: string, id: string): Promise<number> =>
  tx.bookkeeping(sqlFor.deleteFrom('volumes').where('tenant_id', '=', tenantId).where('id', '=', id))

export const passVolumeOn = (tx: Tx, tenantId: string, id: string, to: string, name: string): Promise<number> =>
  tx.bookkeeping(
    sqlFor.updateTable('volumes').set({ owner_id: to, name }).where('tenant_id', '=', tenantId).where('id', '=', id),
  )

export const present = (row: VolumeRow): Volume => ({
  id: row.id,
  name: row.name,
  sizeGiB: row.size_gib,
  engineId: row.engine_id,
  engine: row.engine ?? 'an engine that was taken back',
  owner: row.owner ?? 'erased',
  person: row.owner === null ? null : { id: row.owner_id, username: row.owner, name: row.owner_name },
  workspace: row.workspace_id === null ? null : { id: row.workspace_id, name: row.workspace ?? '' },
  createdAt: row.created_at.toISOString(),
})
