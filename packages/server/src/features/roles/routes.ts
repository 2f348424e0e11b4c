import * as contract from '@tenantry/contract'
import type { Deps } from '../../platform/deps.ts'
import type { On } from '../../platform/http/registrar.ts'
import * as roles from './actions.ts'

export function addRoleRoutes(on: On, deps: Deps): void {
  on(contract.listRoles, async ({ actor }) => ({ items: await roles.listRoles(deps, actor) }))
  on(contract.listPermissions, async () => ({ items: roles.listPermissions() }))
}
