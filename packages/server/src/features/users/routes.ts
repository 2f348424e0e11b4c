import type { User } from '@tenantry/contract'
import * as contract from '@tenantry/contract'
import type { FastifyReply } from 'fastify'
import type { Deps } from '../../platform/deps.ts'
import { etag, type On } from '../../platform/http/registrar.ts'
import * as users from './actions.ts'
import * as bulk from './bulk.ts'
import { createUser } from './create.ts'
import { template } from './csv.ts'
import { exportUsers } from './export.ts'
import { checkImport, importUsers } from './import.ts'
import * as view from './view.ts'

const versioned = (reply: FastifyReply, user: User): User => {
  reply.header('etag', etag(user.version))
  return user
}

export function addUserRoutes(on: On, deps: Deps): void {
  on(contract.listUsers, ({ actor, query }) => view.listUsers(deps, actor, query))
  on(contract.countUsers, ({ actor, query }) => view.countUsers(deps, actor, query))
  on(contract.createUser, ({ actor, body }) => createUser(deps, actor, body))
  on(contract.getUser, async ({ actor, params, reply }) => versioned(reply, await view.getUser(deps, actor, params.id)))
  on(contract.editUser, async ({ actor, params, body, ifMatch, reply }) =>
    versioned(reply, await users.editUser(deps, actor, params.id, body, ifMatch)),
  )
  on(contract.resetPassword, ({ actor, params }) => users.resetPassword(deps, actor, params.id))
  on(contract.sendSetUpLink, ({ actor, params }) => users.sendSetUpLink(deps, actor, params.id))
  on(contract.changeRole, ({ actor, params, body }) => users.changeRole(deps, actor, params.id, body.roleId))
  on(contract.disableUser, ({ actor, params }) => users.disableUser(deps, actor, params.id))
  on(contract.enableUser, ({ actor, params }) => users.enableUser(deps, actor, params.id))
  on(contract.unlockUser, ({ actor, params }) => users.unlockUser(deps, actor, params.id))
  on(contract.signOutUser, ({ actor, params }) => users.signOutUser(deps, actor, params.id))
  on(contract.deleteUser, ({ actor, params }) => users.deleteUser(deps, actor, params.id))
  on(contract.restoreUser, ({ actor, params }) => users.restoreUser(deps, actor, params.id))
  on(contract.listOwned, async ({ actor, params }) => ({ items: await view.listOwned(deps, actor, params.id) }))
  on(contract.listUserPermissions, async ({ actor, params }) => ({
    items: await view.listUserPermissions(deps, actor, params.id),
  }))
  on(contract.listUserSessions, async ({ actor, params }) => ({
    items: await view.listUserSessions(deps, actor, params.id),
  }))
  on(contract.listUserActivity, ({ actor, params, query }) => view.listUserActivity(deps, actor, params.id, query))
  on(contract.bulkChangeRole, ({ actor, body }) => bulk.bulkChangeRole(deps, actor, body.ids, body.roleId))
  on(contract.bulkDisable, ({ actor, body }) => bulk.bulkDisable(deps, actor, body.ids))
  on(contract.bulkEnable, ({ actor, body }) => bulk.bulkEnable(deps, actor, body.ids))
  on(contract.bulkDelete, ({ actor, body }) => bulk.bulkDelete(deps, actor, body.ids))
  on(contract.checkImport, ({ actor, body }) => checkImport(deps, actor, body))
  on(contract.importUsers, ({ actor, body }) => importUsers(deps, actor, body))
  on(contract.importTemplate, async ({ reply }) => {
    reply.header('content-disposition', 'attachment; filename="users-template.csv"')
    return template()
  })
  on(contract.exportUsers, async ({ actor, query, reply }) => {
    reply.header('content-disposition', 'attachment; filename="users.csv"')
    return exportUsers(deps, actor, query)
  })
}
