-- Tenants, roles, users, what they sign in with, and the audit trail of all of it.

-- The tenant of the transaction, or null: nothing is visible then.
create function current_tenant() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('tenantry.tenant', true), '')::uuid $$;

-- True only in a transaction opened as the system, which may read and write the directory of tenants.
create function is_system() returns boolean language sql stable parallel safe
  as $$ select coalesce(current_setting('tenantry.system', true), '') = 'on' $$;

-- Stamps the second wall on a table: no row of another tenant is read or written, by its owner neither.
-- The scalar subquery makes the setting a constant of the query, so that the index on tenant_id serves.
create procedure build_wall(t regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', t);
  execute format('alter table %s force row level security', t);
  execute format('create policy wall on %s using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()))', t);
end $$;

create table tenants (
  id uuid primary key,
  slug text collate "C" not null unique check (slug ~ '^[a-z][a-z0-9-]{0,38}[a-z0-9]$'),
  name text not null,
  description text not null default '',
  kind text not null default 'tenant' check (kind in ('platform', 'tenant')),
  status text not null default 'active' check (status in ('active', 'suspended')),
  settings jsonb not null default '{}',
  created_at timestamptz not null
);
create unique index one_platform on tenants (kind) where kind = 'platform';
alter table tenants enable row level security;
alter table tenants force row level security;
create policy wall on tenants
  using (id = (select current_tenant()) or (select is_system()))
  with check (id = (select current_tenant()) or (select is_system()));

create table roles (
  id uuid primary key,
  tenant_id uuid not null references tenants (id),
  -- The key of a built-in role, whose permissions stand in the catalogue; null for a custom role.
  built_in text,
  name text not null,
  name_key text generated always as (lower(name collate "und-x-icu")) stored,
  description text not null default '',
  enabled boolean not null default true,
  permissions text[] not null default '{}',
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (tenant_id, id),
  unique (tenant_id, name_key),
  unique (tenant_id, built_in)
);
call build_wall('roles');

create table users (
  id uuid primary key,
  tenant_id uuid not null references tenants (id),
  username text collate "C" not null check (username ~ '^[a-z][a-z0-9._-]{1,31}$'),
  email text not null check (length(email) <= 254),
  email_key text collate "C" not null generated always as (lower(email collate "und-x-icu")) stored,
  first_name text not null,
  last_name text not null,
  name_key text collate "und-x-icu" not null
    generated always as (lower((first_name || ' ' || last_name) collate "und-x-icu")) stored,
  role_id uuid not null,
  role_since timestamptz not null,
  -- Owes a new password: what they have is temporary, set or made by somebody else, or a set-up link.
  must_change_password boolean not null,
  -- Until when the temporary password or set-up link serves.
  temporary_until timestamptz,
  locked_until timestamptz,
  disabled_at timestamptz,
  deleted_at timestamptz,
  last_login_at timestamptz,
  -- A lock that has passed counts as open when it is read and is cleared by housekeeping.
  status text not null generated always as (case
    when deleted_at is not null then 'deleted'
    when disabled_at is not null then 'disabled'
    when locked_until is not null then 'locked'
    when last_login_at is null then 'invited'
    when must_change_password then 'must_change'
    else 'active' end) stored,
  last_login_key timestamptz not null generated always as (coalesce(last_login_at, '-infinity'::timestamptz)) stored,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- Ids are UUIDv7: this order is also the order of creation.
  unique (tenant_id, id),
  unique (tenant_id, username),
  unique (tenant_id, email_key),
  foreign key (tenant_id, role_id) references roles (tenant_id, id)
);
create index users_by_name on users (tenant_id, name_key, id);
create index users_by_role on users (tenant_id, role_id, username);
create index users_by_status on users (tenant_id, status, username);
create index users_by_last_login on users (tenant_id, last_login_key, id);
create index users_locked on users (tenant_id, locked_until) where locked_until is not null;
create index users_deleted on users (tenant_id, deleted_at) where deleted_at is not null;
call build_wall('users');

-- The words of username, names and e-mail, folded: search is a range of words. Under row-level security only
-- leakproof operators reach an index; those on text order are, those of pg_trgm are not.
create table user_words (
  tenant_id uuid not null,
  word text collate "C" not null,
  user_id uuid not null,
  primary key (tenant_id, word, user_id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
create index user_words_by_user on user_words (tenant_id, user_id, word);
call build_wall('user_words');

-- Lower case, without accents. The same as fold() of the server.
create function fold(t text) returns text language sql immutable parallel safe
  as $$ select regexp_replace(normalize(lower(t collate "und-x-icu"), NFKD), U&'[\0300-\036F]', '', 'g') $$;

create function words_of(username text, first_name text, last_name text, email text) returns setof text
  language sql immutable parallel safe
  as $$ select distinct left(word, 64)
        from regexp_split_to_table(fold(username || ' ' || first_name || ' ' || last_name || ' ' || email), '[-\s._@+''’]+') word
        where word <> '' $$;

create function index_words_of_new() returns trigger language plpgsql as $$
begin
  insert into user_words (tenant_id, word, user_id)
    select a.tenant_id, word, a.id from after a, words_of(a.username, a.first_name, a.last_name, a.email) word;
  return null;
end $$;
create trigger index_words_of_new after insert on users referencing new table as after
  for each statement execute function index_words_of_new();

create function index_words_of_changed() returns trigger language plpgsql as $$
begin
  delete from user_words where tenant_id = old.tenant_id and user_id = old.id;
  insert into user_words (tenant_id, word, user_id)
    select new.tenant_id, word, new.id from words_of(new.username, new.first_name, new.last_name, new.email) word;
  return null;
end $$;
create trigger index_words_of_changed after update on users for each row
  when ((old.email, old.first_name, old.last_name) is distinct from (new.email, new.first_name, new.last_name))
  execute function index_words_of_changed();

-- Apart from users, so that no list of users can ever carry a hash.
create table credentials (
  user_id uuid primary key,
  tenant_id uuid not null,
  -- Argon2id in PHC form: a lasting password, or a temporary one that an administrator typed.
  password_hash text,
  -- SHA-256 of a generated temporary password or set-up link of 120 bits and more.
  one_time_hash bytea,
  one_time_kind text check (one_time_kind in ('password', 'link')),
  changed_at timestamptz not null,
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
create unique index credentials_by_one_time on credentials (tenant_id, one_time_hash) where one_time_hash is not null;
call build_wall('credentials');

create table sessions (
  id uuid primary key,
  tenant_id uuid not null,
  user_id uuid not null,
  token_hash bytea not null unique,
  kind text not null check (kind in ('full', 'password_change')),
  address text not null,
  user_agent text not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
create index sessions_by_user on sessions (tenant_id, user_id);
create index sessions_by_expiry on sessions (tenant_id, expires_at);
call build_wall('sessions');

create table known_devices (
  tenant_id uuid not null,
  user_id uuid not null,
  device_hash bytea not null,
  last_used_at timestamptz not null,
  primary key (tenant_id, user_id, device_hash),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
call build_wall('known_devices');

-- Failed attempts by what was tried, whether it exists or not: keys are hashes, so this names nobody.
create table sign_in_throttle (
  key bytea primary key,
  failures integer not null,
  blocked_until timestamptz,
  last_at timestamptz not null
);
create index sign_in_throttle_by_age on sign_in_throttle (last_at);

create table audit_heads (
  tenant_id uuid primary key references tenants (id),
  seq bigint not null,
  hash bytea not null
);
call build_wall('audit_heads');

create table audit_entries (
  tenant_id uuid not null references tenants (id),
  seq bigint not null,
  at timestamptz not null,
  entry jsonb not null,
  -- sha256(hash of the entry before || entry as text)
  hash bytea not null,
  action text not null generated always as (entry ->> 'action') stored,
  actor_id uuid generated always as ((entry -> 'actor' ->> 'id')::uuid) stored,
  target_id text generated always as (entry -> 'target' ->> 'id') stored,
  primary key (tenant_id, seq)
);
create index audit_entries_by_actor on audit_entries (tenant_id, actor_id, seq) where actor_id is not null;
create index audit_entries_by_target on audit_entries (tenant_id, target_id, seq) where target_id is not null;
call build_wall('audit_entries');

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit entries are never changed or deleted' using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete or truncate on audit_entries
  for each statement execute function refuse_change();

-- Appends entries to the chain of the current tenant. Called last in a transaction: the head is locked until commit.
create function append_audit(entries jsonb) returns void language plpgsql as $$
declare
  t uuid := current_tenant();
  n bigint;
  h bytea;
  e jsonb;
begin
  select seq, hash into n, h from audit_heads where tenant_id = t for update;
  if not found then
    insert into audit_heads (tenant_id, seq, hash) values (t, 0, '\x') on conflict do nothing;
    select seq, hash into n, h from audit_heads where tenant_id = t for update;
  end if;
  for e in select value from jsonb_array_elements(entries) loop
    n := n + 1;
    h := sha256(h || convert_to(e::text, 'UTF8'));
    insert into audit_entries (tenant_id, seq, at, entry, hash) values (t, n, (e ->> 'at')::timestamptz, e, h);
  end loop;
  update audit_heads set seq = n, hash = h where tenant_id = t;
end $$;

create table idempotency_keys (
  tenant_id uuid not null references tenants (id),
  user_id uuid not null,
  key text not null,
  fingerprint bytea not null,
  state text not null check (state in ('open', 'committed', 'done')),
  body text,
  created_at timestamptz not null,
  primary key (tenant_id, user_id, key)
);
create index idempotency_keys_by_age on idempotency_keys (tenant_id, created_at);
call build_wall('idempotency_keys');

-- The one-time set-up link of a new platform; a row without a hash: it was used.
create table first_run (
  single boolean primary key default true check (single),
  token_hash bytea,
  expires_at timestamptz not null
);
