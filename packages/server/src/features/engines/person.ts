import type { EngineKind, Permission } from '@tenantry/contract'
import { EngineError, type Person } from '../../engines/port.ts'
import { rightsOf } from '../../platform/access/rights.ts'
import { sqlFor } from '../../platform/database/builder.ts'
import type { Tx } from '../../platform/database/tx.ts'

/** The engines that people are carried through to, and which permissions give what there. */
export const accessBy = {
  slurm: { use: 'job.submit', manage: 'job.cancel_all' },
  kubernetes: { use: 'kubernetes.kubeconfig', manage: 'workspace.manage_all' },
} as const satisfies Record<string, { use: Permission; manage: Permission }>
export type FollowingKind = keyof typeof accessBy

/** A person as an engine shall know them now; null for whoever is not there any more. */
export async function personAt(tx: Tx, tenantId: string, userId: string, kind: FollowingKind): Promise<Person | null> {
  const row = await tx.first(
    sqlFor
      .selectFrom('users as u')
      .innerJoin('roles as r', 'r.id', 'u.role_id')
      .innerJoin('tenants as t', 't.id', 'u.tenant_id')
      .select(['u.username', 'u.disabled_at', 'u.deleted_at', 't.slug', 't.status'])
      .select(['r.built_in', 'r.enabled', 'r.permissions'])
      .where('u.tenant_id', '=', tenantId)
      .where('u.id', '=', userId),
  )
  if (!row) return null
  const there = row.disabled_at === null && row.deleted_at === null && row.status === 'active'
  const rights = rightsOf(row)
  const { use, manage } = accessBy[kind]
  const mayUse = there && rights.has(use)
  return { username: row.username, tenant: row.slug, mayUse, mayManage: mayUse && rights.has(manage) }
}

type Named = { tenantId: string; engineId: string; userId: string; kind: EngineKind }

/**
 * Refuses whoever the engine has not taken in by their name. At a Slurm a name is a user of the cluster, who may be of another
 * tenant, or of none, until the cluster itself was asked: nothing is submitted, and no file read, as them. Errors: `refused`
 * with the reason, `unreachable` while it is being carried through.
 */
export async function refuseUnknownName(tx: Tx, { tenantId, engineId, userId, kind }: Named): Promise<void> {
  if (kind !== 'slurm') return
  const [row] = await tx.read<{ access: string; state: string; reason: string | null; theirs: boolean }>(
    `select c.access, c.state, c.reason, exists (
       select from allocations a join engine_names n on n.engine_id = a.engine_id and n.tenant_id = a.tenant_id
       where a.tenant_id = c.tenant_id and a.engine_id = c.engine_id and n.user_id = c.user_id
         and n.name = coalesce(a.scope ->> 'prefix', '') || c.username) as theirs
     from carry_through c where c.tenant_id = $1 and c.engine_id = $2 and c.user_id = $3`,
    [tenantId, engineId, userId],
    'whose a name at an engine is',
  )
  if (row?.theirs && !['', 'nothing'].includes(row.access)) return
  if (row?.state === 'failed') throw new EngineError('refused', row.reason ?? 'The engine did not take them in.')
  if (row?.state === 'in_step') throw new EngineError('refused', 'There is no access at this engine.')
  throw new EngineError('unreachable', 'The access at this engine is being set up: it takes a moment.')
}
