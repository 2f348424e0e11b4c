import * as contract from '@tenantry/contract'
import type { FastifyReply } from 'fastify'
import type { Deps } from '../../platform/deps.ts'
import { etag, type On } from '../../platform/http/registrar.ts'
import * as roles from './actions.ts'
import * as change from './change.ts'

export function addRoleRoutes(on: On, deps: Deps): void {
  on(contract.listRoles, async ({ actor }) => ({ items: await roles.listRoles(deps, actor) }))
  on(contract.countRoleHolders, async ({ actor }) => ({ items: await roles.countRoleHolders(deps, actor) }))
  on(contract.getRole, async ({ actor, params, reply }) =>
    versioned(reply, await roles.getRole(deps, actor, params.id)),
  )
  on(contract.createRole, async ({ actor, body, reply }) =>
    versioned(reply, await change.createRole(deps, actor, body)),
  )
  on(contract.editRole, async ({ actor, params, body, ifMatch, reply }) =>
    versioned(reply, await change.editRole(deps, actor, params.id, body, ifMatch)),
  )
  on(contract.previewRoleEdit, ({ actor, params, body }) => change.previewRoleEdit(deps, actor, params.id, body))
  on(contract.deleteRole, ({ actor, params, query }) => change.deleteRole(deps, actor, params.id, query.replacement))
  on(contract.listPermissions, async () => ({ items: roles.listPermissions() }))
  on(contract.listGranters, async ({ actor, params }) => ({
    items: await roles.listGranters(deps, actor, params.permission),
  }))
}

function versioned<T extends { version: number }>(reply: FastifyReply, role: T): T {
  reply.header('etag', etag(role.version))
  return role
}
