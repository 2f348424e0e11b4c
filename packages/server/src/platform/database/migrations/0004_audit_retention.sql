-- Letting the oldest months of the audit trail go, and with them nothing that the rest of the chain needs.

-- Keeps, for the current tenant, where its chain goes on once a month is gone: the last of the entries in it.
create function anchor_audit(month text) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if month !~ '^\d{4}_\d{2}$' then raise exception 'no month: %', month; end if;
  execute format('insert into audit_anchors (tenant_id, seq, hash)
      select tenant_id, seq, hash from %I where tenant_id = current_tenant() order by seq desc limit 1
      on conflict (tenant_id) do update set seq = excluded.seq, hash = excluded.hash where audit_anchors.seq < excluded.seq',
    'audit_entries_' || month);
end $$;

-- The months there are, oldest first, as YYYY_MM.
create function audit_months() returns setof text language sql stable
  as $$ select substr(relname, 15) from pg_class where relkind = 'r' and relname ~ '^audit_entries_\d{4}_\d{2}$' order by relname $$;

-- Lets a month go that is at least two whole months old. Its entries must have been anchored.
create function let_go_audit_month(month text) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if month !~ '^\d{4}_\d{2}$' or to_date(month, 'YYYY_MM') > date_trunc('month', now() at time zone 'UTC') - interval '2 months' then
    raise exception 'the month % is not let go', month using errcode = 'insufficient_privilege';
  end if;
  execute format('drop table %I', 'audit_entries_' || month);
end $$;

-- What was refused is rare, and sought together with who it was: not to be found by walking all that they did.
create index audit_entries_refused_by_actor on audit_entries (tenant_id, actor_id, at, seq) where refused;
create index audit_entries_refused_by_target on audit_entries (tenant_id, target_id, at, seq) where refused;
