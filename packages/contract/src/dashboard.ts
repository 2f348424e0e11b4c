import { z } from 'zod'
import { route } from './route.ts'

export const resourceKinds = ['baremetal', 'vm', 'kubernetes', 'slurm'] as const
export const ResourceKind = z.enum(resourceKinds)

export const getOverview = route('getOverview', 'GET /dashboard/overview', {
  summary: 'The resources of the tenant by kind; only the kinds you may see.',
  tag: 'Dashboard',
  needs: 'session',
  answers: {
    200: z.object({
      cards: z.array(z.object({ kind: ResourceKind, state: z.enum(['no_engine']) })),
    }),
  },
  problems: [],
})
