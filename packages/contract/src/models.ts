import { z } from 'zod'
import { Address, CaCertificate, EngineHealth } from './engines.ts'
import { Id, Instant, lineOfText } from './fields.ts'
import { route } from './route.ts'

const tag = 'Models'
const byId = z.object({ id: Id })

/** What an endpoint is asked for: the paths of its interface below `/v1`. */
export const modelUses = ['chat', 'completions', 'embeddings'] as const
export const ModelUse = z.enum(modelUses)
export type ModelUse = z.infer<typeof ModelUse>

/** What it is called in requests; unique in its tenant. */
export const ModelName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$/, {
  error: '1 to 100 letters, digits, dots, hyphens, underscores, colons and slashes, beginning with a letter or digit',
})

/** Per million tokens; the currency is an ISO 4217 code. */
export const ModelPrice = z.object({
  input: z.number().min(0).max(100_000),
  output: z.number().min(0).max(100_000),
  currency: z.string().regex(/^[A-Z]{3}$/, { error: 'three capital letters, such as EUR' }),
})
export type ModelPrice = z.infer<typeof ModelPrice>

const limit = z.int().min(1).max(1_000_000_000).nullable().default(null)
/** What each person may use at most, over all of their keys and the playground; null is without a limit. */
export const ModelLimits = z.object({
  requestsPerMinute: limit,
  tokensPerMinute: limit,
  /** In a calendar month, UTC. */
  tokensPerMonth: limit,
})
export type ModelLimits = z.infer<typeof ModelLimits>

/** What a vLLM tells of itself; null where it does not tell. */
export const ModelMetrics = z.object({
  running: z.number().nullable(),
  waiting: z.number().nullable(),
  /** 0 to 1. */
  cacheUse: z.number().nullable(),
  /** Per second, over the last two readings. */
  promptTokensPerSecond: z.number().nullable(),
  completionTokensPerSecond: z.number().nullable(),
})
export type ModelMetrics = z.infer<typeof ModelMetrics>

/** How it is reached: told to whoever may publish, and never with the credential. */
const Endpoint = z.object({
  address: z.string(),
  ca: z.string().nullable(),
  /** What it is called there. */
  model: z.string(),
  credential: z.boolean(),
  credentialRotatedAt: Instant.nullable(),
})

export const Model = z.object({
  id: Id,
  name: z.string(),
  title: z.string(),
  description: z.string(),
  uses: z.array(ModelUse),
  /** Tokens; null: not known. */
  contextLength: z.int().nullable(),
  price: ModelPrice.nullable(),
  limits: ModelLimits,
  enabled: z.boolean(),
  /** Who may use it; null: everybody in the tenant who may use models. */
  roleIds: z.array(Id).nullable(),
  /** Whether you may. */
  usable: z.boolean(),
  health: EngineHealth,
  metrics: ModelMetrics.nullable(),
  endpoint: Endpoint.nullable(),
  version: z.int(),
  publishedAt: Instant,
})
export type Model = z.infer<typeof Model>

const seen = ['model.view', 'model.publish'] as const

export const listModels = route('listModels', 'GET /models', {
  summary: 'Models: those you may use, or all that are published where you may publish.',
  tag,
  needs: seen,
  answers: { 200: z.object({ items: z.array(Model) }) },
  problems: [],
})
export const getModel = route('getModel', 'GET /models/:id', {
  summary: 'One model. The ETag names the version.',
  tag,
  needs: seen,
  params: byId,
  answers: { 200: Model },
  problems: ['not_found'],
})

/** As it is sent: `Authorization: Bearer …`. It goes in and never comes out. */
const Credential = z
  .string()
  .min(1, { error: 'must not be empty' })
  .max(16_384)
  .regex(/^[\x21-\x7e]+$/, { error: 'contains a space or a character that no header holds' })
const connection = {
  /** The base of its interface, as clients of OpenAI take it: `https://inference.example.org/v1`. */
  address: Address,
  ca: CaCertificate.nullable().default(null),
  /** What it is called there. */
  model: lineOfText(300),
}
const described = {
  name: ModelName,
  title: lineOfText(80),
  description: lineOfText(500, 0).default(''),
  uses: z.array(ModelUse).min(1, { error: 'choose what it is used for' }).max(3),
  contextLength: z.int().min(1).max(100_000_000).nullable().default(null),
  price: ModelPrice.nullable().default(null),
  limits: ModelLimits,
  roleIds: z.array(Id).min(1, { error: 'choose a role, or everybody' }).max(100).nullable().default(null),
}
export const NewModel = z.object({ ...described, ...connection, credential: Credential.nullable().default(null) })
export type NewModel = z.infer<typeof NewModel>

/** What came of asking an endpoint. */
export const ModelTest = z.object({
  ok: z.boolean(),
  /** One sentence each, in the order they were tried. */
  steps: z.array(z.object({ ok: z.boolean(), text: z.string() })),
  /** What helps, where it cannot be used: why it cannot is the last step. Null where it can. */
  reason: z.string().nullable(),
  /** What it says it serves. */
  models: z.array(z.object({ id: z.string(), contextLength: z.int().nullable() })),
  /** Milliseconds: to its first token, and in all. */
  firstTokenMs: z.number().nullable(),
  totalMs: z.number().nullable(),
  /** Whether it reports how many tokens it used. */
  reportsUsage: z.boolean().nullable(),
  metrics: z.boolean(),
})
export type ModelTest = z.infer<typeof ModelTest>

export const publishModel = route('publishModel', 'POST /models', {
  summary: 'Publish a model behind an OpenAI-compatible endpoint. It is kept whether or not that answers just now.',
  tag,
  needs: 'model.publish',
  body: NewModel,
  answers: { 201: Model },
  problems: ['model_name_taken', 'model_address', 'no_secret_key', 'too_many_models'],
})
export const testNewModel = route('testNewModel', 'POST /models/test', {
  summary: 'Ask an endpoint that is not published. Without `model`: only what it serves.',
  tag,
  needs: 'model.publish',
  body: z.object({
    ...connection,
    model: connection.model.nullable().default(null),
    uses: described.uses.default(['chat']),
    credential: Credential.nullable().default(null),
    /** A published model whose credential is meant where none is given, at its own address alone. */
    credentialOf: Id.nullable().default(null),
  }),
  answers: { 200: ModelTest },
  problems: ['model_address', 'not_found'],
})
export const testModel = route('testModel', 'POST /models/:id/test', {
  summary: 'Ask the endpoint of a published model.',
  tag,
  needs: 'model.publish',
  params: byId,
  answers: { 200: ModelTest },
  problems: ['not_found'],
})
export const changeModel = route('changeModel', 'PATCH /models/:id', {
  summary:
    'Change what is published of a model, who may use it, or where it is. Another address needs its credential anew.',
  tag,
  needs: 'model.publish',
  params: byId,
  body: z
    .object({ ...described, ...connection, credential: Credential.nullable() })
    .extend({
      description: lineOfText(500, 0),
      contextLength: described.contextLength.removeDefault(),
      price: ModelPrice.nullable(),
      roleIds: described.roleIds.removeDefault(),
      ca: CaCertificate.nullable(),
    })
    .partial(),
  answers: { 200: Model },
  problems: ['not_found', 'model_name_taken', 'model_address', 'no_secret_key', 'changed_meanwhile'],
  ifMatch: true,
})
export const enableModel = route('enableModel', 'POST /models/:id/enable', {
  summary: 'Let a model be used again.',
  tag,
  needs: 'model.publish',
  params: byId,
  answers: { 200: Model },
  problems: ['not_found'],
})
export const disableModel = route('disableModel', 'POST /models/:id/disable', {
  summary: 'Let nobody use a model until it is enabled. What it answers just now is cut off.',
  tag,
  needs: 'model.publish',
  params: byId,
  answers: { 200: Model },
  problems: ['not_found'],
})
export const withdrawModel = route('withdrawModel', 'DELETE /models/:id', {
  summary: 'Withdraw a model for good. What was used of it stays in the figures.',
  tag,
  needs: 'model.publish',
  params: byId,
  answers: { 204: null },
  problems: ['not_found'],
})
