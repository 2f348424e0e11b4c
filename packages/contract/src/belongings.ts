import { z } from 'zod'
import { Id } from './fields.ts'
import { route } from './route.ts'
import { BulkResult, UserIds } from './users.ts'
import { WorkspaceState } from './workspaces.ts'

const byId = z.object({ id: Id })

/** What somebody has that goes on without them. */
export const Belongings = z.object({
  workspaces: z.array(z.object({ id: Id, name: z.string(), state: WorkspaceState })),
  volumes: z.array(z.object({ id: Id, name: z.string(), sizeGiB: z.int() })),
  /** That run or wait. */
  jobs: z.int(),
})
export type Belongings = z.infer<typeof Belongings>
export const getBelongings = route('getBelongings', 'GET /users/:id/belongings', {
  summary: 'What a user owns: workspaces, volumes, jobs that are not over.',
  tag: 'Users',
  needs: 'user.view',
  params: byId,
  answers: { 200: Belongings },
  problems: ['not_found'],
})
const settlement = {
  workspaces: z.enum(['stop', 'hand_over', 'keep']),
  /** To whom they are handed over. */
  to: Id.nullable().default(null),
  jobs: z.enum(['cancel', 'keep']),
}
export const settleBelongings = route('settleBelongings', 'POST /users/:id/belongings', {
  summary: 'Stop, hand over or keep what a user owns; cancel or keep their jobs. Before they are disabled or deleted.',
  tag: 'Users',
  needs: ['workspace.manage_all', 'job.cancel_all'],
  params: byId,
  body: z.object(settlement),
  answers: { 200: Belongings },
  problems: [
    'not_found',
    'exceeds_your_rights',
    'not_on_yourself',
    'engine_unavailable',
    'engine_refused',
    'wrong_state',
  ],
})

/** How much of what goes on without them somebody has. */
export const BelongingsCount = z.object({
  id: Id,
  username: z.string(),
  workspaces: z.int(),
  volumes: z.int(),
  /** That run or wait. */
  jobs: z.int(),
})
export type BelongingsCount = z.infer<typeof BelongingsCount>
export const countBelongings = route('countBelongings', 'POST /users/bulk/belongings', {
  summary: 'How much each of several users owns, by username. Changes nothing; an id of nobody is left out.',
  tag: 'Users',
  needs: 'user.view',
  body: z.object({ ids: UserIds }),
  answers: { 200: z.object({ items: z.array(BelongingsCount) }) },
  problems: [],
})
export const bulkSettleBelongings = route('bulkSettleBelongings', 'POST /users/bulk/settle-belongings', {
  summary: 'The same for several users, with a result for each. Nothing is handed over to one of them.',
  tag: 'Users',
  needs: ['workspace.manage_all', 'job.cancel_all'],
  body: z.object({ ids: UserIds, ...settlement }),
  answers: { 200: BulkResult },
  problems: ['not_found'],
})
