import { z } from 'zod'
import { Email, Id, lineOfText, Password, PersonName, pageOf, paging, Slug, Username } from './fields.ts'
import { route } from './route.ts'
import { Session, Tenant } from './session.ts'
import { SetUpLink, User } from './users.ts'

export const listTenants = route('listTenants', 'GET /tenants', {
  summary: 'Every tenant of the platform, by slug.',
  tag: 'Tenants',
  needs: 'tenant.list',
  query: z.object(paging),
  answers: { 200: pageOf(Tenant) },
  problems: ['invalid_cursor'],
})

export const createTenant = route('createTenant', 'POST /tenants', {
  summary: 'Create a tenant.',
  tag: 'Tenants',
  needs: 'tenant.create',
  body: z.object({ slug: Slug, name: lineOfText(100), description: lineOfText(500, 0).default('') }),
  answers: { 201: Tenant },
  problems: ['slug_taken'],
})

export const createTenantAdmin = route('createTenantAdmin', 'POST /tenants/:id/admins', {
  summary: 'Create a Tenant Admin in a tenant, with a temporary password or, without one, with a set-up link.',
  tag: 'Tenants',
  needs: 'tenant.create',
  params: z.object({ id: Id }),
  body: z.object({
    username: Username,
    email: Email,
    firstName: PersonName,
    lastName: PersonName,
    password: Password.optional(),
    confirmPassword: Password.optional(),
  }),
  answers: { 201: z.object({ user: User, setUpLink: SetUpLink.nullable() }) },
  problems: ['not_found', 'username_taken', 'email_taken', 'weak_password'],
  answersSecret: true,
})

const byId = z.object({ id: Id })
const tag = 'Tenants'

export const getTenant = route('getTenant', 'GET /tenants/:id', {
  summary: 'One tenant.',
  tag,
  needs: 'tenant.list',
  params: byId,
  answers: { 200: Tenant },
  problems: ['not_found'],
})

export const suspendTenant = route('suspendTenant', 'POST /tenants/:id/suspend', {
  summary: 'Suspend a tenant: nobody of it can sign in, all sessions end, nothing is lost.',
  tag,
  needs: 'tenant.suspend',
  params: byId,
  answers: { 200: Tenant },
  problems: ['not_found', 'wrong_state'],
})

export const resumeTenant = route('resumeTenant', 'POST /tenants/:id/resume', {
  summary: 'Let the people of a suspended tenant sign in again.',
  tag,
  needs: 'tenant.suspend',
  params: byId,
  answers: { 200: Tenant },
  problems: ['not_found', 'wrong_state'],
})

export const deleteTenant = route('deleteTenant', 'DELETE /tenants/:id', {
  summary: 'Delete a tenant. `slug` must be its slug. It can be restored for 30 days and is erased then.',
  tag,
  needs: 'tenant.delete',
  params: byId,
  query: z.object({ slug: z.string().max(100) }),
  answers: { 200: Tenant },
  problems: ['not_found', 'wrong_state', 'not_confirmed'],
})

export const restoreTenant = route('restoreTenant', 'POST /tenants/:id/restore', {
  summary: 'Restore a deleted tenant.',
  tag,
  needs: 'tenant.delete',
  params: byId,
  answers: { 200: Tenant },
  problems: ['not_found', 'wrong_state'],
})

export const retryTenant = route('retryTenant', 'POST /tenants/:id/retry', {
  summary: 'Try again to make a tenant whose making failed.',
  tag,
  needs: 'tenant.create',
  params: byId,
  answers: { 200: Tenant },
  problems: ['not_found', 'wrong_state'],
})

export const enterTenant = route('enterTenant', 'POST /tenants/:id/enter', {
  summary: 'Go to a tenant and act as its admin there. The tenant sees it in its audit log.',
  tag,
  needs: 'tenant.enter',
  params: byId,
  answers: { 200: Session },
  problems: ['not_found', 'wrong_state'],
})

export const leaveTenant = route('leaveTenant', 'POST /session/leave', {
  summary: 'Leave the tenant one has gone to.',
  tag,
  needs: 'session',
  answers: { 200: Session },
  problems: ['wrong_state'],
})

const hours = (min: number, max: number) => z.int().min(min).max(max)
const Domain = z
  .string()
  .max(253)
  .overwrite((text) => text.trim().toLowerCase().replace(/^@/, ''))
  .pipe(z.string().regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/, { error: 'is not a domain' }))

/** What a tenant decides for itself. */
export const TenantSettings = z.object({
  name: lineOfText(100),
  description: lineOfText(500, 0),
  /** Characters; 15 at least while the password is the only factor (SP 800-63B-4). */
  passwordMinLength: z.int().min(15).max(64),
  /** Hours that a temporary password or set-up link serves. */
  temporaryLife: hours(1, 168),
  /** Hours without a request after which a session ends. */
  sessionIdle: hours(1, 168),
  /** Hours after which it ends in any case. */
  sessionLife: hours(1, 720),
  /** Domains of the e-mail addresses that users may have; any where there is none. */
  emailDomains: z.array(Domain).max(50),
})
export type TenantSettings = z.infer<typeof TenantSettings>

export const getTenantSettings = route('getTenantSettings', 'GET /tenant', {
  summary: 'The settings of your tenant. The ETag names the version.',
  tag,
  needs: 'tenant.view',
  answers: { 200: TenantSettings.extend({ slug: z.string(), version: z.int() }) },
  problems: [],
})

export const changeTenantSettings = route('changeTenantSettings', 'PATCH /tenant', {
  summary: 'Change the settings of your tenant.',
  tag,
  needs: 'tenant.update_settings',
  body: TenantSettings.partial(),
  answers: { 200: TenantSettings.extend({ slug: z.string(), version: z.int() }) },
  problems: [],
  ifMatch: true,
})
