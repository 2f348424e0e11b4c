import type { AuditAction } from '@tenantry/contract'
import type { Actor } from '../access/actor.ts'
import type { Database } from '../database/database.ts'
import type { Tx } from '../database/tx.ts'
import { newId } from '../secrets/ids.ts'

export type Target = { kind: string; id: string | null; name: string }
type What = {
  target?: Target | undefined
  result?: 'success' | 'refused'
  /** What changed and why, without secrets: `before` and `after` hold only the fields that differ. */
  details?: Record<string, unknown>
}

/** Records an action in the transaction that carries it out: `resource.verb_in_the_past`. */
export function audit(
  tx: Tx,
  actor: Actor,
  action: AuditAction,
  { target, result = 'success', details = {} }: What = {},
): void {
  tx.append({
    id: newId(),
    at: tx.now.toISOString(),
    action,
    result,
    actor: {
      id: actor.userId,
      name: actor.name,
      kind: actor.kind,
      session: actor.sessionId,
      // Somebody of the platform, on behalf of the tenant.
      ...(actor.visiting && actor.userId !== null && { from: 'platform' }),
    },
    target: target ?? null,
    details,
    address: actor.address,
    userAgent: actor.userAgent,
    requestId: actor.requestId,
  })
}

/** Records a refusal. It has a transaction of its own, because the one that was refused is rolled back. */
export async function auditRefusal(database: Database, actor: Actor, action: AuditAction, what: What): Promise<void> {
  await database.withTenant({ tenantId: actor.tenantId }, async (tx) => {
    audit(tx, actor, action, { ...what, result: 'refused' })
  })
}

/** The fields of `after` that differ from `before`, both sides. */
export function difference<T extends object>(before: T, after: Partial<T>): { before: Partial<T>; after: Partial<T> } {
  const changed = (Object.keys(after) as (keyof T)[]).filter((key) => before[key] !== after[key])
  const pick = (from: Partial<T>) => Object.fromEntries(changed.map((key) => [key, from[key] ?? null])) as Partial<T>
  return { before: pick(before), after: pick(after) }
}
