import { sqlFor } from '../../platform/database/builder.ts'
import { nameOf } from '../../platform/database/person.ts'
import type { Tx } from '../../platform/database/tx.ts'

export type KeyRow = {
  id: string
  user_id: string
  username: string
  owner_name: string | null
  name: string
  prefix: string
  models: { id: string; name: string }[] | null
  requests_per_minute: number | null
  tokens_per_month: string | null
  tokens_this_month: string
  created_at: Date
  expires_at: Date | null
  last_used_at: Date | null
  revoked_at: Date | null
  /** Whether its owner may use models now. */
  standing: boolean
  role_built_in: string | null
  role_enabled: boolean
  role_permissions: string[]
}

const select = `select k.id, k.user_id, u.username, ${nameOf('u')} as owner_name, k.name, k.prefix, k.requests_per_minute, k.tokens_per_month,
    k.created_at, k.expires_at, k.last_used_at, k.revoked_at,
    u.disabled_at is null and u.deleted_at is null and not u.must_change_password as standing,
    r.built_in as role_built_in, r.enabled as role_enabled, r.permissions as role_permissions,
    case when k.model_ids is null then null else (
      select coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'name', m.name) order by m.name), '[]')
      from models m where m.tenant_id = k.tenant_id and m.id = any(k.model_ids) and m.withdrawn_at is null) end as models,
    (select coalesce(sum(s.input_tokens + s.output_tokens), 0) from model_usage s
      where s.tenant_id = k.tenant_id and s.key_id = k.id and s.day >= date_trunc('month', $2::timestamptz at time zone 'UTC')::date)
      as tokens_this_month
  from model_keys k join users u on u.tenant_id = k.tenant_id and u.id = k.user_id join roles r on r.id = u.role_id
  where k.tenant_id = $1`

export async function find(tx: Tx, tenantId: string, id: string): Promise<KeyRow | undefined> {
  const [row] = await tx.read<KeyRow>(`${select} and k.id = $3`, [tenantId, tx.now, id])
  return row
}

type Listing = {
  /** Null: everybody's. */
  userId: string | null
  q: string | undefined
  ended: boolean
  backward: boolean
  after: readonly string[] | null
  limit: number
}

/** The newest first; one more than the limit where there are more. */
export function list(
  tx: Tx,
  tenantId: string,
  { userId, q, ended, backward, after, limit }: Listing,
): Promise<KeyRow[]> {
  const [beyond, direction] = backward ? ['>', 'asc'] : ['<', 'desc']
  const values: unknown[] = [tenantId, tx.now]
  const add = (value: unknown) => `$${values.push(value)}`
  const where = [
    ...(userId === null ? [] : [`k.user_id = ${add(userId)}`]),
    ...(ended ? [] : ['k.revoked_at is null and (k.expires_at is null or k.expires_at > $2)']),
    ...(q === undefined || q === ''
      ? []
      : [
          `(k.name ilike ${add(`%${q.replace(/[\\%_]/g, '\\$&')}%`)} or k.prefix like ${add(`${q.replace(/[\\%_]/g, '\\$&')}%`)}
          or u.username = ${add(q.toLowerCase())} or (u.deleted_at is null and position(lower(${add(q)}) in u.name_key) > 0))`,
        ]),
    ...(after === null
      ? []
      : [`(k.created_at, k.id) ${beyond} (${add(after[0])}::timestamptz, ${add(after[1])}::uuid)`]),
  ]
  const text = `${select} ${where.map((one) => `and ${one}`).join(' ')}
    order by k.created_at ${direction}, k.id ${direction} limit ${add(limit + 1)}`
  return tx.read<KeyRow>(text, values)
}

type Inserted = {
  id: string
  user_id: string
  name: string
  prefix: string
  token_hash: Buffer
  model_ids: string[] | null
  requests_per_minute: number | null
  tokens_per_month: number | null
  expires_at: Date | null
}
export const insert = (tx: Tx, tenantId: string, key: Inserted): Promise<number> =>
  tx.run(sqlFor.insertInto('model_keys').values({ tenant_id: tenantId, ...key, created_at: tx.now }))

/** How many of somebody's work. */
export async function countOf(tx: Tx, tenantId: string, userId: string): Promise<number> {
  const [row] = await tx.read<{ keys: number }>(
    `select count(*)::int as keys from model_keys
     where tenant_id = $1 and user_id = $2 and revoked_at is null and (expires_at is null or expires_at > $3)`,
    [tenantId, userId, tx.now],
  )
  return row?.keys ?? 0
}

/** Answers whether it was not revoked before. */
export async function revoke(tx: Tx, tenantId: string, id: string): Promise<boolean> {
  const revoked = await tx.run(
    sqlFor
      .updateTable('model_keys')
      .set({ revoked_at: tx.now })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('revoked_at', 'is', null),
  )
  return revoked > 0
}
