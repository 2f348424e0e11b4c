import { createHash } from 'node:crypto'
import { sealTenant } from '../../platform/audit/seal.ts'
import type { Database } from '../../platform/database/database.ts'

const batch = 5_000

export type Verdict = {
  /** How many entries hold, up to the first that is broken. */
  entries: number
  broken: null | { seq: number; why: string }
}

type Row = { seq: string; text: string; hash: Buffer; agrees: boolean }
type End = { seq: number; hash: Buffer }

/**
 * Recomputes the hash chain of a tenant from its beginning, or from where its oldest months were let go. Names the first
 * entry that is broken: changed, missing, put in, or at odds with what it is found by.
 */
export async function verifyTenant(database: Database, tenantId: string): Promise<Verdict> {
  await sealTenant(database, tenantId)
  const read = <R extends object>(text: string, values: unknown[]) =>
    database.withTenant({ tenantId }, (tx) => tx.read<R>(text, values))
  const endIn = async (table: 'audit_anchors' | 'audit_heads'): Promise<End> => {
    const [row] = await read<{ seq: string; hash: Buffer }>(`select seq, hash from ${table} where tenant_id = $1`, [
      tenantId,
    ])
    return row ? { seq: Number(row.seq), hash: row.hash } : { seq: 0, hash: Buffer.alloc(0) }
  }
  const head = await endIn('audit_heads')
  let last = await endIn('audit_anchors')
  let entries = 0
  while (last.seq < head.seq) {
    const rows = await read<Row>(reading, [tenantId, last.seq, Math.min(batch, head.seq - last.seq)])
    if (rows.length === 0) return { entries, broken: { seq: last.seq + 1, why: 'it is missing' } }
    for (const row of rows) {
      const hash = createHash('sha256').update(last.hash).update(row.text).digest()
      const why = whyBroken(row, last, hash)
      if (why !== null) return { entries, broken: { seq: last.seq + 1, why } }
      last = { seq: last.seq + 1, hash }
      entries += 1
    }
  }
  if (!head.hash.equals(last.hash))
    return { entries, broken: { seq: last.seq, why: 'the head of the chain is another' } }
  return { entries, broken: null }
}

function whyBroken(row: Row, last: End, hash: Buffer): string | null {
  if (Number(row.seq) !== last.seq + 1) return 'it is missing'
  if (!hash.equals(row.hash)) return 'its hash is not that of the entry before it and of what it says'
  return row.agrees ? null : 'the columns it is found by do not say what it says'
}

const reading = `select seq, entry::text as text, hash,
    at = (entry ->> 'at')::timestamptz and action = coalesce(entry ->> 'action', '')
      and actor_id is not distinct from subject_of(entry -> 'actor') and target_id is not distinct from subject_of(entry -> 'target')
      and refused = coalesce(entry ->> 'result' = 'refused', false) as agrees
  from audit_entries where tenant_id = $1 and seq > $2 order by seq limit $3`
