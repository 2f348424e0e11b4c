import type { Logger } from 'pino'
import { chatRestorableFor } from './features/playground/index.ts'
import { letGoOfEndedJobs } from './features/resources/index.ts'
import { provisionTenant, restorableFor as tenantRestorableFor } from './features/tenants/index.ts'
import { restorableFor } from './features/users/index.ts'
import { anyone } from './platform/access/actor.ts'
import { audit } from './platform/audit/audit.ts'
import { letGoOfOldMonths } from './platform/audit/retention.ts'
import { sealTenant } from './platform/audit/seal.ts'
import { sqlFor } from './platform/database/builder.ts'
import type { Database } from './platform/database/database.ts'
import type { Tables } from './platform/database/schema.ts'
import type { Tx } from './platform/database/tx.ts'

/** For how many months the audit trail is kept; 0: for good. */
export type Keep = { auditMonths: number }

const minute = 60_000
const day = 24 * 60 * minute

/** Clears what time has undone, every minute: of all tenants, by whichever replica comes first. */
export function startHousekeeping(database: Database, log: Logger, keep: Keep): { stop(): Promise<void> } {
  let running: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    running = running
      .then(() => keepHouse(database, keep))
      .catch((error) => log.warn({ err: error }, 'housekeeping failed; it is tried again in a minute'))
  }, minute)
  timer.unref()
  return {
    stop: async () => {
      clearInterval(timer)
      await running
    },
  }
}

/** One round over all tenants: locks that have passed, sessions that have ended, users whose time to be restored is over. */
export async function keepHouse(database: Database, { auditMonths }: Keep = { auditMonths: 0 }): Promise<void> {
  const tenants = await database.asSystem('housekeeping looks after every tenant', async (tx) => {
    const old = new Date(tx.now.getTime() - 2 * day)
    await tx.bookkeeping(sqlFor.deleteFrom('sign_in_throttle').where('last_at', '<', old))
    return tx.many(sqlFor.selectFrom('tenants').select(['id', 'slug', 'status', 'created_at', 'deleted_at']))
  })
  for (const { id, slug, status, created_at: createdAt, deleted_at: deletedAt } of tenants) {
    // Whoever was making it is gone.
    if (status === 'processing' && createdAt.getTime() < database.now().getTime() - minute) {
      await provisionTenant(database, id)
    }
    const over =
      status === 'deleted' && deletedAt !== null && deletedAt.getTime() < database.now().getTime() - tenantRestorableFor
    if (over) await eraseTenant(database, id, slug)
    await database.withTenant({ tenantId: id }, (tx) => keepTenant(tx, id))
    await sealTenant(database, id)
  }
  if (auditMonths > 0) {
    const ids = tenants.map(({ id }) => id)
    await letGoOfOldMonths(database, auditMonths, ids)
  }
}

const ofTheTenant = [
  'idempotency_keys',
  'announcements',
  'dashboard_defaults',
  'resources',
  'engine_jobs',
  'engine_shares',
  'workspace_templates',
  'user_quotas',
  'models',
  'model_usage',
  'model_minutes',
] as const satisfies (keyof Tables)[]

/** What a deleted tenant had is gone for good: its people and roles. Its trail stays, and so does its name. */
export async function eraseTenant(database: Database, id: string, slug: string): Promise<void> {
  await database.asSystem(
    'the time to restore a tenant is over',
    async (tx) => {
      await tx.run(sqlFor.deleteFrom('users').where('tenant_id', '=', id))
      await tx.run(sqlFor.deleteFrom('roles').where('tenant_id', '=', id))
      for (const table of ofTheTenant) await tx.run(sqlFor.deleteFrom(table).where('tenant_id', '=', id))
      // Whoever carries workspaces on ends these at their engines, volumes and all.
      await tx.run(
        sqlFor
          .updateTable('workspaces')
          .set({ wanted: 'deleted', remove_volume: true, state: 'stopping', next_at: tx.now })
          .where('tenant_id', '=', id),
      )
      // Its parts of engines go when nobody of it has access there any more.
      await tx.run(sqlFor.updateTable('allocations').set({ withdrawn_at: tx.now }).where('tenant_id', '=', id))
      await tx.run(sqlFor.updateTable('tenants').set({ status: 'erased', settings: '{}' }).where('id', '=', id))
      audit(tx, keeperOf(id), 'tenant.erased', { target: { kind: 'tenant', id, name: slug } })
    },
    id,
  )
}

const keeperOf = (tenantId: string) => ({
  ...anyone(tenantId, 'housekeeping', { address: null, userAgent: null, requestId: null }),
  kind: 'system' as const,
})

async function keepTenant(tx: Tx, tenantId: string): Promise<void> {
  const before = (ms: number) => new Date(tx.now.getTime() - ms)
  await tx.bookkeeping(
    sqlFor
      .updateTable('users')
      .set({ locked_until: null })
      .where('tenant_id', '=', tenantId)
      .where('locked_until', '<=', tx.now),
  )
  await tx.bookkeeping(
    sqlFor.deleteFrom('sessions').where('tenant_id', '=', tenantId).where('expires_at', '<=', tx.now),
  )
  await tx.bookkeeping(
    sqlFor.deleteFrom('workspace_entries').where('tenant_id', '=', tenantId).where('expires_at', '<=', tx.now),
  )
  await tx.bookkeeping(
    sqlFor.deleteFrom('idempotency_keys').where('tenant_id', '=', tenantId).where('created_at', '<', before(day)),
  )
  await tx.bookkeeping(
    sqlFor
      .deleteFrom('model_minutes')
      .where('tenant_id', '=', tenantId)
      .where('minute', '<', before(5 * minute)),
  )
  await tx.bookkeeping(
    sqlFor.deleteFrom('chats').where('tenant_id', '=', tenantId).where('deleted_at', '<', before(chatRestorableFor)),
  )
  await letGoOfEndedJobs(tx, tenantId)
  const erased = await tx.many(
    sqlFor
      .deleteFrom('users')
      .where('tenant_id', '=', tenantId)
      .where('deleted_at', '<', before(restorableFor))
      .returning(['id', 'username']),
  )
  // Somebody who is called so later is somebody else: what the former one gave their jobs is not theirs.
  if (erased.length > 0) {
    const gone = erased.map(({ id }) => id)
    await tx.bookkeeping(
      sqlFor.deleteFrom('job_submissions').where('tenant_id', '=', tenantId).where('user_id', 'in', gone),
    )
  }
  for (const { id, username } of erased) {
    audit(tx, keeperOf(tenantId), 'user.erased', { target: { kind: 'user', id, name: username } })
  }
}
