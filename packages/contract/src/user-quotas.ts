import { z } from 'zod'
import { Id } from './fields.ts'
import { route } from './route.ts'

const byId = z.object({ id: Id })
const limit = z.int().min(0).max(100_000_000).nullable()
/** What one person may use at once over all engines; null is without a limit. */
export const UserQuota = z.object({
  gpus: limit,
  cpus: limit,
  memoryMiB: limit,
  storageGiB: limit,
  workspaces: limit,
})
export type UserQuota = z.infer<typeof UserQuota>
export const getUserQuotas = route('getUserQuotas', 'GET /user-quotas', {
  summary: 'What each person of the tenant may use at most: the default, and who has another.',
  tag: 'Resources',
  needs: 'quota.assign',
  answers: {
    200: z.object({
      standard: UserQuota,
      others: z.array(z.object({ userId: Id, username: z.string(), quota: UserQuota })),
    }),
  },
  problems: [],
})
export const setStandardQuota = route('setStandardQuota', 'PUT /user-quotas/standard', {
  summary: 'Set what each person may use at most, but those who have a quota of their own.',
  tag: 'Resources',
  needs: 'quota.assign',
  body: UserQuota,
  answers: { 200: UserQuota },
  problems: [],
})
export const setUserQuota = route('setUserQuota', 'PUT /user-quotas/:id', {
  summary: 'Set what one person may use at most. Null: as everybody.',
  tag: 'Resources',
  needs: 'quota.assign',
  params: byId,
  body: z.object({ quota: UserQuota.nullable() }),
  answers: { 200: z.object({ quota: UserQuota.nullable() }) },
  problems: ['not_found'],
})
