import * as contract from '@tenantry/contract'
import type { Deps } from '../../platform/deps.ts'
import type { On } from '../../platform/http/registrar.ts'
import { listUserEngines, retryUserEngines } from './actions.ts'

export function addCarryThroughRoutes(on: On, deps: Deps): void {
  on(contract.listUserEngines, ({ actor, params }) => listUserEngines(deps, actor, params.id))
  on(contract.retryUserEngines, ({ actor, params }) => retryUserEngines(deps, actor, params.id))
}
