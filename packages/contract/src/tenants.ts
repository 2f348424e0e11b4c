import { z } from 'zod'
import { Email, Id, lineOfText, Password, PersonName, pageOf, paging, Slug, Username } from './fields.ts'
import { route } from './route.ts'
import { Tenant } from './session.ts'
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
