import type { Session } from '@tenantry/contract'
import { permissions as catalogue } from '@tenantry/contract'
import { rightsOf } from '../../platform/access/rights.ts'
import type { LiveSession } from '../../platform/access/sessions.ts'
import { passwordPolicy } from '../../platform/access/tenants.ts'
import type { Candidate, FoundTenant } from './store.ts'

export const inGoodStanding = (user: Pick<Candidate, 'disabled_at' | 'deleted_at'>): boolean =>
  user.disabled_at === null && user.deleted_at === null

/** Whether what the user has to sign in with still serves: a temporary one expires. */
export const stillServes = (user: Pick<Candidate, 'must_change_password' | 'temporary_until'>, now: Date): boolean =>
  !user.must_change_password || (user.temporary_until !== null && user.temporary_until > now)

type Opened = { kind: LiveSession['kind']; expiresAt: Date }

/** The session as the API shows it, of somebody who has just signed in. */
export function presentNew(user: Candidate, tenant: Omit<FoundTenant, 'status'>, { kind, expiresAt }: Opened): Session {
  const rights = kind === 'full' ? rightsOf(user) : new Set()
  return {
    user: {
      id: user.id,
      username: user.username,
      email: user.email,
      firstName: user.first_name,
      lastName: user.last_name,
    },
    role: { id: user.role_id, name: user.role_name },
    tenant: { id: tenant.id, slug: tenant.slug, name: tenant.name, kind: tenant.kind },
    visitingFrom: null,
    permissions: catalogue.filter((permission) => rights.has(permission)),
    passwordChangeRequired: kind === 'password_change',
    passwordPolicy: passwordPolicy(tenant.settings),
    expiresAt: expiresAt.toISOString(),
  }
}

/** The session as the API shows it. */
export function present({ user, tenant: home, visited, kind, permissions, expiresAt }: LiveSession): Session {
  const { roleId, roleName, ...person } = user
  const tenant = visited ?? home
  return {
    user: person,
    role: { id: roleId, name: roleName },
    tenant: { id: tenant.id, slug: tenant.slug, name: tenant.name, kind: tenant.kind },
    visitingFrom: visited ? { slug: home.slug, name: home.name } : null,
    permissions: catalogue.filter((permission) => permissions.has(permission)),
    passwordChangeRequired: kind === 'password_change',
    passwordPolicy: passwordPolicy(tenant.settings),
    expiresAt: new Date(expiresAt).toISOString(),
  }
}
