import type { EngineKind, Scope } from '@tenantry/contract'
import { sql } from 'kysely'
import { sqlFor } from '../../platform/database/builder.ts'
import type { TemplateDoc } from '../../platform/database/schema.ts'
import type { Tx } from '../../platform/database/tx.ts'

export type TemplateRow = {
  id: string
  name: string
  engine_id: string
  engine: string | null
  engine_kind: EngineKind | null
  doc: TemplateDoc
  enabled: boolean
  version: number
  updated_at: Date
  workspaces: number
  /** The tenant's part of the engine; null where that was taken back. */
  scope: Scope | null
}

const select = `select t.id, t.name, t.engine_id, h.name as engine, h.kind as engine_kind, t.doc, t.enabled, t.version, t.updated_at,
    (select count(*)::int from workspaces w where w.tenant_id = t.tenant_id and w.template_id = t.id and w.wanted <> 'deleted') as workspaces,
    a.scope
  from workspace_templates t left join allocations a on a.tenant_id = t.tenant_id and a.engine_id = t.engine_id and a.withdrawn_at is null
    left join engine_health h on h.engine_id = t.engine_id where t.tenant_id = $1`

export const list = (tx: Tx, tenantId: string): Promise<TemplateRow[]> =>
  tx.read<TemplateRow>(`${select} order by t.name_key`, [tenantId])

export async function find(tx: Tx, tenantId: string, id: string): Promise<TemplateRow | undefined> {
  const [row] = await tx.read<TemplateRow>(`${select} and t.id = $2`, [tenantId, id])
  return row
}

export const lock = (tx: Tx, tenantId: string, id: string): Promise<{ version: number } | undefined> =>
  tx.first(
    sqlFor
      .selectFrom('workspace_templates')
      .select('version')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .forUpdate(),
  )

type Write = { name: string; engine_id: string; enabled: boolean; doc: TemplateDoc }

export const insert = (tx: Tx, tenantId: string, id: string, { doc, ...row }: Write): Promise<number> =>
  tx.run(
    sqlFor.insertInto('workspace_templates').values({
      tenant_id: tenantId,
      id,
      ...row,
      doc: JSON.stringify(doc),
      created_at: tx.now,
      updated_at: tx.now,
    }),
  )

export const update = (tx: Tx, tenantId: string, id: string, { doc, ...row }: Write): Promise<number> =>
  tx.run(
    sqlFor
      .updateTable('workspace_templates')
      .set({ ...row, doc: JSON.stringify(doc), version: sql<number>`version + 1`, updated_at: tx.now })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id),
  )

export const remove = (tx: Tx, tenantId: string, id: string): Promise<number> =>
  tx.run(sqlFor.deleteFrom('workspace_templates').where('tenant_id', '=', tenantId).where('id', '=', id))
