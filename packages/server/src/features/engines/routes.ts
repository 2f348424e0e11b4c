import * as contract from '@tenantry/contract'
import type { FastifyReply } from 'fastify'
import type { Deps } from '../../platform/deps.ts'
import { etag, type On } from '../../platform/http/registrar.ts'
import * as engines from './actions.ts'
import * as allocations from './allocations.ts'

export function addEngineRoutes(on: On, deps: Deps): void {
  on(contract.listEngines, ({ actor }) => engines.listEngines(deps, actor))
  on(contract.connectEngine, ({ actor, body }) => engines.connectEngine(deps, actor, body))
  on(contract.testNewEngine, ({ actor, body }) => engines.testNewEngine(deps, actor, body))
  on(contract.getEngine, async ({ actor, params, reply }) =>
    versioned(reply, await engines.getEngine(deps, actor, params.id)),
  )
  on(contract.testEngine, ({ actor, params }) => engines.testEngine(deps, actor, params.id))
  on(contract.changeEngine, async ({ actor, params, body, ifMatch, reply }) =>
    versioned(reply, await engines.changeEngine(deps, actor, params.id, body, ifMatch)),
  )
  on(contract.rotateEngineCredential, ({ actor, params, body }) =>
    engines.rotateEngineCredential(deps, actor, params.id, body.credential),
  )
  on(contract.disconnectEngine, ({ actor, params }) => engines.disconnectEngine(deps, actor, params.id))
  on(contract.listAllocations, ({ actor, query }) => allocations.listAllocations(deps, actor, query))
  on(contract.allocate, ({ actor, body }) => allocations.allocate(deps, actor, body))
  on(contract.changeAllocation, ({ actor, params, body, ifMatch }) =>
    allocations.changeAllocation(deps, actor, params.id, body, ifMatch),
  )
  on(contract.withdrawAllocation, ({ actor, params }) => allocations.withdrawAllocation(deps, actor, params.id))
}

function versioned(reply: FastifyReply, engine: contract.Engine): contract.Engine {
  reply.header('etag', etag(engine.etagVersion))
  return engine
}
