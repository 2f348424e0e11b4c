import type { Database } from '../database/database.ts'

/**
 * Lets go of the months of the audit trail that are over for longer than `months`, of all tenants. The rest of each chain
 * is verified from the last entry that was let go. Answers which months, as YYYY_MM.
 */
export async function letGoOfOldMonths(database: Database, months: number, tenantIds: string[]): Promise<string[]> {
  const now = database.now()
  const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1))
  const oldest = `${first.getUTCFullYear()}_${String(first.getUTCMonth() + 1).padStart(2, '0')}`
  const there = await database.asSystem('the audit trail is kept for so long', (tx) =>
    tx.read<{ month: string }>('select audit_months() as month', []),
  )
  const over = there.map(({ month }) => month).filter((month) => month < oldest)
  for (const month of over) {
    for (const tenantId of tenantIds) {
      await database.withTenant({ tenantId }, (tx) => tx.read('select anchor_audit($1)', [month]))
    }
    await database.asSystem('the audit trail is kept for so long', (tx) =>
      tx.read('select let_go_audit_month($1)', [month]),
    )
  }
  return over
}
