import { sqlFor } from '../../platform/database/builder.ts'
import type { Tx } from '../../platform/database/tx.ts'

export type TenantRow = {
  id: string
  slug: string
  name: string
  description: string
  kind: 'platform' | 'tenant'
  status: 'active' | 'suspended'
  created_at: Date
}
const columns = ['id', 'slug', 'name', 'description', 'kind', 'status', 'created_at'] as const

export const find = (tx: Tx, id: string): Promise<TenantRow | undefined> =>
  tx.first(sqlFor.selectFrom('tenants').select(columns).where('id', '=', id))

export const findBySlug = (tx: Tx, slug: string): Promise<TenantRow | undefined> =>
  tx.first(sqlFor.selectFrom('tenants').select(columns).where('slug', '=', slug))

export const insert = (
  tx: Tx,
  tenant: Pick<TenantRow, 'id' | 'slug' | 'name' | 'description' | 'kind'>,
): Promise<number> => tx.run(sqlFor.insertInto('tenants').values({ ...tenant, created_at: tx.now }))

/** By slug; without the platform itself. */
export function list(tx: Tx, after: string | null, backward: boolean, limit: number): Promise<TenantRow[]> {
  let query = sqlFor
    .selectFrom('tenants')
    .select(columns)
    .where('kind', '=', 'tenant')
    .orderBy('slug', backward ? 'desc' : 'asc')
    .limit(limit)
  if (after !== null) query = query.where('slug', backward ? '<' : '>', after)
  return tx.many(query)
}
