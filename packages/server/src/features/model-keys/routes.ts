import * as contract from '@tenantry/contract'
import type { Deps } from '../../platform/deps.ts'
import type { On } from '../../platform/http/registrar.ts'
import type { Shelf } from '../models/index.ts'
import * as actions from './actions.ts'

export function addModelKeyRoutes(on: On, deps: Deps, shelf: Shelf): void {
  on(contract.listModelKeys, ({ actor, query }) => actions.listModelKeys(deps, actor, query))
  on(contract.createModelKey, ({ actor, body }) => actions.createModelKey(deps, shelf, actor, body))
  on(contract.revokeModelKey, ({ actor, params }) => actions.revokeModelKey(deps, actor, params.id))
}
