import { sqlFor } from '../database/builder.ts'
import { type Places, prepare } from '../database/prepare.ts'
import type { TenantSettings, TenantStatus } from '../database/schema.ts'
import type { Tx } from '../database/tx.ts'
import { fieldProblem } from '../http/problem.ts'

export type OwnTenant = {
  id: string
  slug: string
  name: string
  kind: 'platform' | 'tenant'
  status: TenantStatus
  settings: TenantSettings
}

const byId = prepare((place: Places<{ tenantId: string }>) =>
  sqlFor
    .selectFrom('tenants')
    .select(['id', 'slug', 'name', 'kind', 'status', 'settings'])
    .where('id', '=', place('tenantId')),
)

/** The tenant of the transaction. Throws where there is none: a session cannot be without. */
export async function ownTenant(tx: Tx, tenantId: string): Promise<OwnTenant> {
  const tenant = await tx.first(byId({ tenantId }))
  if (!tenant) throw new Error('the tenant is not there')
  return tenant
}

const hour = 3_600_000
/** Characters: SP 800-63B-4 3.1.1.2 asks for 15 where the password is the only factor. */
export const passwordMinLength = (settings: TenantSettings): number => settings.passwordMinLength ?? 15
/** When a temporary password or set-up link that is made now stops to serve. */
export const temporaryUntil = (settings: TenantSettings, now: Date): Date =>
  new Date(now.getTime() + (settings.temporaryLife ?? 24) * hour)

/** Throws `email_domain` where the tenant allows addresses of some domains only, and this is none of them. */
export function checkEmailDomain(settings: TenantSettings, email: string): void {
  const refusal = emailRefusal(settings, email)
  if (refusal !== null) fieldProblem('email_domain', 'email', refusal)
}
export function emailRefusal({ emailDomains = [] }: TenantSettings, email: string): string | null {
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase()
  if (emailDomains.length === 0 || emailDomains.includes(domain)) return null
  return `must be an address of ${emailDomains.join(', ')}`
}

export const passwordPolicy = (settings: TenantSettings) => ({ minLength: passwordMinLength(settings), maxLength: 128 })
