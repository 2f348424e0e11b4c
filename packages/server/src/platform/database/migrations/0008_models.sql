-- Models: what is published, the keys that programs use them with, what was used of them, and what people asked in the playground.

create table models (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  -- What it is called in requests.
  name text collate "C" not null,
  name_key text collate "C" not null generated always as (lower(name)) stored,
  doc jsonb not null,
  -- Where its endpoint is, and what it is called there.
  address text not null,
  ca text,
  upstream text not null,
  credential bytea,
  credential_rotated_at timestamptz,
  enabled boolean not null default true,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- It stays, so that what was used of it keeps its name.
  withdrawn_at timestamptz,
  primary key (tenant_id, id)
);
create unique index models_name on models (tenant_id, name_key) where withdrawn_at is null;
call build_wall('models');

create table model_health (
  tenant_id uuid not null,
  model_id uuid not null,
  status text not null default 'waiting' check (status in ('waiting', 'ok', 'slow', 'failing')),
  reason text,
  as_of timestamptz,
  metrics jsonb,
  -- What it had counted when, for rates.
  counters jsonb,
  -- When it is looked at next.
  next_at timestamptz,
  primary key (tenant_id, model_id),
  foreign key (tenant_id, model_id) references models (tenant_id, id) on delete cascade
);
create index model_health_due on model_health (next_at) where next_at is not null;
call build_wall('model_health');
-- Whoever looks after endpoints finds those that are due, of any tenant; each is asked behind its tenant's wall.
create policy platform on model_health for select using ((select is_system()));

create table model_keys (
  tenant_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  name text not null,
  prefix text not null,
  token_hash bytea not null,
  -- Null: whatever its owner may use.
  model_ids uuid[],
  requests_per_minute integer,
  tokens_per_month bigint,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, token_hash),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
create index model_keys_by_user on model_keys (tenant_id, user_id, created_at desc, id desc);
create index model_keys_by_creation on model_keys (tenant_id, created_at desc, id desc);
call build_wall('model_keys');

-- What was used, by day (UTC), person, key and model. In the playground there is no key: its id is nil.
create table model_usage (
  tenant_id uuid not null references tenants (id),
  day date not null,
  user_id uuid not null,
  key_id uuid not null,
  model_id uuid not null,
  currency text not null default '',
  requests bigint not null default 0,
  failed bigint not null default 0,
  input_tokens bigint not null default 0,
  output_tokens bigint not null default 0,
  estimated_tokens bigint not null default 0,
  cost numeric not null default 0,
  primary key (tenant_id, day, user_id, key_id, model_id, currency)
);
create index model_usage_by_user on model_usage (tenant_id, user_id, day);
create index model_usage_by_key on model_usage (tenant_id, key_id, day);
call build_wall('model_usage');

-- What was asked in a minute, to hold limits: of a person and a model, or of a key and every model (whose id is nil). Nothing
-- that must outlive a crash, so it costs no writing ahead.
create unlogged table model_minutes (
  tenant_id uuid not null,
  subject uuid not null,
  model_id uuid not null,
  minute timestamptz not null,
  requests integer not null default 0,
  tokens bigint not null default 0,
  primary key (tenant_id, subject, model_id, minute)
);
call build_wall('model_minutes');

create table chats (
  tenant_id uuid not null,
  id uuid not null,
  owner_id uuid not null,
  title text not null,
  content jsonb not null,
  models text[] not null,
  turns integer not null,
  shared boolean not null default false,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, owner_id) references users (tenant_id, id) on delete cascade
);
create index chats_by_owner on chats (tenant_id, owner_id, updated_at desc, id desc);
create index chats_shared on chats (tenant_id, updated_at desc, id desc) where shared and deleted_at is null;
create index chats_deleted on chats (tenant_id, deleted_at) where deleted_at is not null;
call build_wall('chats');
