import type { Belongings, BelongingsCount, BodyOf, settleBelongings } from '@tenantry/contract'

export type Settlement = BodyOf<typeof settleBelongings>

export type Leaving = 'disable' | 'delete'

/** How much there is that goes on, of one or of several together. */
export type Owned = Pick<BelongingsCount, 'workspaces' | 'jobs'>
export const ownedBy = ({ workspaces, jobs }: Belongings): Owned => ({ workspaces: workspaces.length, jobs })

/** That it goes on without them: volumes alone do not. */
export const goesOn = ({ workspaces, jobs }: Owned): boolean => workspaces > 0 || jobs > 0

/**
 * What one begins with. Whoever is deleted comes back to nothing: all of it ends. Whoever is disabled may be back tomorrow, so
 * what cannot be had again is spared: a job that is cancelled has lost its work, and ends by itself at its time limit anyway. A
 * workspace is stopped all the same: it would never end by itself while something runs there, it is a shell in the tenant's
 * name that nobody answers for any more, and it holds GPUs meanwhile. Its volume stays, and a press starts it again.
 */
export const settlementFor = (command: Leaving): Settlement => ({
  workspaces: 'stop',
  to: null,
  jobs: command === 'delete' ? 'cancel' : 'keep',
})

/** Whether there is anything to settle before: keeping everything is what happens by itself. */
export const settles = ({ workspaces, jobs }: Owned, chosen: Settlement): boolean =>
  (workspaces > 0 && chosen.workspaces !== 'keep') || (jobs > 0 && chosen.jobs !== 'keep')

/** What stands for the part that there is none of. */
export const settlementOf = ({ workspaces, jobs }: Owned, chosen: Settlement): Settlement => ({
  workspaces: workspaces > 0 ? chosen.workspaces : 'keep',
  to: workspaces > 0 && chosen.workspaces === 'hand_over' ? chosen.to : null,
  jobs: jobs > 0 ? chosen.jobs : 'keep',
})
