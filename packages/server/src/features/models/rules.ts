import type { Permission } from '@tenantry/contract'

/** Whoever would use a model. `roleId`: null for a guest of the platform, who acts as an admin of the tenant. */
export type Person = { roleId: string | null; permissions: ReadonlySet<Permission> }

/** The one rule of who may use a model. */
export const mayUse = (
  { enabled, roleIds }: { enabled: boolean; roleIds: readonly string[] | null },
  { roleId, permissions }: Person,
): boolean =>
  enabled && permissions.has('model.use') && (roleIds === null || roleId === null || roleIds.includes(roleId))
