import type { ResourceKind } from '@tenantry/contract'
import { sqlFor } from '../../platform/database/builder.ts'
import type { ReadResourceDoc, ShareSummary } from '../../platform/database/schema.ts'
import type { Tx } from '../../platform/database/tx.ts'

export type ResourceWrite = { id: string; kind: ResourceKind; nativeId: string; gpus: number; doc: ReadResourceDoc }

const atOnce = 500
const chunks = <T>(list: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(list.length / atOnce) }, (_, index) =>
    list.slice(index * atOnce, (index + 1) * atOnce),
  )

/** What is stored of one engine, to compare the next reading with. */
export const readResources = (
  tx: Tx,
  tenantId: string,
  engineId: string,
): Promise<{ id: string; doc: ReadResourceDoc }[]> =>
  tx.many(
    sqlFor
      .selectFrom('resources')
      .select(['id', 'doc'])
      .where('tenant_id', '=', tenantId)
      .where('engine_id', '=', engineId),
  )

export async function putResources(tx: Tx, tenantId: string, engineId: string, list: ResourceWrite[]): Promise<void> {
  for (const some of chunks(list)) {
    const rows = some.map(({ id, kind, nativeId, gpus, doc }) => ({
      tenant_id: tenantId,
      id,
      engine_id: engineId,
      kind,
      native_id: nativeId,
      name_key: doc.name.toLowerCase(),
      state: doc.state,
      gpus,
      doc: JSON.stringify(doc),
    }))
    await tx.bookkeeping(
      sqlFor
        .insertInto('resources')
        .values(rows)
        .onConflict((clash) =>
          clash.columns(['tenant_id', 'id']).doUpdateSet((q) => ({
            name_key: q.ref('excluded.name_key'),
            state: q.ref('excluded.state'),
            gpus: q.ref('excluded.gpus'),
            doc: q.ref('excluded.doc'),
          })),
        ),
    )
  }
}

export async function removeGone(tx: Tx, tenantId: string, ids: string[]): Promise<void> {
  if (ids.length === 0) return
  await tx.bookkeeping(sqlFor.deleteFrom('resources').where('tenant_id', '=', tenantId).where('id', 'in', ids))
}

export const putSummary = (tx: Tx, tenantId: string, engineId: string, summary: ShareSummary): Promise<number> =>
  tx.bookkeeping(
    sqlFor
      .insertInto('engine_shares')
      .values({ tenant_id: tenantId, engine_id: engineId, summary: JSON.stringify(summary), changed_at: tx.now })
      .onConflict((clash) =>
        clash.columns(['tenant_id', 'engine_id']).doUpdateSet((q) => ({
          summary: q.ref('excluded.summary'),
          changed_at: q.ref('excluded.changed_at'),
        })),
      ),
  )

/** Tells every replica that something a tenant sees has changed. */
export const tellChange = (tx: Tx, change: Change): Promise<unknown> =>
  tx.read(`select pg_notify('${changeChannel}', $1)`, [JSON.stringify(change)])

export const changeChannel = 'tenantry_resources'
/** What a tenant has, or how an engine is; `jobs` where jobs changed, `workspaces` where nothing but those did. */
export type Change = { tenant: string; jobs: boolean; workspaces?: true } | { engine: string }
