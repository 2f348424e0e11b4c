import { z } from 'zod'
import { Id, Instant, lineOfText } from './fields.ts'
import { permissionGroups, permissions } from './permissions.ts'
import { route } from './route.ts'

const tag = 'Roles'
const Permissions = z.array(z.enum(permissions))
const byId = z.object({ id: Id })

export const Role = z.object({
  id: Id,
  name: z.string(),
  description: z.string(),
  builtIn: z.boolean(),
  /** Where the role can be held. */
  scope: z.enum(['platform', 'tenant']),
  enabled: z.boolean(),
  permissions: Permissions,
  /** Whether you could give this role: you hold all it permits. If not, `missing` says what you lack. */
  assignable: z.boolean(),
  missing: Permissions,
  createdAt: Instant,
  updatedAt: Instant,
  version: z.int(),
})
export type Role = z.infer<typeof Role>

/** How many hold a role, counted no further than 10,000. */
export const Holders = z.object({ count: z.int(), more: z.boolean() })

export const listRoles = route('listRoles', 'GET /roles', {
  summary: 'The roles of the tenant, with whether you may give them.',
  tag,
  needs: ['role.view', 'role.assign', 'user.view'],
  answers: { 200: z.object({ items: z.array(Role) }) },
  problems: [],
})

export const countRoleHolders = route('countRoleHolders', 'GET /roles/holders', {
  summary: 'How many users hold each role of the tenant.',
  tag,
  needs: 'role.view',
  answers: { 200: z.object({ items: z.array(Holders.extend({ roleId: Id })) }) },
  problems: [],
})

export const getRole = route('getRole', 'GET /roles/:id', {
  summary: 'One role. The ETag names the version.',
  tag,
  needs: 'role.view',
  params: byId,
  answers: { 200: Role },
  problems: ['not_found'],
})

const fields = {
  name: lineOfText(60),
  description: lineOfText(300, 0),
  permissions: Permissions.max(permissions.length),
}

export const createRole = route('createRole', 'POST /roles', {
  summary: 'Create a custom role. It can permit nothing that you may not do yourself.',
  tag,
  needs: 'role.create',
  body: z.object({ ...fields, description: fields.description.default('') }),
  answers: { 201: Role },
  problems: ['role_name_taken', 'exceeds_your_rights', 'permission_out_of_scope'],
})

export const editRole = route('editRole', 'PATCH /roles/:id', {
  summary: 'Change a custom role, or disable and enable it. Takes effect for whoever holds it within a second.',
  tag,
  needs: 'role.update',
  params: byId,
  body: z.object({ ...fields, enabled: z.boolean() }).partial(),
  answers: { 200: Role },
  problems: [
    'not_found',
    'role_built_in',
    'role_name_taken',
    'exceeds_your_rights',
    'permission_out_of_scope',
    'last_tenant_admin',
    'not_on_yourself',
  ],
  ifMatch: true,
})

export const previewRoleEdit = route('previewRoleEdit', 'POST /roles/:id/preview', {
  summary: 'What an edit would give and take, and from whom. Changes nothing.',
  tag,
  needs: 'role.update',
  params: byId,
  body: z.object({ permissions: fields.permissions, enabled: z.boolean() }).partial(),
  answers: {
    200: z.object({
      gained: Permissions,
      lost: Permissions,
      holders: Holders,
      /** The first of them by username. */
      people: z.array(z.object({ id: Id, username: z.string(), firstName: z.string(), lastName: z.string() })),
    }),
  },
  problems: ['not_found', 'role_built_in', 'permission_out_of_scope'],
})

export const deleteRole = route('deleteRole', 'DELETE /roles/:id', {
  summary: 'Delete a custom role. Whoever holds it, also deleted users, gets the replacement.',
  tag,
  needs: 'role.delete',
  params: byId,
  query: z.object({ replacement: Id.optional() }),
  answers: { 200: z.object({ moved: z.int() }) },
  problems: [
    'not_found',
    'role_built_in',
    'role_in_use',
    'role_not_available',
    'exceeds_your_rights',
    'last_tenant_admin',
    'not_on_yourself',
  ],
})

export const listPermissions = route('listPermissions', 'GET /permissions', {
  summary: 'The permission catalogue: every permission with what it lets a person do.',
  tag,
  needs: 'session',
  answers: {
    200: z.object({
      items: z.array(
        z.object({
          permission: z.enum(permissions),
          group: z.enum(Object.keys(permissionGroups) as [string, ...string[]]),
          description: z.string(),
        }),
      ),
    }),
  },
  problems: [],
})

export const listGranters = route('listGranters', 'GET /permissions/:permission/granters', {
  summary: 'Who in the tenant could give you a permission: they hold it and may change roles. At most ten.',
  tag,
  needs: 'session',
  params: z.object({ permission: z.enum(permissions) }),
  answers: {
    200: z.object({
      items: z.array(z.object({ username: z.string(), firstName: z.string(), lastName: z.string() })),
    }),
  },
  problems: ['not_found'],
})
