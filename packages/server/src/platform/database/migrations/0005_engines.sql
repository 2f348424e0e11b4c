-- Engines, which part of them is whose, what was read there last, how far they follow what is decided here, and dashboards.

-- Of the platform alone. The credential is sealed with a key that is not in the database.
create table engines (
  id uuid primary key,
  kind text not null,
  name text not null,
  name_key text generated always as (lower(name collate "und-x-icu")) stored unique,
  address text,
  ca text,
  credential bytea not null,
  credential_type text not null,
  credential_rotated_at timestamptz not null,
  version integer not null default 1,
  created_at timestamptz not null,
  -- The replica that reads it, and until when the others leave it to that one.
  read_by text,
  read_until timestamptz
);
alter table engines enable row level security;
alter table engines force row level security;
create policy wall on engines using ((select is_system())) with check ((select is_system()));

-- One part of one engine for one tenant.
create table allocations (
  id uuid primary key,
  tenant_id uuid not null references tenants (id),
  engine_id uuid not null references engines (id),
  scope jsonb not null,
  quota jsonb not null,
  -- Parts the tenant had before, while its people are being taken out of them.
  former jsonb not null default '[]',
  -- Withdrawn: kept until everybody's access there is gone.
  withdrawn_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null,
  unique (tenant_id, engine_id)
);
create index allocations_by_engine on allocations (engine_id);
call build_wall('allocations');
-- The platform shares engines out: it sees and changes every allocation.
create policy platform on allocations using ((select is_system())) with check ((select is_system()));

-- How an engine is. Tenants that have a part of it see this and its name.
create table engine_health (
  engine_id uuid primary key references engines (id) on delete cascade,
  name text not null,
  kind text not null,
  status text not null default 'waiting' check (status in ('waiting', 'ok', 'slow', 'failing')),
  as_of timestamptz,
  reason text,
  engine_version text,
  api text,
  latency_ms real
);
alter table engine_health enable row level security;
alter table engine_health force row level security;
create policy wall on engine_health
  using ((select is_system()) or engine_id in (select engine_id from allocations where tenant_id = (select current_tenant()) and withdrawn_at is null))
  with check ((select is_system()));

-- What each tenant has, as it was last read. The engine is the source: all of this can be read again.
create table resources (
  tenant_id uuid not null,
  id uuid not null,
  engine_id uuid not null references engines (id) on delete cascade,
  kind text not null check (kind in ('baremetal', 'vm', 'kubernetes', 'slurm')),
  native_id text not null,
  name_key text collate "C" not null,
  state text collate "C" not null,
  gpus integer not null,
  doc jsonb not null,
  primary key (tenant_id, id)
);
create index resources_by_name on resources (tenant_id, kind, name_key, id);
create index resources_by_engine on resources (tenant_id, engine_id);
call build_wall('resources');

create table engine_jobs (
  tenant_id uuid not null,
  id uuid not null,
  engine_id uuid not null references engines (id) on delete cascade,
  -- The user name here; null where it is nobody's of the tenant.
  owner text collate "C",
  -- 0 runs, 1 waits, 2 is over.
  rank smallint not null,
  submitted_at timestamptz,
  doc jsonb not null,
  primary key (tenant_id, id)
);
create index engine_jobs_by_owner on engine_jobs (tenant_id, owner, rank, submitted_at desc);
create index engine_jobs_by_engine on engine_jobs (tenant_id, engine_id);
call build_wall('engine_jobs');

-- What the cards say of one engine, ready to be summed.
create table engine_shares (
  tenant_id uuid not null,
  engine_id uuid not null references engines (id) on delete cascade,
  summary jsonb not null,
  changed_at timestamptz not null,
  primary key (tenant_id, engine_id)
);
call build_wall('engine_shares');

-- What each user shall have at each engine, and whether it is so there. Marked by the triggers below in the transaction
-- that decides it, whichever way it came: a queue in which only the last decision counts.
create table carry_through (
  tenant_id uuid not null,
  engine_id uuid not null references engines (id) on delete cascade,
  user_id uuid not null,
  username text collate "C" not null,
  state text not null default 'pending' check (state in ('pending', 'in_step', 'failed')),
  -- Counts decisions: what was carried through is in step only if nothing was decided meanwhile.
  wanted integer not null default 1,
  access text not null default '',
  reason text,
  attempts integer not null default 0,
  next_at timestamptz,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, engine_id, user_id)
);
create index carry_through_due on carry_through (engine_id, next_at) where next_at is not null;
create index carry_through_by_user on carry_through (tenant_id, user_id);
call build_wall('carry_through');
-- Whoever reads an engine finds what is due there, of any tenant; it is carried out behind each tenant's wall.
create policy platform on carry_through for select using ((select is_system()));

-- A name at an engine is one person's. Else somebody of the same name in another tenant would be the same user there.
create table engine_names (
  engine_id uuid not null references engines (id) on delete cascade,
  name text collate "C" not null,
  tenant_id uuid not null,
  user_id uuid not null,
  primary key (engine_id, name)
);
create index engine_names_by_user on engine_names (tenant_id, user_id);
call build_wall('engine_names');

create procedure mark_for_engines(t uuid, only_user uuid, only_engine uuid) language plpgsql as $$
begin
  insert into carry_through (tenant_id, engine_id, user_id, username, next_at)
    select t, e.engine_id, u.id, u.username, now()
    from (select a.engine_id from allocations a join engine_health h on h.engine_id = a.engine_id
          where a.tenant_id = t and a.withdrawn_at is null and h.kind in ('slurm', 'kubernetes')
            and (only_engine is null or a.engine_id = only_engine)) e,
         users u
    where u.tenant_id = t and (only_user is null or u.id = only_user) and u.deleted_at is null
    on conflict do nothing;
  update carry_through set state = 'pending', wanted = wanted + 1, attempts = 0, reason = null, next_at = now(), updated_at = now()
    where tenant_id = t and (only_user is null or user_id = only_user) and (only_engine is null or engine_id = only_engine);
end $$;

create function mark_user_for_engines() returns trigger language plpgsql as $$
begin
  -- Most tenants of a new platform have none, and every change of a user comes through here.
  if not exists (select from allocations where tenant_id = coalesce(new.tenant_id, old.tenant_id)) then return null; end if;
  call mark_for_engines(coalesce(new.tenant_id, old.tenant_id), coalesce(new.id, old.id), null);
  return null;
end $$;
create trigger carry_through_new after insert on users for each row execute function mark_user_for_engines();
create trigger carry_through_changed after update on users for each row
  when ((old.role_id, old.disabled_at is null, old.deleted_at is null) is distinct from (new.role_id, new.disabled_at is null, new.deleted_at is null))
  execute function mark_user_for_engines();
create trigger carry_through_gone after delete on users for each row execute function mark_user_for_engines();

create function mark_holders_for_engines() returns trigger language plpgsql as $$
begin
  update carry_through c set state = 'pending', wanted = wanted + 1, attempts = 0, reason = null, next_at = now(), updated_at = now()
    from users u where u.tenant_id = new.tenant_id and u.role_id = new.id and c.tenant_id = u.tenant_id and c.user_id = u.id;
  return null;
end $$;
create trigger carry_through_role after update on roles for each row
  when ((old.permissions, old.enabled) is distinct from (new.permissions, new.enabled)) execute function mark_holders_for_engines();

create function mark_tenant_for_engines() returns trigger language plpgsql as $$
begin
  call mark_for_engines(new.id, null, null);
  return null;
end $$;
create trigger carry_through_tenant after update on tenants for each row
  when (old.status is distinct from new.status) execute function mark_tenant_for_engines();

create table dashboard_layouts (
  tenant_id uuid not null,
  user_id uuid not null,
  layout jsonb not null,
  revision integer not null,
  updated_at timestamptz not null,
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
call build_wall('dashboard_layouts');

create table dashboard_defaults (
  tenant_id uuid primary key references tenants (id),
  layout jsonb not null,
  revision integer not null,
  updated_at timestamptz not null
);
call build_wall('dashboard_defaults');

create table announcements (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  title text not null,
  body text not null,
  author text not null,
  created_at timestamptz not null,
  until timestamptz,
  primary key (tenant_id, id)
);
call build_wall('announcements');
