-- The audit trail, in two steps. An action writes its entry to audit_pending in its own transaction, where nobody waits
-- for anybody. Moments later the entries are sealed: moved, in order, to the end of the tenant's hash chain. To hold
-- the end of the chain until commit would make all writers of a tenant wait for each other.

-- Stamps append-only on a table, whoever owns it.
create procedure make_append_only(t regclass) language plpgsql as $$
begin
  execute format('create trigger append_only before update or delete or truncate on %s for each statement execute function refuse_change()', t);
end $$;

-- Without a reference to tenants, which would lock the tenant's row for every action: the wall and audit_heads see to it.
create table audit_pending (
  tenant_id uuid not null,
  id uuid not null,
  at timestamptz not null,
  entry jsonb not null,
  primary key (tenant_id, id)
);
-- All of it is gone again within moments.
alter table audit_pending set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0,
                               autovacuum_analyze_threshold = 1000000000);
call build_wall('audit_pending');

-- Pending entries leave by being sealed and in no other way.
create function refuse_unless_sealing() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('tenantry.sealing', true) = 'on' then return null; end if;
  raise exception 'audit entries are never changed or deleted' using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete or truncate on audit_pending
  for each statement execute function refuse_unless_sealing();

alter table audit_entries rename to audit_entries_whole;
alter table audit_entries_whole rename constraint audit_entries_pkey to audit_entries_whole_pkey;
alter index audit_entries_by_actor rename to audit_entries_whole_by_actor;
alter index audit_entries_by_target rename to audit_entries_whole_by_target;

create table audit_entries (
  tenant_id uuid not null,
  seq bigint not null,
  at timestamptz not null,
  entry jsonb not null,
  -- sha256(hash of the entry before || entry as text)
  hash bytea not null,
  action text not null,
  -- Ids, or names behind "name:" where there was no account.
  actor_id text,
  target_id text,
  refused boolean not null,
  primary key (tenant_id, seq, at)
) partition by range (at);
create index audit_entries_by_time on audit_entries (tenant_id, at, seq);
create index audit_entries_by_actor on audit_entries (tenant_id, actor_id, at, seq) where actor_id is not null;
create index audit_entries_by_target on audit_entries (tenant_id, target_id, at, seq) where target_id is not null;
create index audit_entries_by_action on audit_entries (tenant_id, action, at, seq);
create index audit_entries_refused on audit_entries (tenant_id, at, seq) where refused;
call build_wall('audit_entries');
call make_append_only('audit_entries');

-- Who and what occurs in the trail, by the words of their names: search finds them first, and then what they did. There
-- are few of them beside many entries, and text order is leakproof, which full-text search is not.
create table audit_subjects (
  tenant_id uuid not null,
  word text collate "C" not null,
  subject text not null,
  primary key (tenant_id, word, subject)
);
call build_wall('audit_subjects');

create function subject_of(who jsonb) returns text language sql immutable parallel safe
  as $$ select coalesce(who ->> 'id', 'name:' || left(lower(who ->> 'name'), 100)) $$;

-- Makes room for the entries of one month (UTC). A partition answers for itself, so each has the wall and the triggers.
create function make_audit_month(moment timestamptz) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  first timestamp := date_trunc('month', moment at time zone 'UTC');
  name text := 'audit_entries_' || to_char(first, 'YYYY_MM');
begin
  if to_regclass(name) is not null then return false; end if;
  perform pg_advisory_xact_lock(hashtextextended('audit months', 0));
  begin
    execute format('create table %I partition of audit_entries for values from (%L) to (%L)', name,
      first at time zone 'UTC', (first + interval '1 month') at time zone 'UTC');
  exception when duplicate_table then
    -- Somebody else made it while this one waited; to_regclass may still answer from before.
    return false;
  end;
  execute format('call build_wall(%L)', name);
  execute format('call make_append_only(%L)', name);
  return true;
end $$;

-- Where the chain of a tenant begins, once its oldest months are gone: the hash that the first entry left builds on.
create table audit_anchors (
  tenant_id uuid primary key references tenants (id),
  seq bigint not null,
  hash bytea not null
);
call build_wall('audit_anchors');

-- One link of the chain; as a window function, the chain of a whole batch.
create function audit_link(state bytea, head bytea, entry jsonb) returns bytea language sql immutable
  as $$ select sha256(coalesce(state, head) || convert_to(entry::text, 'UTF8')) $$;
create aggregate audit_chain(bytea, jsonb) (sfunc = audit_link, stype = bytea);

-- Moves up to `most` pending entries of the current tenant to the end of its chain, by their ids, which are in order of
-- time, and answers how many. The head is locked meanwhile: one at a time. Errors: 23514 where a month has no room yet.
-- By index always: between two vacuums the table is mostly rows that have left.
create function seal_audit(most integer) returns bigint
  language plpgsql security definer set search_path = public, pg_temp set enable_seqscan = off as $$
declare
  t uuid := current_tenant();
  n bigint;
  h bytea;
  moved bigint;
begin
  insert into audit_heads (tenant_id, seq, hash) values (t, 0, '\x') on conflict do nothing;
  select seq, hash into n, h from audit_heads where tenant_id = t for update;
  perform set_config('tenantry.sealing', 'on', true);
  with taken as (
    delete from audit_pending p using (select id from audit_pending where tenant_id = t order by id limit most) first
    where p.tenant_id = t and p.id = first.id returning p.id, p.at, p.entry
  ), chained as (
    select at, entry, n + row_number() over w as seq, audit_chain(h, entry) over w as hash
    from taken window w as (order by id rows unbounded preceding)
  ), kept as (
    insert into audit_entries (tenant_id, seq, at, entry, hash, action, actor_id, target_id, refused)
    select t, seq, at, entry, hash, coalesce(entry ->> 'action', ''), subject_of(entry -> 'actor'), subject_of(entry -> 'target'),
           coalesce(entry ->> 'result' = 'refused', false)
    from chained
    returning seq, hash
  ), named as (
    insert into audit_subjects (tenant_id, word, subject)
    select distinct t, word, subject_of(who)
    from (select distinct entry -> 'actor' as who from taken union select distinct entry -> 'target' from taken) people,
         words_of(coalesce(who ->> 'name', ''), '', '', '') word
    where subject_of(who) is not null
    on conflict do nothing
  ), last as (select seq, hash from kept order by seq desc limit 1)
  update audit_heads set seq = last.seq, hash = last.hash from last where tenant_id = t returning last.seq - n into moved;
  perform set_config('tenantry.sealing', '', true);
  return coalesce(moved, 0);
end $$;

-- What there is already keeps its place in the chain.
do $$
declare
  month timestamptz;
begin
  alter table audit_entries_whole no force row level security;
  for month in select distinct date_trunc('month', at at time zone 'UTC') at time zone 'UTC' from audit_entries_whole loop
    perform make_audit_month(month);
  end loop;
  alter table audit_entries no force row level security;
  insert into audit_entries (tenant_id, seq, at, entry, hash, action, actor_id, target_id, refused)
    select tenant_id, seq, at, entry, hash, action, subject_of(entry -> 'actor'), subject_of(entry -> 'target'),
           coalesce(entry ->> 'result' = 'refused', false)
    from audit_entries_whole;
  alter table audit_entries force row level security;
  alter table audit_subjects no force row level security;
  insert into audit_subjects (tenant_id, word, subject)
    select distinct tenant_id, word, subject_of(who)
    from (select tenant_id, entry -> 'actor' as who from audit_entries_whole
          union select tenant_id, entry -> 'target' from audit_entries_whole) people, words_of(coalesce(who ->> 'name', ''), '', '', '') word
    where subject_of(who) is not null;
  alter table audit_subjects force row level security;
end $$;
drop table audit_entries_whole;
drop function append_audit(jsonb);
