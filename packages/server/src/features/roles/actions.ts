import { type Permission, permissionGroups, type Role } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { rightsOf } from '../../platform/access/rights.ts'
import { findRole, rolesOf } from '../../platform/access/roles.ts'
import { ownTenant } from '../../platform/access/tenants.ts'
import type { Deps } from '../../platform/deps.ts'
import { problem } from '../../platform/http/problem.ts'
import { present } from './rules.ts'
import * as store from './store.ts'

/** The roles of the actor's tenant, and for each whether the actor could give it. */
export async function listRoles({ database }: Deps, actor: Actor): Promise<Role[]> {
  const [rows, { kind }] = await database.readAtOnce(actor, (tx) =>
    Promise.all([rolesOf(tx, actor.tenantId), ownTenant(tx, actor.tenantId)]),
  )
  return rows.map((row) => present(row, actor, kind))
}

export async function getRole({ database }: Deps, actor: Actor, id: string): Promise<Role> {
  authorize(actor, 'role.view')
  const [row, { kind }] = await database.readAtOnce(actor, (tx) =>
    Promise.all([findRole(tx, actor.tenantId, id), ownTenant(tx, actor.tenantId)]),
  )
  return present(row ?? problem('not_found'), actor, kind)
}

export function countRoleHolders({ database }: Deps, actor: Actor) {
  authorize(actor, 'role.view')
  return database.withTenant(actor, async (tx) =>
    store.countHolders(
      tx,
      actor.tenantId,
      (await rolesOf(tx, actor.tenantId)).map(({ id }) => id),
    ),
  )
}

/** The catalogue, in order. */
export const listPermissions = (): { permission: Permission; group: string; description: string }[] =>
  Object.entries(permissionGroups).flatMap(([group, members]) =>
    Object.entries(members).map(([permission, description]) => ({
      permission: permission as Permission,
      group,
      description,
    })),
  )

/** Who in the tenant could give a permission: they hold it and may change roles. At most ten. */
export const listGranters = ({ database }: Deps, actor: Actor, permission: Permission) =>
  database.withTenant(actor, async (tx) => {
    const able = (await rolesOf(tx, actor.tenantId)).filter((role) => {
      const rights = rightsOf(role)
      return rights.has(permission) && rights.has('role.assign')
    })
    if (able.length === 0) return []
    const people = await store.activeHolders(
      tx,
      actor.tenantId,
      able.map(({ id }) => id),
      10,
    )
    return people.map((person) => ({
      username: person.username,
      firstName: person.first_name,
      lastName: person.last_name,
    }))
  })
