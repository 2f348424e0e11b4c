import { type Permission, permissionGroups, permissions, type Role } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { missingFrom, rightsOf } from '../../platform/access/rights.ts'
import { rolesOf } from '../../platform/access/roles.ts'
import type { Deps } from '../../platform/deps.ts'

/** The roles of the actor's tenant, and for each whether the actor could give it. */
export async function listRoles({ database }: Deps, actor: Actor): Promise<Role[]> {
  const rows = await database.withTenant(actor, (tx) => rolesOf(tx, actor.tenantId))
  return rows.map((row) => {
    const rights = rightsOf({ ...row, enabled: true })
    const missing = missingFrom(actor.permissions, rights)
    return {
      id: row.id,
      name: row.name,
      description: row.description,
      builtIn: row.built_in !== null,
      enabled: row.enabled,
      permissions: permissions.filter((permission) => rights.has(permission)),
      assignable: row.enabled && missing.length === 0,
      missing,
    }
  })
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
