import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { visit } from '../../platform/access/sessions.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Deps } from '../../platform/deps.ts'
import { problem } from '../../platform/http/problem.ts'
import { findTenant } from './actions.ts'

/**
 * Goes to a tenant: from now on this session acts there as its admin. The tenant has it on record first, so that nobody is
 * ever there unrecorded. Answers the new token of the session. Throws `not_found`, `wrong_state`.
 */
export async function enterTenant({ database }: Deps, actor: Actor, id: string): Promise<string> {
  authorize(actor, 'tenant.enter')
  const { userId, sessionId, tenantId } = actor
  if (userId === null || sessionId === null) return problem('not_signed_in')
  const tenant = await findTenant({ database }, id)
  if (tenant.status !== 'active' && tenant.status !== 'suspended') {
    problem('wrong_state', { detail: `The tenant is ${tenant.status}.` })
  }
  const target = { kind: 'tenant', id, name: tenant.slug }
  await database.withTenant({ tenantId: id }, async (tx) =>
    audit(tx, { ...actor, tenantId: id, visiting: true }, 'tenant.entered', { target }),
  )
  return database.withTenant(actor, async (tx) => {
    audit(tx, actor, 'tenant.entered', { target })
    return visit(tx, { tenantId, userId, sessionId }, id)
  })
}

/** Comes back. Answers the new token of the session. `actor` is at home; `visited` is where they are. Throws `wrong_state`. */
export async function leaveTenant(
  { database }: Deps,
  actor: Actor,
  visited: { id: string; slug: string } | null,
): Promise<string> {
  const { userId, sessionId, tenantId } = actor
  if (userId === null || sessionId === null || visited === null) {
    return problem('wrong_state', { detail: 'You are not in another tenant.' })
  }
  const target = { kind: 'tenant', id: visited.id, name: visited.slug }
  const token = await database.withTenant(actor, async (tx) => {
    audit(tx, actor, 'tenant.left', { target })
    return visit(tx, { tenantId, userId, sessionId }, null)
  })
  await database.withTenant({ tenantId: visited.id }, async (tx) =>
    audit(tx, { ...actor, tenantId: visited.id, visiting: true }, 'tenant.left', { target }),
  )
  return token
}
