import type { EngineHealth, ModelMetrics } from '@tenantry/contract'
import { sql } from 'kysely'
import { sqlFor } from '../../platform/database/builder.ts'
import type { ModelDoc } from '../../platform/database/schema.ts'
import type { Tx } from '../../platform/database/tx.ts'

export type ModelRow = {
  id: string
  name: string
  doc: ModelDoc
  address: string
  ca: string | null
  upstream: string
  credential: Buffer | null
  credential_rotated_at: Date | null
  enabled: boolean
  version: number
  created_at: Date
  status: EngineHealth['status'] | null
  reason: string | null
  as_of: Date | null
  metrics: ModelMetrics | null
}

const select = `select m.id, m.name, m.doc, m.address, m.ca, m.upstream, m.credential, m.credential_rotated_at, m.enabled, m.version,
    m.created_at, h.status, h.reason, h.as_of, h.metrics
  from models m left join model_health h on h.tenant_id = m.tenant_id and h.model_id = m.id
  where m.tenant_id = $1 and m.withdrawn_at is null`

export const list = (tx: Tx, tenantId: string): Promise<ModelRow[]> =>
  tx.read<ModelRow>(`${select} order by lower(m.doc ->> 'title'), m.id`, [tenantId])

export async function find(tx: Tx, tenantId: string, id: string): Promise<ModelRow | undefined> {
  const [row] = await tx.read<ModelRow>(`${select} and m.id = $2`, [tenantId, id])
  return row
}

export const lock = (tx: Tx, tenantId: string, id: string): Promise<{ version: number } | undefined> =>
  tx.first(
    sqlFor
      .selectFrom('models')
      .select('version')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('withdrawn_at', 'is', null)
      .forUpdate(),
  )

export type Write = {
  name: string
  doc: ModelDoc
  address: string
  ca: string | null
  upstream: string
  /** Left as it is where it is not given. */
  credential?: Buffer | null
}

export async function insert(tx: Tx, tenantId: string, id: string, { doc, credential = null, ...row }: Write) {
  await tx.run(
    sqlFor.insertInto('models').values({
      tenant_id: tenantId,
      id,
      ...row,
      doc: JSON.stringify(doc),
      credential,
      credential_rotated_at: credential === null ? null : tx.now,
      created_at: tx.now,
      updated_at: tx.now,
    }),
  )
  await tx.bookkeeping(sqlFor.insertInto('model_health').values({ tenant_id: tenantId, model_id: id, next_at: tx.now }))
}

export async function update(tx: Tx, tenantId: string, id: string, { doc, credential, ...row }: Write) {
  await tx.run(
    change(tx, tenantId, id).set({
      ...row,
      doc: JSON.stringify(doc),
      ...(credential !== undefined && {
        credential,
        credential_rotated_at: credential === null ? null : tx.now,
      }),
    }),
  )
  await lookSoon(tx, tenantId, id)
}

export async function setEnabled(tx: Tx, tenantId: string, id: string, enabled: boolean) {
  await tx.run(change(tx, tenantId, id).set({ enabled }))
  await lookSoon(tx, tenantId, id)
}

/** How many a tenant has; who asks for the next one waits until this transaction is over. */
export async function countOf(tx: Tx, tenantId: string): Promise<number> {
  await tx.read(`select pg_advisory_xact_lock(hashtextextended('models of ' || $1, 0))`, [tenantId])
  const [row] = await tx.read<{ models: number }>(
    'select count(*)::int as models from models where tenant_id = $1 and withdrawn_at is null',
    [tenantId],
  )
  return row?.models ?? 0
}

/** Nothing of its endpoint is kept. */
export async function withdraw(tx: Tx, tenantId: string, id: string) {
  await tx.run(
    change(tx, tenantId, id).set({ withdrawn_at: tx.now, enabled: false, credential: null, ca: null, address: '' }),
  )
  await tx.bookkeeping(sqlFor.deleteFrom('model_health').where('tenant_id', '=', tenantId).where('model_id', '=', id))
}

const change = (tx: Tx, tenantId: string, id: string) =>
  sqlFor
    .updateTable('models')
    .set({ version: sql<number>`version + 1`, updated_at: tx.now })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)

/** What was known of its endpoint may hold no more. */
const lookSoon = (tx: Tx, tenantId: string, id: string): Promise<number> =>
  tx.bookkeeping(
    sqlFor
      .updateTable('model_health')
      .set({ status: 'waiting', reason: null, metrics: null, counters: null, next_at: tx.now })
      .where('tenant_id', '=', tenantId)
      .where('model_id', '=', id),
  )

/** The role of somebody of the tenant; null for a guest. */
export async function roleOf(tx: Tx, tenantId: string, userId: string | null): Promise<string | null> {
  const [person] = await tx.read<{ role_id: string }>('select role_id from users where tenant_id = $1 and id = $2', [
    tenantId,
    userId,
  ])
  return person?.role_id ?? null
}
