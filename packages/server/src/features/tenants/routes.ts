import * as contract from '@tenantry/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Actor } from '../../platform/access/actor.ts'
import type { LiveSession } from '../../platform/access/sessions.ts'
import type { Deps } from '../../platform/deps.ts'
import { etag, type On } from '../../platform/http/registrar.ts'
import * as tenants from './actions.ts'
import * as settings from './settings.ts'
import * as state from './state.ts'
import { enterTenant, leaveTenant } from './visit.ts'

/** Goes on with another token of the same session, and answers the session as it is now. */
type GoOn = (request: FastifyRequest, reply: FastifyReply, token: string) => Promise<contract.Session>

/** What else is done for a tenant that was just created. */
type AlsoFor = (actor: Actor, tenant: contract.Tenant) => Promise<void>

export function addTenantRoutes(on: On, deps: Deps, goOn: GoOn, alsoFor: AlsoFor): void {
  on(contract.listTenants, ({ actor, query }) => tenants.listTenants(deps, actor, query))
  on(contract.createTenant, async ({ actor, body }) => {
    const tenant = await tenants.createTenant(deps, actor, body)
    await alsoFor(actor, tenant)
    return tenant
  })
  on(contract.createTenantAdmin, ({ actor, params, body }) => tenants.createTenantAdmin(deps, actor, params.id, body))
  on(contract.getTenant, ({ actor, params }) => tenants.getTenant(deps, actor, params.id))
  on(contract.suspendTenant, ({ actor, params }) => state.suspendTenant(deps, actor, params.id))
  on(contract.resumeTenant, ({ actor, params }) => state.resumeTenant(deps, actor, params.id))
  on(contract.deleteTenant, ({ actor, params, query }) => state.deleteTenant(deps, actor, params.id, query.slug))
  on(contract.restoreTenant, ({ actor, params }) => state.restoreTenant(deps, actor, params.id))
  on(contract.retryTenant, ({ actor, params }) => state.retryTenant(deps, actor, params.id))
  on(contract.enterTenant, async ({ actor, params, request, reply }) =>
    goOn(request, reply, await enterTenant(deps, actor, params.id)),
  )
  on(contract.leaveTenant, async ({ actor, session, request, reply }) =>
    goOn(request, reply, await leaveTenant(deps, actor, (session as LiveSession).visited)),
  )
  on(contract.getTenantSettings, async ({ actor, reply }) =>
    versioned(reply, await settings.getTenantSettings(deps, actor)),
  )
  on(contract.changeTenantSettings, async ({ actor, body, ifMatch, reply }) =>
    versioned(reply, await settings.changeTenantSettings(deps, actor, body, ifMatch)),
  )
}

function versioned<T extends { version: number }>(reply: FastifyReply, shown: T): T {
  reply.header('etag', etag(shown.version))
  return shown
}
