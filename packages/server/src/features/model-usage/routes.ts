import * as contract from '@tenantry/contract'
import type { Deps } from '../../platform/deps.ts'
import type { On } from '../../platform/http/registrar.ts'
import { getModelUsage } from './get-usage.ts'

export function addModelUsageRoutes(on: On, deps: Deps): void {
  on(contract.getModelUsage, ({ actor, query }) => getModelUsage(deps, actor, query))
}
