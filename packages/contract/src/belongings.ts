import { z } from 'zod'
import { Id } from './fields.ts'
import { route } from './route.ts'
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
export const settleBelongings = route('settleBelongings', 'POST /users/:id/belongings', {
  summary: 'Stop, hand over or keep what a user owns; cancel or keep their jobs. Before they are disabled or deleted.',
  tag: 'Users',
  needs: ['workspace.manage_all', 'job.cancel_all'],
  params: byId,
  body: z.object({
    workspaces: z.enum(['stop', 'hand_over', 'keep']),
    /** To whom they are handed over. */
    to: Id.nullable().default(null),
    jobs: z.enum(['cancel', 'keep']),
  }),
  answers: { 200: Belongings },
  problems: ['not_found', 'exceeds_your_rights', 'engine_unavailable', 'engine_refused', 'wrong_state'],
})
