import type { AuditAction, Permission, Tenant } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { revoke } from '../../platform/access/sessions.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Deps } from '../../platform/deps.ts'
import { fieldProblem, problem } from '../../platform/http/problem.ts'
import { findTenant, present } from './actions.ts'
import { provisionTenant } from './provision.ts'
import * as store from './store.ts'

type Step = {
  needs: Permission
  action: AuditAction
  from: store.TenantRow['status'][]
  to: store.TenantRow['status']
  refusal: string
}

/**
 * Takes a tenant from one state to another. Recorded in the tenant and with the platform; sessions of the tenant, and those
 * who have gone there, are looked up anew everywhere. Throws `not_found`, `wrong_state`.
 */
async function take({ database }: Deps, actor: Actor, id: string, step: Step): Promise<Tenant> {
  authorize(actor, step.needs)
  await findTenant({ database }, id)
  const row = await database.asSystem(
    'the platform changes the state of a tenant',
    async (tx) => {
      const tenant = (await store.lock(tx, id)) ?? problem('not_found')
      if (!step.from.includes(tenant.status)) problem('wrong_state', { detail: step.refusal })
      await store.update(tx, id, { status: step.to, deleted_at: step.to === 'deleted' ? tx.now : null })
      revoke(tx, { tenant: id })
      const details = { before: { status: tenant.status }, after: { status: step.to } }
      audit(tx, { ...actor, visiting: true }, step.action, {
        target: { kind: 'tenant', id, name: tenant.slug },
        details,
      })
      return store.find(tx, id)
    },
    id,
  )
  if (!row) throw new Error('a tenant that was just changed is not there')
  if (actor.userId !== null) {
    await database.withTenant({ tenantId: actor.tenantId }, async (tx) =>
      audit(tx, actor, step.action, { target: { kind: 'tenant', id, name: row.slug } }),
    )
  }
  return present(row)
}

/** Nobody of the tenant can sign in, and their sessions serve no more. Nothing is lost. */
export const suspendTenant = (deps: Deps, actor: Actor, id: string): Promise<Tenant> =>
  take(deps, actor, id, {
    needs: 'tenant.suspend',
    action: 'tenant.suspended',
    from: ['active'],
    to: 'suspended',
    refusal: 'Only a tenant that is active can be suspended.',
  })

export const resumeTenant = (deps: Deps, actor: Actor, id: string): Promise<Tenant> =>
  take(deps, actor, id, {
    needs: 'tenant.suspend',
    action: 'tenant.resumed',
    from: ['suspended'],
    to: 'active',
    refusal: 'The tenant is not suspended.',
  })

/** Deletes: as suspending; kept for `restorableFor`, then erased. Throws `not_confirmed` where `slug` is not its own. */
export async function deleteTenant(deps: Deps, actor: Actor, id: string, slug: string): Promise<Tenant> {
  authorize(actor, 'tenant.delete')
  if ((await findTenant(deps, id)).slug !== slug) {
    fieldProblem('not_confirmed', 'slug', 'is not the slug of this tenant')
  }
  return take(deps, actor, id, {
    needs: 'tenant.delete',
    action: 'tenant.deleted',
    from: ['active', 'suspended', 'failed'],
    to: 'deleted',
    refusal: 'The tenant is deleted already.',
  })
}

/** Back among the suspended: whoever restores it decides when its people come in again. */
export const restoreTenant = (deps: Deps, actor: Actor, id: string): Promise<Tenant> =>
  take(deps, actor, id, {
    needs: 'tenant.delete',
    action: 'tenant.restored',
    from: ['deleted'],
    to: 'suspended',
    refusal: 'The tenant is not deleted.',
  })

/** Tries again to make a tenant ready. Throws `not_found`, `wrong_state`. */
export async function retryTenant({ database }: Deps, actor: Actor, id: string): Promise<Tenant> {
  authorize(actor, 'tenant.create')
  const { status } = await findTenant({ database }, id)
  if (status !== 'failed' && status !== 'processing') problem('wrong_state', { detail: 'The tenant is made already.' })
  return present(await provisionTenant(database, id))
}
