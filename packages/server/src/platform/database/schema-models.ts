import type { ChatContent, EngineHealth, Model, ModelMetrics } from '@tenantry/contract'
import type { ColumnType, Generated, JSONColumnType } from 'kysely'
import type { Instant, InstantOrNull, ReadOnly } from './columns.ts'

/** What is said of a model, but its name. */
export type ModelDoc = Pick<Model, 'title' | 'description' | 'uses' | 'contextLength' | 'price' | 'limits' | 'roleIds'>
export type Models = {
  tenant_id: string
  id: string
  name: string
  name_key: ReadOnly<string>
  doc: JSONColumnType<ModelDoc, string, string>
  address: string
  ca: string | null
  upstream: string
  credential: Buffer | null
  credential_rotated_at: InstantOrNull
  enabled: Generated<boolean>
  version: Generated<number>
  created_at: Instant
  updated_at: Instant
  withdrawn_at: InstantOrNull
}

/** What a vLLM had counted at an instant, in milliseconds. */
export type ModelCounters = { at: number; prompt: number | null; generation: number | null }
export type ModelHealths = {
  tenant_id: string
  model_id: string
  status: Generated<EngineHealth['status']>
  reason: string | null
  as_of: InstantOrNull
  metrics: JSONColumnType<ModelMetrics | null, string | null | undefined, string | null>
  counters: JSONColumnType<ModelCounters | null, string | null | undefined, string | null>
  next_at: InstantOrNull
}

export type ModelKeys = {
  tenant_id: string
  id: string
  user_id: string
  name: string
  prefix: string
  token_hash: Buffer
  model_ids: string[] | null
  requests_per_minute: number | null
  tokens_per_month: ColumnType<string | null, number | null, never>
  created_at: Instant
  expires_at: InstantOrNull
  last_used_at: InstantOrNull
  revoked_at: InstantOrNull
}

/** PostgreSQL's bigint and numeric are read as text. */
type Count = ColumnType<string, number, number>
export type ModelUsages = {
  tenant_id: string
  day: ColumnType<string, string, never>
  user_id: string
  key_id: string
  model_id: string
  currency: string
  requests: Count
  failed: Count
  input_tokens: Count
  output_tokens: Count
  estimated_tokens: Count
  cost: Count
}
export type ModelMinutes = {
  tenant_id: string
  subject: string
  model_id: string
  minute: Instant
  requests: number
  tokens: Count
}

export type Chats = {
  tenant_id: string
  id: string
  owner_id: string
  title: string
  content: JSONColumnType<ChatContent, string, string>
  models: string[]
  turns: number
  shared: Generated<boolean>
  version: Generated<number>
  created_at: Instant
  updated_at: Instant
  deleted_at: InstantOrNull
}
