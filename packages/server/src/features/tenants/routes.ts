import * as contract from '@tenantry/contract'
import type { Deps } from '../../platform/deps.ts'
import type { On } from '../../platform/http/registrar.ts'
import * as tenants from './actions.ts'

export function addTenantRoutes(on: On, deps: Deps): void {
  on(contract.listTenants, ({ actor, query }) => tenants.listTenants(deps, actor, query))
  on(contract.createTenant, ({ actor, body }) => tenants.createTenant(deps, actor, body))
  on(contract.createTenantAdmin, ({ actor, params, body }) => tenants.createTenantAdmin(deps, actor, params.id, body))
}
