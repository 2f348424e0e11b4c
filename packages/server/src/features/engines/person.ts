import type { Permission } from '@tenantry/contract'
import type { Person } from '../../engines/port.ts'
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
