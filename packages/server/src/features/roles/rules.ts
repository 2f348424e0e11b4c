import { builtInRoles, type Permission, permissions, permissionsInScope, type Role } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { missingFrom, rightsOf } from '../../platform/access/rights.ts'
import type { RoleRow } from '../../platform/access/roles.ts'
import { fieldProblem, problem } from '../../platform/http/problem.ts'

export type Scope = 'platform' | 'tenant'

/** What the role permits while it is enabled. */
export const rightsWhenEnabled = (row: Pick<RoleRow, 'built_in' | 'permissions'>): ReadonlySet<Permission> =>
  rightsOf({ ...row, enabled: true })

export const inOrder = (rights: ReadonlySet<Permission>): Permission[] =>
  permissions.filter((permission) => rights.has(permission))

/** The role as the API shows it, with whether the actor could give it. */
export function present(row: RoleRow, actor: Pick<Actor, 'permissions'>, scope: Scope): Role {
  const rights = rightsWhenEnabled(row)
  const missing = missingFrom(actor.permissions, rights)
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    builtIn: row.built_in !== null,
    scope,
    enabled: row.enabled,
    permissions: inOrder(rights),
    assignable: row.enabled && missing.length === 0,
    missing,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    version: row.version,
  }
}

/** Throws `permission_out_of_scope`. */
export function checkScope(wanted: readonly Permission[], scope: Scope): void {
  const allowed = new Set<Permission>(permissionsInScope[scope])
  const outside = wanted.filter((permission) => !allowed.has(permission))
  if (outside.length > 0) {
    const detail = `${outside.join(', ')} cannot be part of a role ${scope === 'tenant' ? 'of a tenant' : 'of the platform'}.`
    problem('permission_out_of_scope', {
      detail,
      errors: [{ pointer: '/permissions', code: 'permission_out_of_scope', detail }],
    })
  }
}

// Letters of other scripts that read as Latin ones (Unicode TR 39, the few that occur in our own names).
const lookAlikes: Record<string, string> = {
  а: 'a',
  е: 'e',
  і: 'i',
  ј: 'j',
  о: 'o',
  р: 'p',
  с: 'c',
  ѕ: 's',
  т: 't',
  у: 'y',
  х: 'x',
  м: 'm',
  н: 'h',
  к: 'k',
  ԁ: 'd',
  α: 'a',
  ε: 'e',
  ι: 'i',
  ο: 'o',
  ρ: 'p',
  τ: 't',
  υ: 'u',
  ν: 'v',
  κ: 'k',
  ı: 'i',
  '0': 'o',
  '1': 'l',
  '|': 'l',
}
const skeleton = (name: string): string =>
  [
    ...name
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[\p{M}\s._-]/gu, ''),
  ]
    .map((letter) => lookAlikes[letter] ?? letter)
    .join('')
const reserved = new Set(Object.values(builtInRoles).map(({ name }) => skeleton(name)))

/** Throws `role_name_taken` for a name that reads like that of a built-in role. */
export function checkName(name: string): void {
  if (reserved.has(skeleton(name))) fieldProblem('role_name_taken', 'name', 'reads like the name of a built-in role')
}
