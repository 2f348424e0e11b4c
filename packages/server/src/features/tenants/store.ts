import { sql } from 'kysely'
import { sqlFor } from '../../platform/database/builder.ts'
import type { TenantSettings, TenantStatus } from '../../platform/database/schema.ts'
import type { Tx } from '../../platform/database/tx.ts'

export type TenantRow = {
  id: string
  slug: string
  name: string
  description: string
  kind: 'platform' | 'tenant'
  status: TenantStatus
  status_reason: string | null
  settings: TenantSettings
  version: number
  created_at: Date
  deleted_at: Date | null
}
const columns = [
  'id',
  'slug',
  'name',
  'description',
  'kind',
  'status',
  'status_reason',
  'settings',
  'version',
  'created_at',
  'deleted_at',
] as const

export const find = (tx: Tx, id: string): Promise<TenantRow | undefined> =>
  tx.first(sqlFor.selectFrom('tenants').select(columns).where('id', '=', id))

export const lock = (tx: Tx, id: string): Promise<TenantRow | undefined> =>
  tx.first(sqlFor.selectFrom('tenants').select(columns).where('id', '=', id).forUpdate())

export const findPlatform = (tx: Tx): Promise<TenantRow | undefined> =>
  tx.first(sqlFor.selectFrom('tenants').select(columns).where('kind', '=', 'platform'))

export const findBySlug = (tx: Tx, slug: string): Promise<TenantRow | undefined> =>
  tx.first(sqlFor.selectFrom('tenants').select(columns).where('slug', '=', slug))

/** The slug of another tenant that reads like this one. Makes creations wait for each other. */
export async function findLookAlike(tx: Tx, slug: string): Promise<string | undefined> {
  await tx.read(`select pg_advisory_xact_lock(hashtextextended('slugs of tenants', 0))`, [])
  const rows = await tx.read<{ slug: string }>(
    `select slug from tenants where skeleton =
       translate(replace(replace(replace($1, '-', ''), 'rn', 'm'), 'vv', 'w'), '015i', 'olsl') limit 1`,
    [slug],
  )
  return rows[0]?.slug
}

export const insert = (
  tx: Tx,
  tenant: Pick<TenantRow, 'id' | 'slug' | 'name' | 'description' | 'kind' | 'status'>,
): Promise<number> => tx.run(sqlFor.insertInto('tenants').values({ ...tenant, created_at: tx.now }))

type Change = Partial<Pick<TenantRow, 'name' | 'description' | 'status' | 'status_reason' | 'deleted_at'>> & {
  settings?: string
}

/** Changes a tenant and counts the version up. */
export const update = (tx: Tx, id: string, change: Change): Promise<number> =>
  tx.run(
    sqlFor
      .updateTable('tenants')
      .set({ ...change, version: sql<number>`version + 1` })
      .where('id', '=', id),
  )

/** By slug; without the platform itself. */
export function list(tx: Tx, after: string | null, backward: boolean, limit: number): Promise<TenantRow[]> {
  let query = sqlFor
    .selectFrom('tenants')
    .select(columns)
    .where('kind', '=', 'tenant')
    .where('status', '!=', 'erased')
    .orderBy('slug', backward ? 'desc' : 'asc')
    .limit(limit)
  if (after !== null) query = query.where('slug', backward ? '<' : '>', after)
  return tx.many(query)
}
