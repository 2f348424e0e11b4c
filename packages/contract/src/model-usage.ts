import { z } from 'zod'
import { Id, Person } from './fields.ts'
import { route } from './route.ts'

const Day = z.iso.date()
/** Cost by currency, such as `{"EUR": 0.0125}`. */
const Cost = z.record(z.string(), z.number())

const used = {
  requests: z.int(),
  /** Of those: refused or broken off by the endpoint. */
  failed: z.int(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  /** How many of the tokens are counted here, because the endpoint did not tell. */
  estimatedTokens: z.int(),
  cost: Cost,
}
export const ModelUsage = z.object({
  total: z.object(used),
  /** One for each day that has any, in order, UTC. */
  days: z.array(z.object({ day: Day, ...used })),
  /** By what was asked, the most used first; 200 at most. */
  rows: z.array(
    z.object({
      id: z.string().nullable(),
      name: z.string(),
      owner: z.string().nullable(),
      /** Who used it, by person and by key; null of whoever is not of the tenant, or not any more. */
      person: Person.nullable(),
      ...used,
    }),
  ),
  /** What you have used of each limit this month; only with `mine`. */
  budgets: z.array(z.object({ of: z.enum(['model', 'key']), id: Id, name: z.string(), used: z.int(), most: z.int() })),
})
export type ModelUsage = z.infer<typeof ModelUsage>

export const getModelUsage = route('getModelUsage', 'GET /model-usage', {
  summary: 'What was used of models: by you, or by everybody, by model, by person or by key.',
  tag: 'Models',
  needs: ['model.use', 'model_key.view_all'],
  query: z.object({
    /** Everybody’s only with `model_key.view_all`. */
    whose: z.enum(['mine', 'all']).default('mine'),
    by: z.enum(['model', 'user', 'key']).default('model'),
    /** The first and the last day, UTC; 366 days at most. The last 30 days where neither is given. */
    from: Day.optional(),
    to: Day.optional(),
    model: Id.optional(),
    user: Id.optional(),
    key: Id.optional(),
  }),
  answers: { 200: ModelUsage },
  problems: [],
})
