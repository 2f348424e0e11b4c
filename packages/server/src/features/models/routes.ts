import * as contract from '@tenantry/contract'
import type { Deps } from '../../platform/deps.ts'
import { etag, type On } from '../../platform/http/registrar.ts'
import * as actions from './actions.ts'

export function addModelRoutes(on: On, deps: Deps): void {
  on(contract.listModels, ({ actor }) => actions.listModels(deps, actor))
  on(contract.getModel, async ({ actor, params, reply }) => {
    const model = await actions.getModel(deps, actor, params.id)
    reply.header('etag', etag(model.version))
    return model
  })
  on(contract.publishModel, ({ actor, body }) => actions.publishModel(deps, actor, body))
  on(contract.testNewModel, ({ actor, body }) => actions.testNewModel(deps, actor, body))
  on(contract.testModel, ({ actor, params }) => actions.testModel(deps, actor, params.id))
  on(contract.changeModel, async ({ actor, params, body, ifMatch, reply }) => {
    const model = await actions.changeModel(deps, actor, params.id, body, ifMatch)
    reply.header('etag', etag(model.version))
    return model
  })
  on(contract.enableModel, ({ actor, params }) => actions.enableModel(deps, actor, params.id))
  on(contract.disableModel, ({ actor, params }) => actions.disableModel(deps, actor, params.id))
  on(contract.withdrawModel, ({ actor, params }) => actions.withdrawModel(deps, actor, params.id))
}
