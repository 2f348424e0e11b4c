import type { Accelerator, NewTemplate, Scope, UserQuota, Workspace, WorkspaceState } from '@tenantry/contract'
import type { Generated, JSONColumnType } from 'kysely'
import type { Instant, InstantOrNull, ReadOnly } from './columns.ts'

/** What a template says, but what stands beside it. */
export type TemplateDoc = Omit<NewTemplate, 'name' | 'engineId' | 'enabled'>
export type WorkspaceTemplates = {
  tenant_id: string
  id: string
  name: string
  name_key: ReadOnly<string>
  engine_id: string
  doc: JSONColumnType<TemplateDoc, string, string>
  enabled: boolean
  version: Generated<number>
  created_at: Instant
  updated_at: Instant
}

export type Volumes = {
  tenant_id: string
  id: string
  owner_id: string
  name: string
  name_key: ReadOnly<string>
  engine_id: string
  place: string
  native: string
  size_gib: number
  created_at: Instant
}

/** What a workspace was made of: it stays so whatever becomes of the template. */
export type WorkspaceMadeOf = Pick<TemplateDoc, 'image' | 'command' | 'placement' | 'environment' | 'datasets'> & {
  template: string
  profile: string
  cpus: number
  memoryMiB: number
  accelerator: Accelerator | null
  idleMinutes: number | null
}
export type Phases = Workspace['phases']
export type IdleJudged = Workspace['idle']

export type Workspaces = {
  tenant_id: string
  id: string
  owner_id: string
  name: string
  name_key: ReadOnly<string>
  template_id: string | null
  engine_id: string
  volume_id: string | null
  scope: JSONColumnType<Scope, string, string>
  native: string
  spec: JSONColumnType<WorkspaceMadeOf, string, string>
  wanted: 'running' | 'stopped' | 'deleted'
  turn: Generated<number>
  again: Generated<boolean>
  remove_volume: Generated<boolean>
  heir: string | null
  state: WorkspaceState
  reason: string | null
  broke: Generated<boolean>
  phases: JSONColumnType<Phases, string | undefined, string>
  secret: Buffer | null
  handle: string | null
  address: string | null
  idle: JSONColumnType<IdleJudged | null, string | null | undefined, string | null>
  last_active_at: InstantOrNull
  extended_at: InstantOrNull
  started_at: InstantOrNull
  next_at: InstantOrNull
  lease: string | null
  lease_until: InstantOrNull
  failing_since: InstantOrNull
  created_at: Instant
}

export type WorkspaceShares = { tenant_id: string; workspace_id: string; user_id: string; shared_at: Instant }
export type WorkspaceEvents = {
  tenant_id: string
  workspace_id: string
  id: Generated<string>
  at: Instant
  text: string
  warning: Generated<boolean>
}
export type WorkspaceEntries = {
  tenant_id: string
  token_hash: Buffer
  kind: 'ticket' | 'cookie'
  workspace_id: string
  session_id: string
  user_id: string
  expires_at: Instant
}
export type QuotaHolds = {
  tenant_id: string
  holder: string
  engine_id: string
  user_id: string
  what: 'workspace' | 'volume'
  model: string | null
  profile: string | null
  accelerators: Generated<number>
  cpus: Generated<number>
  memory_mib: Generated<number>
  storage_gib: Generated<number>
  since: Instant
}
export type UserQuotas = {
  tenant_id: string
  user_id: string
  quota: JSONColumnType<UserQuota, string, string>
  updated_at: Instant
}
