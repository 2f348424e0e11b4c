import { z } from 'zod'
import { Id } from './fields.ts'
import { permissionGroups, permissions } from './permissions.ts'
import { route } from './route.ts'

export const Role = z.object({
  id: Id,
  name: z.string(),
  description: z.string(),
  builtIn: z.boolean(),
  enabled: z.boolean(),
  permissions: z.array(z.enum(permissions)),
  /** Whether you could give this role: you hold all it permits. If not, `missing` says what you lack. */
  assignable: z.boolean(),
  missing: z.array(z.enum(permissions)),
})
export type Role = z.infer<typeof Role>

export const listRoles = route('listRoles', 'GET /roles', {
  summary: 'The roles of the tenant, with whether you may give them.',
  tag: 'Roles',
  needs: 'session',
  answers: { 200: z.object({ items: z.array(Role) }) },
  problems: [],
})

export const listPermissions = route('listPermissions', 'GET /permissions', {
  summary: 'The permission catalogue: every permission with what it lets a person do.',
  tag: 'Roles',
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
