import { z } from 'zod'
import { Id, Instant, lineOfText, Person, pageOf, paging } from './fields.ts'
import { route } from './route.ts'

const tag = 'Model keys'
const byId = z.object({ id: Id })

export const ModelKey = z.object({
  id: Id,
  name: z.string(),
  owner: Person,
  mine: z.boolean(),
  /** How the key begins, to tell it by. */
  prefix: z.string(),
  /** What it may be used for; null: whatever its owner may use. */
  models: z.array(z.object({ id: Id, name: z.string() })).nullable(),
  /** `idle`: it is whole, but its owner is disabled, has to choose a new password first, or may use no models. */
  state: z.enum(['active', 'expired', 'revoked', 'idle']),
  requestsPerMinute: z.int().nullable(),
  tokensPerMonth: z.int().nullable(),
  tokensThisMonth: z.int(),
  createdAt: Instant,
  expiresAt: Instant.nullable(),
  /** To the minute. */
  lastUsedAt: Instant.nullable(),
  revokedAt: Instant.nullable(),
})
export type ModelKey = z.infer<typeof ModelKey>

export const listModelKeys = route('listModelKeys', 'GET /model-keys', {
  summary: 'Model keys: your own, or everybody’s.',
  tag,
  needs: ['model_key.create_own', 'model_key.view_all'],
  query: z.object({
    q: z.string().max(100).optional(),
    /** Everybody’s only with `model_key.view_all`. */
    whose: z.enum(['mine', 'all']).default('mine'),
    /** Also those that are expired or revoked. */
    ended: z.enum(['yes', 'no']).default('no'),
    ...paging,
  }),
  answers: { 200: pageOf(ModelKey) },
  problems: ['invalid_cursor'],
})

const most = z.int().min(1).max(1_000_000_000).nullable().default(null)
export const NewModelKey = z.object({
  name: lineOfText(60),
  /** Null: whatever you may use, now and later. */
  modelIds: z.array(Id).min(1, { error: 'choose a model, or all of them' }).max(100).nullable().default(null),
  /** Days until it expires; null: never. */
  days: z.int().min(1).max(730).nullable().default(90),
  requestsPerMinute: most,
  tokensPerMonth: most,
})
export const createModelKey = route('createModelKey', 'POST /model-keys', {
  summary: 'Make a key for the gateway, to act as yourself. It is shown once.',
  tag,
  needs: 'model_key.create_own',
  body: NewModelKey,
  answers: { 201: z.object({ key: ModelKey, secret: z.string() }) },
  problems: ['wrong_state', 'too_many_keys'],
  answersSecret: true,
})
export const revokeModelKey = route('revokeModelKey', 'POST /model-keys/:id/revoke', {
  summary: 'Revoke a key for good: refused everywhere at once, and what it is being answered is cut off.',
  tag,
  needs: ['model_key.create_own', 'model_key.revoke_all'],
  params: byId,
  answers: { 200: ModelKey },
  problems: ['not_found'],
})
