import type { AuditEntry } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { presentEntry, readEntries, readEntry } from '../../platform/audit/read.ts'
import { sealTenant } from '../../platform/audit/seal.ts'
import type { Deps } from '../../platform/deps.ts'
import { problem } from '../../platform/http/problem.ts'
import { findTenant } from '../tenants/index.ts'
import { type Asked, readFilter } from './filter.ts'

type Query = Asked & { cursor?: string | undefined; limit: number }

/** One page of the tenant's trail, newest first. Throws `invalid_cursor`. */
export function listAuditEntries(deps: Deps, actor: Actor, query: Query) {
  authorize(actor, 'audit.view')
  return pageOf(deps, actor.tenantId, query)
}

/** The same of any tenant, for the platform. Throws `not_found`. */
export async function listTenantAuditEntries(deps: Deps, actor: Actor, tenantId: string, query: Query) {
  authorize(actor, 'platform.audit')
  await findTenant(deps, tenantId)
  return pageOf(deps, tenantId, query)
}

async function pageOf({ database }: Deps, tenantId: string, { cursor, limit, ...asked }: Query) {
  await sealTenant(database, tenantId)
  return database.withTenant({ tenantId }, async (tx) => {
    const filter = await readFilter(tx, tenantId, asked)
    const { rows, next, previous } = await readEntries(tx, tenantId, filter, { cursor, limit })
    return { items: rows.map(presentEntry), next, previous }
  })
}

export async function getAuditEntry({ database }: Deps, actor: Actor, seq: number): Promise<AuditEntry> {
  authorize(actor, 'audit.view')
  await sealTenant(database, actor.tenantId)
  const row = await database.readAtOnce(actor, (tx) => readEntry(tx, actor.tenantId, seq))
  return presentEntry(row ?? problem('not_found'))
}
