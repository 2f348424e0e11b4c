-- Tenants that are deleted and can be restored, what they allow, and whoever visits them.

alter table tenants drop constraint tenants_status_check;
alter table tenants add constraint tenants_status_check check (status in ('processing', 'active', 'failed', 'suspended', 'deleted', 'erased'));
-- Why making it failed.
alter table tenants add column status_reason text;
alter table tenants add column deleted_at timestamptz;
alter table tenants add column version integer not null default 1;
-- What the slug reads like: o and 0, l, i and 1, m and rn are easily taken for each other.
alter table tenants add column skeleton text collate "C" not null
  generated always as (translate(replace(replace(replace(slug, '-', ''), 'rn', 'm'), 'vv', 'w'), '015i', 'olsl')) stored;
create index tenants_by_skeleton on tenants (skeleton);

-- The tenant somebody of the platform has gone to with this session.
alter table sessions add column visited_tenant_id uuid;
