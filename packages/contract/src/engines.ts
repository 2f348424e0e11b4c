import { z } from 'zod'
import { Id, Instant, lineOfText } from './fields.ts'
import { EngineKind, GpuAmount } from './resources.ts'
import { route } from './route.ts'

/**
 * How an engine is: `waiting` before its first answer, `ok`, `slow` while an answer is overdue, `failing` when it does not
 * answer or what it answers cannot be used. The last reading is shown meanwhile, with its age.
 */
export const engineStatuses = ['waiting', 'ok', 'slow', 'failing'] as const
export const EngineHealth = z.object({
  status: z.enum(engineStatuses),
  /** When the last complete reading was begun; null before the first. */
  asOf: Instant.nullable(),
  /** Why it is not `ok`, in a sentence. */
  reason: z.string().nullable(),
})
export type EngineHealth = z.infer<typeof EngineHealth>

/** How the platform signs in to an engine. It goes in and never comes out. */
export const EngineCredential = z.discriminatedUnion('type', [
  /** An administrator of the cluster and a token of theirs that lasts (`scontrol token lifespan=…`). */
  z.object({ type: z.literal('slurm_token'), user: lineOfText(64), token: z.string().min(8).max(8192) }),
  /** The cluster's own key (HS256), of which tokens of a few minutes are made as they are needed. */
  z.object({ type: z.literal('slurm_key'), user: lineOfText(64), keyBase64: z.base64().min(40).max(4096) }),
  /**
   * A token broker beside the cluster, which alone has its key and makes tokens of a few minutes: for `user`, an administrator
   * of the cluster, to read, and for each person to submit. A log agent beside its file system reads what jobs write.
   */
  z.object({
    type: z.literal('slurm_broker'),
    user: lineOfText(64),
    brokerUrl: z.url({ protocol: /^https?$/ }),
    brokerSecret: z.string().min(32).max(200),
    logAgentUrl: z
      .url({ protocol: /^https?$/ })
      .nullable()
      .default(null),
    logAgentSecret: z.string().min(32).max(200).nullable().default(null),
  }),
  z.object({ type: z.literal('bearer'), token: z.string().min(8).max(16_384) }),
  /** Keystone v3: a service user with a role in the projects of the tenants. */
  z.object({
    type: z.literal('keystone'),
    authUrl: z.url({ protocol: /^https?$/ }),
    user: lineOfText(255),
    userDomain: lineOfText(64).default('Default'),
    password: z.string().min(1).max(1024),
    project: lineOfText(255).optional(),
  }),
  z.object({ type: z.literal('none') }),
])
export type EngineCredential = z.infer<typeof EngineCredential>

/** The credentials that each kind of engine understands; the first is the one to propose. */
export const credentialTypes = {
  slurm: ['slurm_broker', 'slurm_token', 'slurm_key'],
  kubernetes: ['bearer'],
  kubevirt: ['bearer'],
  nova: ['keystone'],
  ironic: ['keystone', 'none'],
  metal3: ['bearer'],
  this_machine: ['none'],
} as const satisfies Record<EngineKind, readonly EngineCredential['type'][]>

export const Address = z
  .url({ protocol: /^https?$/, error: 'must be an address such as https://slurm.example.org:6820' })
  .max(500)
  .refine((text) => URL.canParse(text) && new URL(text).username === '' && new URL(text).password === '', {
    error: 'must not hold a credential',
  })
export const CaCertificate = z
  .string()
  .max(100_000)
  .regex(/-----BEGIN CERTIFICATE-----/, { error: 'must be one or more certificates in PEM' })

export const Engine = z.object({
  id: Id,
  kind: EngineKind,
  name: z.string(),
  /** Null for this machine. */
  address: z.string().nullable(),
  /** The certificate authority that its certificate must be of, in PEM; null: those the system knows. */
  ca: z.string().nullable(),
  credentialType: z.string(),
  credentialRotatedAt: Instant,
  /** What it calls its version, and the version of its interface that is spoken; null before it first answered. */
  version: z.string().nullable(),
  api: z.string().nullable(),
  /** Of the last reading, in milliseconds. */
  latencyMs: z.number().nullable(),
  health: EngineHealth,
  /** How many tenants have a part of it. */
  tenants: z.int(),
  createdAt: Instant,
  etagVersion: z.int(),
})
export type Engine = z.infer<typeof Engine>

/** What came of asking an engine: either `version` and `api`, or `reason` and what to do about it. */
export const EngineTest = z.object({
  ok: z.boolean(),
  version: z.string().nullable(),
  api: z.string().nullable(),
  latencyMs: z.number().nullable(),
  /** What it can do, in words: `jobs`, `accounts`, `watch` … */
  capabilities: z.array(z.string()),
  /** One sentence each, in the order they were tried. */
  steps: z.array(z.object({ ok: z.boolean(), text: z.string() })),
  reason: z.string().nullable(),
})
export type EngineTest = z.infer<typeof EngineTest>

const tag = 'Engines'
const byId = z.object({ id: Id })
const connection = {
  name: lineOfText(60),
  address: Address.nullable(),
  ca: CaCertificate.nullable().default(null),
}
export const NewEngine = z.object({ kind: EngineKind, ...connection, credential: EngineCredential })

export const listEngines = route('listEngines', 'GET /engines', {
  summary: 'The engines of the platform and how they are.',
  tag,
  needs: 'engine.view',
  answers: { 200: z.object({ items: z.array(Engine) }) },
  problems: [],
})
export const getEngine = route('getEngine', 'GET /engines/:id', {
  summary: 'One engine. The ETag names the version.',
  tag,
  needs: 'engine.view',
  params: byId,
  answers: { 200: Engine },
  problems: ['not_found'],
})
export const connectEngine = route('connectEngine', 'POST /engines', {
  summary: 'Connect an engine. It is kept whether or not it answers just now.',
  tag,
  needs: 'engine.connect',
  body: NewEngine,
  answers: { 201: Engine },
  problems: ['engine_name_taken', 'engine_address', 'no_secret_key'],
})
export const testNewEngine = route('testNewEngine', 'POST /engines/test', {
  summary: 'Ask an engine that is not connected yet whether it answers, and who it takes us for. Changes nothing.',
  tag,
  needs: 'engine.connect',
  body: NewEngine,
  answers: { 200: EngineTest },
  problems: ['engine_address'],
})
export const testEngine = route('testEngine', 'POST /engines/:id/test', {
  summary: 'Ask a connected engine the same.',
  tag,
  needs: 'engine.view',
  params: byId,
  answers: { 200: EngineTest },
  problems: ['not_found'],
})
export const changeEngine = route('changeEngine', 'PATCH /engines/:id', {
  summary: 'Change the name, address or certificate authority of an engine.',
  tag,
  needs: 'engine.connect',
  params: byId,
  body: z.object({ name: lineOfText(60), address: Address.nullable(), ca: CaCertificate.nullable() }).partial(),
  answers: { 200: Engine },
  problems: ['not_found', 'engine_name_taken', 'engine_address'],
  ifMatch: true,
})
export const rotateEngineCredential = route('rotateEngineCredential', 'POST /engines/:id/credential', {
  summary: 'Give an engine another credential. It serves from the next reading on.',
  tag,
  needs: 'engine.connect',
  params: byId,
  body: z.object({ credential: EngineCredential }),
  answers: { 200: Engine },
  problems: ['not_found', 'no_secret_key'],
})
export const disconnectEngine = route('disconnectEngine', 'DELETE /engines/:id', {
  summary: 'Disconnect an engine of which no tenant has a part. What runs there goes on.',
  tag,
  needs: 'engine.connect',
  params: byId,
  answers: { 204: null },
  problems: ['not_found', 'engine_in_use'],
})

const names = (max: number) =>
  z
    .array(
      z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, {
        error: '1 to 63 letters, digits, dots, hyphens and underscores, beginning with a letter or digit',
      }),
    )
    .min(1)
    .max(max)

/** Which part of an engine is a tenant's. */
export const Scope = z.discriminatedUnion('kind', [
  /** Account subtrees, by their roots, and the partitions whose nodes are shown. */
  z.object({
    kind: z.literal('slurm'),
    accounts: names(50),
    partitions: names(100),
    /** What stands before the user names of its people at the cluster, where several tenants have people there. */
    prefix: z
      .string()
      .regex(/^[a-z][a-z0-9]{0,10}-$/, { error: 'letters and digits with a hyphen at the end, such as acme-' })
      .nullable()
      .default(null),
  }),
  z.object({ kind: z.literal('kubernetes'), namespaces: names(100).nullable() }),
  z.object({ kind: z.literal('kubevirt'), namespaces: names(100) }),
  z.object({ kind: z.literal('metal3'), namespaces: names(100) }),
  /** The lessee of the machines; never their owner, who may read and replace the credentials of the controller. */
  z.object({ kind: z.literal('ironic'), lessee: lineOfText(255) }),
  z.object({
    kind: z.literal('nova'),
    project: z.string().regex(/^[A-Za-z0-9-]{1,64}$/, { error: '1 to 64 letters, digits and hyphens' }),
  }),
  z.object({ kind: z.literal('this_machine') }),
])
export type Scope = z.infer<typeof Scope>

const limit = z.int().min(0).max(100_000_000)
/** What a tenant may use of an engine at once; null is without a limit of ours. */
export const Quota = z.object({
  gpus: z.array(z.object({ model: lineOfText(60), count: limit })).max(50),
  cpus: limit.nullable(),
  memoryMiB: limit.nullable(),
  storageGiB: limit.nullable(),
})
export type Quota = z.infer<typeof Quota>

export const Allocation = z.object({
  id: Id,
  tenantId: Id,
  tenant: z.string(),
  engineId: Id,
  engine: z.string(),
  scope: Scope,
  quota: Quota,
  version: z.int(),
})
export type Allocation = z.infer<typeof Allocation>

export const listAllocations = route('listAllocations', 'GET /allocations', {
  summary: 'Which part of which engine is whose.',
  tag,
  needs: 'allocation.manage',
  query: z.object({ engine: Id.optional(), tenant: Id.optional() }),
  answers: { 200: z.object({ items: z.array(Allocation) }) },
  problems: [],
})
export const allocate = route('allocate', 'POST /allocations', {
  summary: 'Give a tenant a part of an engine. Recorded in the tenant as well.',
  tag,
  needs: 'allocation.manage',
  body: z.object({ tenantId: Id, engineId: Id, scope: Scope, quota: Quota }),
  answers: { 201: Allocation },
  problems: ['not_found', 'allocation_taken'],
})
export const changeAllocation = route('changeAllocation', 'PATCH /allocations/:id', {
  summary: 'Change the part or the quota of a tenant.',
  tag,
  needs: 'allocation.manage',
  params: byId,
  body: z.object({ scope: Scope, quota: Quota }).partial(),
  answers: { 200: Allocation },
  problems: ['not_found', 'allocation_taken'],
  ifMatch: true,
})
export const withdrawAllocation = route('withdrawAllocation', 'DELETE /allocations/:id', {
  summary: 'Take a part of an engine back. The people of the tenant lose their access there.',
  tag,
  needs: 'allocation.manage',
  params: byId,
  answers: { 204: null },
  problems: ['not_found'],
})

/** How far an engine follows what was decided here about a person. */
export const CarryThrough = z.object({
  engineId: Id,
  engine: z.string(),
  engineKind: EngineKind,
  state: z.enum(['in_step', 'pending', 'failed']),
  /** What they have there, or shall have: `account acme`, `edit in t-acme`, `nothing` … */
  access: z.string(),
  reason: z.string().nullable(),
  attempts: z.int(),
  updatedAt: Instant,
  nextTryAt: Instant.nullable(),
})
export type CarryThrough = z.infer<typeof CarryThrough>

export const listUserEngines = route('listUserEngines', 'GET /users/:id/engines', {
  summary: 'How far each engine follows what was decided here about a user.',
  tag: 'Users',
  needs: 'user.view',
  params: byId,
  answers: { 200: z.object({ items: z.array(CarryThrough) }) },
  problems: ['not_found'],
})
export const retryUserEngines = route('retryUserEngines', 'POST /users/:id/engines/retry', {
  summary: 'Carry what was decided about a user through to all engines again, now.',
  tag: 'Users',
  needs: 'user.update',
  params: byId,
  answers: { 200: z.object({ items: z.array(CarryThrough) }) },
  problems: ['not_found', 'exceeds_your_rights'],
})

export const TenantQuota = z.object({
  engineId: Id,
  engine: z.string(),
  gpus: z.array(GpuAmount),
  cpus: z.object({ total: z.number().nullable(), used: z.number() }),
  memoryMiB: z.object({ total: z.number().nullable(), used: z.number() }),
  storageGiB: z.object({ total: z.number().nullable() }),
})
export type TenantQuota = z.infer<typeof TenantQuota>

export const listQuotas = route('listQuotas', 'GET /quotas', {
  summary: 'What the tenant may use of each engine, and uses.',
  tag: 'Resources',
  needs: 'quota.view',
  answers: { 200: z.object({ items: z.array(TenantQuota) }) },
  problems: [],
})
