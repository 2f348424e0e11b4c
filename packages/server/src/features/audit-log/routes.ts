import * as contract from '@tenantry/contract'
import type { Deps } from '../../platform/deps.ts'
import type { On } from '../../platform/http/registrar.ts'
import * as trail from './actions.ts'
import { exportAuditEntries, exportAuditEntriesAsLines } from './export.ts'

export function addAuditLogRoutes(on: On, deps: Deps): void {
  on(contract.listAuditEntries, ({ actor, query }) => trail.listAuditEntries(deps, actor, query))
  on(contract.getAuditEntry, ({ actor, params }) => trail.getAuditEntry(deps, actor, params.seq))
  on(contract.exportAuditEntries, ({ actor, query }) => exportAuditEntries(deps, actor, query))
  on(contract.exportAuditEntriesAsLines, ({ actor, query }) => exportAuditEntriesAsLines(deps, actor, query))
  on(contract.listTenantAuditEntries, ({ actor, params, query }) =>
    trail.listTenantAuditEntries(deps, actor, params.id, query),
  )
}
