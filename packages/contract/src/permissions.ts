/**
 * The permission catalogue: one definition that feeds the check, the role matrix, the API, the OpenAPI
 * description of every route and the page's own hiding of what one may not do.
 * `resource.action`, grouped for people; the sentence completes "Lets a person …".
 */
export const permissionGroups = {
  users: {
    'user.view': 'see the users of the tenant',
    'user.create': 'create users and import them',
    'user.update': 'edit e-mail and names of users',
    'user.reset_password': 'give a user a new temporary password or set-up link, and unlock them',
    'user.disable': 'disable and enable users',
    'user.delete': 'delete and restore users',
    'user.export': 'export the list of users',
    'user.sign_out': 'see and end the sessions of users',
  },
  roles: {
    'role.view': 'see roles and what they permit',
    'role.create': 'create custom roles',
    'role.update': 'edit and disable custom roles',
    'role.delete': 'delete custom roles',
    'role.assign': 'give a user another role',
  },
  tenant: {
    'tenant.view': 'see the tenant and its settings',
    'tenant.update_settings': 'change the settings of the tenant',
    'dashboard.set_default': 'set the default dashboard of the tenant',
    'audit.view': 'read the audit log',
    'audit.export': 'export the audit log',
    'quota.view': 'see quotas and their use',
    'quota.assign': 'share out the quota of the tenant',
  },
  resources: {
    'baremetal.view': 'see bare metal machines',
    'baremetal.power': 'power bare metal machines on and off',
    'vm.view': 'see virtual machines',
    'vm.power': 'start and stop virtual machines',
    'kubernetes.view': 'see Kubernetes clusters',
    'kubernetes.kubeconfig': 'download a kubeconfig',
    'slurm.view': 'see Slurm nodes and partitions',
  },
  jobs: {
    'job.view_own': 'see their own jobs',
    'job.submit': 'submit jobs',
    'job.cancel_own': 'cancel their own jobs',
    'job.view_all': 'see the jobs of everybody in the tenant',
    'job.cancel_all': 'cancel the jobs of anybody in the tenant',
  },
  workspaces: {
    'workspace.view_own': 'see their own workspaces',
    'workspace.create': 'create workspaces',
    'workspace.open': 'open workspaces',
    'workspace.delete_own': 'delete their own workspaces',
    'workspace.view_all': 'see the workspaces of everybody in the tenant',
    'workspace.manage_all': 'stop, hand over and delete the workspaces of anybody in the tenant',
  },
  models: {
    'model.view': 'see published models',
    'model.use': 'use published models',
    'model.publish': 'publish models to the tenant',
    'model_key.create_own': 'create their own model keys',
    'model_key.view_all': 'see the model keys of everybody in the tenant',
    'model_key.revoke_all': 'revoke the model keys of anybody in the tenant',
  },
  platform: {
    'tenant.list': 'see every tenant of the platform',
    'tenant.create': 'create tenants and their Tenant Admins',
    'tenant.suspend': 'suspend and resume tenants',
    'tenant.delete': 'delete and restore tenants',
    'tenant.enter': 'go to a tenant and act as its admin, which it sees in its audit log',
    'engine.view': 'see the engines of the platform',
    'engine.connect': 'connect and change engines',
    'allocation.manage': 'allocate resources and quotas to tenants',
    'platform.audit': 'read the audit log of the whole platform',
  },
} as const

type Groups = typeof permissionGroups
export type PermissionGroup = keyof Groups
export type Permission = { [G in PermissionGroup]: keyof Groups[G] }[PermissionGroup] & string

/** Every permission, in catalogue order. */
export const permissions = Object.values(permissionGroups).flatMap((group) => Object.keys(group)) as Permission[]

const inGroups = (...groups: PermissionGroup[]) =>
  groups.flatMap((group) => Object.keys(permissionGroups[group])) as Permission[]

/** Everything that can be held inside a tenant; a tenant's custom role is a subset of these. */
export const tenantPermissions = inGroups('users', 'roles', 'tenant', 'resources', 'jobs', 'workspaces', 'models')

/** What a custom role can permit at most, in a tenant and on the platform. */
export const permissionsInScope: Readonly<Record<'platform' | 'tenant', readonly Permission[]>> = {
  tenant: tenantPermissions,
  platform: [
    ...inGroups('users', 'roles', 'platform'),
    'tenant.view',
    'tenant.update_settings',
    'audit.view',
    'audit.export',
  ],
}

/** What the last active holder of which a tenant may never lose. */
export const tenantAdminCore = ['user.create', 'role.assign', 'user.reset_password'] as const satisfies Permission[]

/** The built-in roles: immutable, by key. `scope` says in which kind of tenant they exist. */
export const builtInRoles = {
  platform_admin: {
    name: 'Platform Admin',
    scope: 'platform',
    description: 'Runs the platform: tenants, engines, allocations.',
    permissions: permissionsInScope.platform,
  },
  tenant_admin: {
    name: 'Tenant Admin',
    scope: 'tenant',
    description: 'Manages the users, roles and settings of the tenant and uses everything it has.',
    permissions: tenantPermissions,
  },
  tenant_user: {
    name: 'Tenant User',
    scope: 'tenant',
    description: 'Uses what the tenant has: resources, jobs, workspaces, models.',
    permissions: [
      'tenant.view',
      'quota.view',
      'baremetal.view',
      'vm.view',
      'kubernetes.view',
      'kubernetes.kubeconfig',
      'slurm.view',
      'job.view_own',
      'job.submit',
      'job.cancel_own',
      'workspace.view_own',
      'workspace.create',
      'workspace.open',
      'workspace.delete_own',
      'model.view',
      'model.use',
      'model_key.create_own',
    ],
  },
} as const satisfies Record<
  string,
  { name: string; scope: 'platform' | 'tenant'; description: string; permissions: readonly Permission[] }
>
export type BuiltInRole = keyof typeof builtInRoles
