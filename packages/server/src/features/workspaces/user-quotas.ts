import type { AnswerOf, getUserQuotas as getRoute, UserQuota } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { audit } from '../../platform/audit/audit.ts'
import { sqlFor } from '../../platform/database/builder.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { problem } from '../../platform/http/problem.ts'
import { lockQuota, standard, unlimited } from './quota.ts'

type Row = { user_id: string; username: string | null; quota: UserQuota }

export async function getUserQuotas({ database }: Deps, actor: Actor): Promise<AnswerOf<typeof getRoute>> {
  authorize(actor, 'quota.assign')
  const rows = await database.readAtOnce(actor, (tx) =>
    tx.read<Row>(
      `select q.user_id, u.username, q.quota from user_quotas q left join users u on u.tenant_id = q.tenant_id and u.id = q.user_id
       where q.tenant_id = $1 order by u.username`,
      [actor.tenantId],
    ),
  )
  return {
    standard: rows.find(({ user_id }) => user_id === standard)?.quota ?? unlimited,
    others: rows.flatMap(({ user_id: userId, username, quota }) =>
      username === null ? [] : [{ userId, username, quota }],
    ),
  }
}

/** What each person may use at most who has no quota of their own. What is granted already stays. */
export async function setStandardQuota({ database }: Deps, actor: Actor, quota: UserQuota): Promise<UserQuota> {
  authorize(actor, 'quota.assign')
  await database.withTenant(actor, async (tx) => {
    const before = await put(tx, actor.tenantId, standard, quota)
    audit(tx, actor, 'quota.standard_set', { details: { before: before ?? unlimited, after: quota } })
  })
  return quota
}

/** What one person may use at most; null: as everybody. Throws `not_found`. */
export async function setUserQuota(
  { database }: Deps,
  actor: Actor,
  userId: string,
  quota: UserQuota | null,
): Promise<{ quota: UserQuota | null }> {
  authorize(actor, 'quota.assign')
  await database.withTenant(actor, async (tx) => {
    const [person] = await tx.read<{ username: string }>(
      'select username from users where tenant_id = $1 and id = $2 and deleted_at is null',
      [actor.tenantId, userId],
    )
    if (!person) return problem('not_found')
    const before = await put(tx, actor.tenantId, userId, quota)
    audit(tx, actor, 'quota.user_set', {
      target: { kind: 'user', id: userId, name: person.username },
      details: { before, after: quota },
    })
  })
  return { quota }
}

/** Answers what there was. */
async function put(tx: Tx, tenantId: string, userId: string, quota: UserQuota | null): Promise<UserQuota | null> {
  await lockQuota(tx, tenantId)
  const [before] = await tx.read<{ quota: UserQuota }>(
    'select quota from user_quotas where tenant_id = $1 and user_id = $2',
    [tenantId, userId],
  )
  if (quota === null) {
    await tx.run(sqlFor.deleteFrom('user_quotas').where('tenant_id', '=', tenantId).where('user_id', '=', userId))
    return before?.quota ?? null
  }
  const values = { quota: JSON.stringify(quota), updated_at: tx.now }
  await tx.run(
    sqlFor
      .insertInto('user_quotas')
      .values({ tenant_id: tenantId, user_id: userId, ...values })
      .onConflict((clash) => clash.columns(['tenant_id', 'user_id']).doUpdateSet(values)),
  )
  return before?.quota ?? null
}
