import { type BuiltInRole, builtInRoles, type Permission, permissions } from '@tenantry/contract'

const known = new Set<string>(permissions)
const builtIn = new Map<string, ReadonlySet<Permission>>(
  Object.entries(builtInRoles).map(([key, role]) => [key, new Set<Permission>(role.permissions)]),
)
const nothing: ReadonlySet<Permission> = new Set()

export type RoleRights = { built_in: string | null; enabled: boolean; permissions: string[] }

/** What a role permits now: from the catalogue for a built-in one, nothing for a disabled one. */
export function rightsOf(role: RoleRights): ReadonlySet<Permission> {
  if (role.built_in !== null) return builtIn.get(role.built_in as BuiltInRole) ?? nothing
  if (!role.enabled) return nothing
  return new Set(role.permissions.filter((permission): permission is Permission => known.has(permission)))
}

/** What `wanted` has and `held` lacks, in catalogue order. */
export const missingFrom = (held: ReadonlySet<Permission>, wanted: ReadonlySet<Permission>): Permission[] =>
  permissions.filter((permission) => wanted.has(permission) && !held.has(permission))
