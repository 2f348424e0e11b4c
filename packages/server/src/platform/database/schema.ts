import type {
  Card,
  CarryThrough,
  EngineHealth,
  EngineKind,
  Job,
  Layout,
  NewJob,
  Quota,
  Resource,
  ResourceKind,
  ResourceState,
  Scope,
} from '@tenantry/contract'
import type { Generated, JSONColumnType } from 'kysely'
import type { Instant, InstantOrNull, ReadOnly } from './columns.ts'
import type { Chats, ModelHealths, ModelKeys, ModelMinutes, Models, ModelUsages } from './schema-models.ts'
import type {
  QuotaHolds,
  UserQuotas,
  Volumes,
  WorkspaceEntries,
  WorkspaceEvents,
  WorkspaceShares,
  Workspaces,
  WorkspaceTemplates,
} from './schema-workspaces.ts'

export type { ModelCounters, ModelDoc } from './schema-models.ts'
export type { IdleJudged, Phases, TemplateDoc, WorkspaceMadeOf } from './schema-workspaces.ts'

export type TenantSettings = {
  /** Characters. */
  passwordMinLength?: number
  /** Hours. */
  temporaryLife?: number
  /** Hours without a request. */
  sessionIdle?: number
  /** Hours in all. */
  sessionLife?: number
  /** Domains of e-mail addresses that users may have, in lower case; any where there is none. */
  emailDomains?: string[]
}

/** In the making, ready, failed to be made, and the states it is taken through. */
export type TenantStatus = 'processing' | 'active' | 'failed' | 'suspended' | 'deleted' | 'erased'

type Tenants = {
  id: string
  slug: string
  name: string
  description: string
  kind: 'platform' | 'tenant'
  status: Generated<TenantStatus>
  status_reason: string | null
  deleted_at: InstantOrNull
  version: Generated<number>
  skeleton: ReadOnly<string>
  settings: JSONColumnType<TenantSettings, string | undefined, string>
  created_at: Instant
}

type Roles = {
  id: string
  tenant_id: string
  built_in: string | null
  name: string
  name_key: ReadOnly<string>
  description: string
  enabled: Generated<boolean>
  permissions: Generated<string[]>
  version: Generated<number>
  created_at: Instant
  updated_at: Instant
}

export type StoredStatus = 'invited' | 'active' | 'must_change' | 'locked' | 'disabled' | 'deleted'

type Users = {
  id: string
  tenant_id: string
  username: string
  email: string
  email_key: ReadOnly<string>
  first_name: string
  last_name: string
  name_key: ReadOnly<string>
  role_id: string
  role_since: Instant
  must_change_password: boolean
  temporary_until: InstantOrNull
  locked_until: InstantOrNull
  disabled_at: InstantOrNull
  deleted_at: InstantOrNull
  last_login_at: InstantOrNull
  status: ReadOnly<StoredStatus>
  last_login_key: ReadOnly<Date>
  version: Generated<number>
  created_at: Instant
  updated_at: Instant
}

type UserWords = { tenant_id: string; word: string; user_id: string }

type Credentials = {
  user_id: string
  tenant_id: string
  password_hash: string | null
  one_time_hash: Buffer | null
  one_time_kind: 'password' | 'link' | null
  changed_at: Instant
}

type Sessions = {
  id: string
  tenant_id: string
  user_id: string
  token_hash: Buffer
  kind: 'full' | 'password_change'
  visited_tenant_id: string | null
  address: string
  user_agent: string
  created_at: Instant
  last_seen_at: Instant
  expires_at: Instant
}

type KnownDevices = { tenant_id: string; user_id: string; device_hash: Buffer; last_used_at: Instant }
type SignInThrottle = { key: Buffer; failures: number; blocked_until: InstantOrNull; last_at: Instant }
type AuditHeads = { tenant_id: string; seq: ReadOnly<string>; hash: ReadOnly<Buffer> }

type AuditEntries = {
  tenant_id: string
  seq: ReadOnly<string>
  at: ReadOnly<Date>
  entry: ReadOnly<Record<string, unknown>>
  hash: ReadOnly<Buffer>
  action: ReadOnly<string>
  refused: ReadOnly<boolean>
  actor_id: ReadOnly<string | null>
  target_id: ReadOnly<string | null>
}

type AuditPending = { tenant_id: string; id: string; at: ReadOnly<Date>; entry: ReadOnly<Record<string, unknown>> }
type AuditSubjects = { tenant_id: string; word: string; subject: string }
type AuditAnchors = { tenant_id: string; seq: ReadOnly<string>; hash: ReadOnly<Buffer> }

type IdempotencyKeys = {
  tenant_id: string
  user_id: string
  key: string
  fingerprint: Buffer
  state: 'open' | 'committed' | 'done'
  body: string | null
  created_at: Instant
}

type FirstRun = { single: Generated<boolean>; token_hash: Buffer | null; expires_at: Instant }

type Engines = {
  id: string
  kind: EngineKind
  name: string
  name_key: ReadOnly<string>
  address: string | null
  ca: string | null
  credential: Buffer
  credential_type: string
  credential_rotated_at: Instant
  version: Generated<number>
  created_at: Instant
  read_by: string | null
  read_until: InstantOrNull
}

type Allocations = {
  id: string
  tenant_id: string
  engine_id: string
  scope: JSONColumnType<Scope, string, string>
  quota: JSONColumnType<Quota, string, string>
  former: JSONColumnType<Scope[], string | undefined, string>
  withdrawn_at: InstantOrNull
  version: Generated<number>
  created_at: Instant
}

type EngineHealths = {
  engine_id: string
  name: string
  kind: EngineKind
  status: Generated<EngineHealth['status']>
  as_of: InstantOrNull
  reason: string | null
  engine_version: string | null
  api: string | null
  latency_ms: number | null
}

type CarryThroughs = {
  tenant_id: string
  engine_id: string
  user_id: string
  username: string
  state: Generated<CarryThrough['state']>
  wanted: Generated<number>
  access: Generated<string>
  reason: string | null
  attempts: Generated<number>
  next_at: InstantOrNull
  updated_at: Instant
}

type Resources = {
  tenant_id: string
  id: string
  engine_id: string
  kind: ResourceKind
  native_id: string
  name_key: string
  state: string
  gpus: number
  doc: JSONColumnType<ReadResourceDoc, string, string>
}

type EngineJobs = {
  tenant_id: string
  id: string
  engine_id: string
  native_id: string
  array_id: string | null
  task: number | null
  is_array: Generated<boolean>
  waiting: JSONColumnType<JobDoc, string | undefined, string> | null
  states: JSONColumnType<JobStates, string | undefined, string> | null
  tasks: Generated<number>
  owner: string | null
  name_key: string
  state: ResourceState
  rank: number
  submitted_at: InstantOrNull
  submitted_key: ReadOnly<Date>
  ended_at: InstantOrNull
  hash: string | null
  doc: JSONColumnType<JobDoc, string, string>
}

type JobSubmissions = {
  tenant_id: string
  engine_id: string
  job_id: string
  user_id: string
  spec: JSONColumnType<NewJob, string, string>
  at: Instant
}

type EngineShares = {
  tenant_id: string
  engine_id: string
  summary: JSONColumnType<ShareSummary, string, string>
  changed_at: Instant
}

/** As it was read; who, where and when stands beside it. */
export type ReadResourceDoc = Omit<Resource, 'id' | 'engineId' | 'engine' | 'engineKind' | 'asOf'>
/** A job as it was read, with its owner's name as it is here. */
export type JobDoc = Omit<Job, 'id' | 'engine' | 'engineId' | 'engineKind' | 'array' | 'person' | 'mine' | 'can'> & {
  array: { native: string; task: number | null; waiting: string | null; waitingCount: number } | null
}
/** How many tasks of an array are in which state. */
export type JobStates = NonNullable<Job['array']>['states']
/** What the cards say of one engine. */
export type ShareSummary = Partial<Record<ResourceKind, Omit<Card, 'kind' | 'state' | 'engines'>>>

type EngineNames = { engine_id: string; name: string; tenant_id: string; user_id: string }
type DashboardLayouts = {
  tenant_id: string
  user_id: string
  layout: JSONColumnType<Layout, string, string>
  revision: number
  updated_at: Instant
}
type Announcements = {
  tenant_id: string
  id: string
  title: string
  body: string
  author: string
  created_at: Instant
  until: InstantOrNull
}
type DashboardDefaults = Omit<DashboardLayouts, 'user_id'>

export type Tables = {
  engines: Engines
  allocations: Allocations
  engine_health: EngineHealths
  carry_through: CarryThroughs
  engine_names: EngineNames
  resources: Resources
  engine_jobs: EngineJobs
  job_submissions: JobSubmissions
  engine_shares: EngineShares
  dashboard_layouts: DashboardLayouts
  dashboard_defaults: DashboardDefaults
  announcements: Announcements
  workspace_templates: WorkspaceTemplates
  volumes: Volumes
  workspaces: Workspaces
  workspace_shares: WorkspaceShares
  workspace_events: WorkspaceEvents
  workspace_entries: WorkspaceEntries
  quota_holds: QuotaHolds
  user_quotas: UserQuotas
  models: Models
  model_health: ModelHealths
  model_keys: ModelKeys
  model_usage: ModelUsages
  model_minutes: ModelMinutes
  chats: Chats
  tenants: Tenants
  roles: Roles
  users: Users
  user_words: UserWords
  credentials: Credentials
  sessions: Sessions
  known_devices: KnownDevices
  sign_in_throttle: SignInThrottle
  audit_heads: AuditHeads
  audit_pending: AuditPending
  audit_entries: AuditEntries
  audit_anchors: AuditAnchors
  audit_subjects: AuditSubjects
  idempotency_keys: IdempotencyKeys
  first_run: FirstRun
}
