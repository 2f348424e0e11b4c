import { z } from 'zod'
import { Id, Instant } from './fields.ts'

/** One entry of the audit log as a person reads it. */
export const ActivityEntry = z.object({
  id: Id,
  at: Instant,
  action: z.string(),
  result: z.enum(['success', 'refused']),
  actor: z.object({ id: Id.nullable(), name: z.string() }),
  target: z.object({ kind: z.string(), id: z.string().nullable(), name: z.string() }).nullable(),
  details: z.record(z.string(), z.unknown()),
  address: z.string().nullable(),
  requestId: z.string().nullable(),
})
export type ActivityEntry = z.infer<typeof ActivityEntry>
