import type { Logger } from 'pino'
import type { Database } from '../database/database.ts'

// How long entries wait for others to be sealed with, in milliseconds, and how many go in one transaction.
const gather = 150
const atMost = 2_000
const noRoom = '23514'

/**
 * Seals what is pending in a tenant: moves it to the end of the hash chain, in order. Answers how many entries. Reading
 * calls this first, so that nobody reads an audit log that lacks what was answered before.
 */
export async function sealTenant(database: Database, tenantId: string): Promise<number> {
  const tenant = { tenantId }
  const [waiting] = await database.readAtOnce(tenant, (tx) => tx.read(anyPending, [tenantId], 'any_pending'))
  if (!waiting) return 0
  let sealed = 0
  for (;;) {
    const moved = await sealSome(database, tenantId)
    sealed += moved
    if (moved < atMost) return sealed
  }
}

async function sealSome(database: Database, tenantId: string): Promise<number> {
  const seal = () => database.withTenant({ tenantId }, (tx) => tx.read<{ moved: string }>(sealing, [atMost], 'seal'))
  try {
    return Number((await seal())[0]?.moved)
  } catch (error) {
    if ((error as { code?: string }).code !== noRoom) throw error
    await database.withTenant({ tenantId }, (tx) => tx.read(makeRoom, [tenantId]))
    return Number((await seal())[0]?.moved)
  }
}

const anyPending = 'select from audit_pending where tenant_id = $1 limit 1'
const sealing = 'select seal_audit($1) as moved'
const makeRoom = `select make_audit_month(month) from
  (select distinct date_trunc('month', at, 'UTC') as month from audit_pending where tenant_id = $1) months`

/** Seals, moments later, what this process puts on the record; what others left behind is housekeeping's. */
export function openSealer(database: Database, log: Logger): { close(): Promise<void> } {
  const tenants = new Set<string>()
  let timer: NodeJS.Timeout | null = null
  let running: Promise<void> = Promise.resolve()
  const sealAll = async () => {
    timer = null
    for (const tenantId of [...tenants]) {
      tenants.delete(tenantId)
      await sealTenant(database, tenantId).catch((error) =>
        log.warn({ err: error }, 'audit entries could not be sealed; housekeeping tries again'),
      )
    }
  }
  const forget = database.onRecord((tenantId) => {
    tenants.add(tenantId)
    timer ??= setTimeout(() => {
      running = running.then(sealAll)
    }, gather)
  })
  return {
    close: async () => {
      forget()
      if (timer) clearTimeout(timer)
      await running
      await sealAll()
    },
  }
}
