import {
  type BodyInputOf,
  type createTenant as createTenantRoute,
  type Tenant,
  tenantPermissions,
} from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { createBuiltInRoles, findBuiltInRole } from '../../platform/access/roles.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { readCursor, writeCursor } from '../../platform/http/cursor.ts'
import { fieldProblem, problem } from '../../platform/http/problem.ts'
import { newId } from '../../platform/secrets/ids.ts'
import { createUserInRole, type NewUserInput } from '../users/index.ts'
import { provisionTenant } from './provision.ts'
import * as store from './store.ts'

/** How long a deleted tenant can be restored, in milliseconds. */
export const restorableFor = 30 * 86_400_000

/** Addresses and organizations that mean something else. */
const reserved = new Set(['platform', 'api', 'admin', 'system', 'sign-in', 'setup', 'set-up'])

export async function listTenants(
  { database }: Deps,
  actor: Actor,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
) {
  authorize(actor, 'tenant.list')
  const at = cursor === undefined ? null : readCursor(cursor, 'tenants')
  const backward = at?.backward ?? false
  const found = await database.asSystem('the platform lists its tenants', (tx) =>
    store.list(tx, at?.keys[0] ?? null, backward, limit + 1),
  )
  const rows = found.slice(0, limit)
  if (backward) rows.reverse()
  const more = found.length > limit
  const cursorTo = (row: store.TenantRow | undefined, back: boolean, there: boolean) =>
    there && row ? writeCursor('tenants', [row.slug], back) : null
  return {
    items: rows.map(present),
    next: cursorTo(rows.at(-1), false, backward ? at !== null : more),
    previous: cursorTo(rows[0], true, backward ? more : at !== null),
  }
}

/**
 * Creates a tenant and makes it ready; where that fails it is there as failed, with the reason. Recorded in the tenant and
 * in the actor's own. Throws `slug_taken`.
 */
export async function createTenant(
  { database }: Deps,
  actor: Actor,
  input: BodyInputOf<typeof createTenantRoute>,
): Promise<Tenant> {
  authorize(actor, 'tenant.create')
  if (reserved.has(input.slug)) fieldProblem('slug_taken', 'slug', 'is reserved')
  const id = newId()
  await database.asSystem(
    'a new tenant is not yet anybody’s own',
    async (tx) => {
      const alike = await store.findLookAlike(tx, input.slug)
      if (alike === input.slug) fieldProblem('slug_taken', 'slug', 'is taken')
      if (alike !== undefined) fieldProblem('slug_taken', 'slug', `reads like “${alike}”`)
      const { slug, name, description = '' } = input
      await store.insert(tx, { id, slug, name, description, kind: 'tenant', status: 'processing' })
      audit(tx, actor, 'tenant.created', {
        target: { kind: 'tenant', id, name: input.slug },
        details: { after: input },
      })
    },
    id,
  )
  if (actor.tenantId !== id && actor.userId !== null) {
    await database.withTenant({ tenantId: actor.tenantId }, async (tx) =>
      audit(tx, actor, 'tenant.created', { target: { kind: 'tenant', id, name: input.slug } }),
    )
  }
  return present(await provisionTenant(database, id))
}

/** A tenant and its roles, in a transaction as the system behind that tenant's wall. The caller audits. */
export async function addTenant(tx: Tx, tenant: Omit<Parameters<typeof store.insert>[1], 'status'>): Promise<void> {
  await store.insert(tx, { ...tenant, status: 'active' })
  await createBuiltInRoles(tx, tenant.id, tenant.kind)
}

/** One tenant, for the platform. Throws `not_found`, also for the platform itself. */
export async function findTenant({ database }: Pick<Deps, 'database'>, id: string): Promise<store.TenantRow> {
  const row = await database.asSystem('the platform looks a tenant up', (tx) => store.find(tx, id))
  return row?.kind === 'tenant' && row.status !== 'erased' ? row : problem('not_found')
}

export async function getTenant(deps: Deps, actor: Actor, id: string): Promise<Tenant> {
  authorize(actor, 'tenant.list')
  return present(await findTenant(deps, id))
}

/** Creates a Tenant Admin in a tenant. Recorded in that tenant. Throws `not_found` and what creating a user throws. */
export async function createTenantAdmin(deps: Deps, actor: Actor, tenantId: string, input: NewUserInput) {
  authorize(actor, 'tenant.create')
  const { status } = await findTenant(deps, tenantId)
  if (status !== 'active' && status !== 'suspended') problem('wrong_state', { detail: `The tenant is ${status}.` })
  return createUserInRole(deps, visiting(actor, tenantId), input, {
    role: (tx) => findBuiltInRole(tx, tenantId, 'tenant_admin'),
  })
}

/** Whoever may create tenants acts in one with the rights of its admin. */
const visiting = ({ idempotencyKey: _, ...actor }: Actor, tenantId: string): Actor => ({
  ...actor,
  tenantId,
  visiting: true,
  permissions: new Set(tenantPermissions),
})

export const present = (row: store.TenantRow): Tenant => ({
  id: row.id,
  slug: row.slug,
  name: row.name,
  description: row.description,
  kind: row.kind,
  status: row.status,
  statusReason: row.status_reason,
  createdAt: row.created_at.toISOString(),
  eraseAt: row.deleted_at ? new Date(row.deleted_at.getTime() + restorableFor).toISOString() : null,
  version: row.version,
})
