import { anyone } from '../../platform/access/actor.ts'
import { createBuiltInRoles, rolesOf } from '../../platform/access/roles.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Database } from '../../platform/database/database.ts'
import { ProblemError, problem } from '../../platform/http/problem.ts'
import * as store from './store.ts'

/** The one who makes tenants ready, in their audit logs. */
const maker = (tenantId: string) => ({
  ...anyone(tenantId, 'provisioning', { address: null, userAgent: null, requestId: null }),
  kind: 'system' as const,
})

/**
 * Gives a tenant that is in the making all that it needs, and calls it ready; where a step fails it is failed, with the
 * reason, and this may be tried again. Every step finds what an earlier try has done. Throws `not_found`.
 */
export async function provisionTenant(database: Database, id: string): Promise<store.TenantRow> {
  const behind = <T>(work: Parameters<typeof database.asSystem<T>>[1]) =>
    database.asSystem('a tenant in the making is not yet anybody’s own', work, id)
  try {
    return await behind(async (tx) => {
      const tenant = (await store.lock(tx, id)) ?? problem('not_found')
      if (tenant.status !== 'processing' && tenant.status !== 'failed') return tenant
      if ((await rolesOf(tx, id)).length === 0) await createBuiltInRoles(tx, id, tenant.kind)
      await store.update(tx, id, { status: 'active', status_reason: null })
      audit(tx, maker(id), 'tenant.ready', { target: { kind: 'tenant', id, name: tenant.slug } })
      return (await store.find(tx, id)) ?? problem('not_found')
    })
  } catch (error) {
    if (error instanceof ProblemError) throw error
    const reason = `${(error as Error).message}`.slice(0, 300)
    return behind(async (tx) => {
      const tenant = (await store.lock(tx, id)) ?? problem('not_found')
      if (tenant.status !== 'processing' && tenant.status !== 'failed') return tenant
      await store.update(tx, id, { status: 'failed', status_reason: reason })
      audit(tx, maker(id), 'tenant.failed', {
        target: { kind: 'tenant', id, name: tenant.slug },
        result: 'refused',
        details: { reason },
      })
      return (await store.find(tx, id)) ?? problem('not_found')
    })
  }
}
