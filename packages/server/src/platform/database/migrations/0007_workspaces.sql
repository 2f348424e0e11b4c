-- Workspaces: what they are made of, what they hold of the quota, who else may open them, and what happened to them.

create table workspace_templates (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  name text not null,
  name_key text not null generated always as (lower(name collate "und-x-icu")) stored,
  engine_id uuid not null references engines (id) on delete cascade,
  doc jsonb not null,
  enabled boolean not null,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, name_key)
);
call build_wall('workspace_templates');

-- Homes, which outlive the workspaces that use them.
create table volumes (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  owner_id uuid not null,
  name text not null,
  name_key text not null generated always as (lower(name collate "und-x-icu")) stored,
  engine_id uuid not null references engines (id) on delete cascade,
  -- Where it is there, and what it is called there.
  place text not null,
  native text not null unique,
  size_gib integer not null,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, owner_id, name_key)
);
call build_wall('volumes');

create table workspaces (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  owner_id uuid not null,
  name text not null,
  name_key text not null generated always as (lower(name collate "und-x-icu")) stored,
  template_id uuid,
  engine_id uuid not null references engines (id) on delete cascade,
  volume_id uuid,
  -- The tenant's part of the engine when it was launched: it is ended there also when that was taken back.
  scope jsonb not null,
  -- What it is called at the engine and in its own address.
  native text collate "C" not null unique,
  spec jsonb not null,
  -- What people decided, counted in turns; the state follows.
  wanted text not null check (wanted in ('running', 'stopped', 'deleted')),
  turn integer not null default 1,
  -- Also where it is wanted running: it is ended first.
  again boolean not null default false,
  remove_volume boolean not null default false,
  -- To whom it goes once it is stopped.
  heir uuid,
  state text not null check (state in ('queued', 'starting', 'running', 'stopping', 'stopped', 'failed')),
  reason text,
  -- It is, or was, ended because it broke.
  broke boolean not null default false,
  phases jsonb not null default '[]',
  secret bytea,
  handle text,
  address text,
  idle jsonb,
  last_active_at timestamptz,
  extended_at timestamptz,
  started_at timestamptz,
  -- When it is looked at next, by whom until when, and how often that failed in a row.
  next_at timestamptz,
  lease uuid,
  lease_until timestamptz,
  failing_since timestamptz,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, volume_id) references volumes (tenant_id, id)
);
create index workspaces_due on workspaces (next_at) where next_at is not null;
create index workspaces_by_owner on workspaces (tenant_id, owner_id);
create unique index workspaces_name on workspaces (tenant_id, owner_id, name_key) where wanted <> 'deleted';
create index workspaces_by_volume on workspaces (tenant_id, volume_id) where volume_id is not null;
call build_wall('workspaces');
-- Whoever looks after workspaces finds those that are due, of any tenant; they are carried on behind each tenant's wall.
create policy platform on workspaces for select using ((select is_system()));

create table workspace_shares (
  tenant_id uuid not null,
  workspace_id uuid not null,
  user_id uuid not null,
  shared_at timestamptz not null,
  primary key (tenant_id, workspace_id, user_id),
  foreign key (tenant_id, workspace_id) references workspaces (tenant_id, id) on delete cascade,
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
create index workspace_shares_by_user on workspace_shares (tenant_id, user_id);
call build_wall('workspace_shares');

create table workspace_events (
  tenant_id uuid not null,
  workspace_id uuid not null,
  id bigint generated always as identity,
  at timestamptz not null,
  text text not null,
  warning boolean not null default false,
  primary key (tenant_id, workspace_id, id),
  foreign key (tenant_id, workspace_id) references workspaces (tenant_id, id) on delete cascade
);
call build_wall('workspace_events');

-- Who is let in at a workspace's own origin: a ticket, once, within seconds; then a cookie of that origin. Both stand on a
-- session here and fall with it. Hashed.
create table workspace_entries (
  tenant_id uuid not null,
  token_hash bytea not null,
  kind text not null check (kind in ('ticket', 'cookie')),
  workspace_id uuid not null,
  session_id uuid not null references sessions (id) on delete cascade,
  user_id uuid not null,
  expires_at timestamptz not null,
  primary key (tenant_id, token_hash),
  foreign key (tenant_id, workspace_id) references workspaces (tenant_id, id) on delete cascade
);
create index workspace_entries_by_session on workspace_entries (session_id);
call build_wall('workspace_entries');

-- What is granted: of a workspace from its launch until nothing of it is left at the engine, of a volume as long as it is there.
create table quota_holds (
  tenant_id uuid not null references tenants (id),
  holder uuid not null,
  engine_id uuid not null references engines (id) on delete cascade,
  user_id uuid not null,
  what text not null check (what in ('workspace', 'volume')),
  model text,
  profile text,
  accelerators integer not null default 0,
  cpus integer not null default 0,
  memory_mib integer not null default 0,
  storage_gib integer not null default 0,
  since timestamptz not null,
  primary key (tenant_id, holder)
);
create index quota_holds_by_user on quota_holds (tenant_id, user_id);
call build_wall('quota_holds');

-- What one person may use at most; the row without a user is everybody's who has none of their own.
create table user_quotas (
  tenant_id uuid not null references tenants (id),
  user_id uuid not null,
  quota jsonb not null,
  updated_at timestamptz not null,
  primary key (tenant_id, user_id)
);
call build_wall('user_quotas');
