-- Jobs: everything the engine tells of each, arrays as one, those that ended for a month, and what was submitted here.

-- All of it is read again.
truncate engine_jobs;
drop index engine_jobs_by_owner;
drop index engine_jobs_by_engine;
alter table engine_jobs
  add native_id text collate "C" not null,
  -- Of a task of an array: the row that stands for the array, and its number there.
  add array_id uuid,
  add task integer,
  -- A row that stands for an array: what has not begun yet, as it was read; its tasks counted by state.
  add is_array boolean not null default false,
  add waiting jsonb,
  add states jsonb,
  add tasks integer not null default 1,
  add name_key text collate "C" not null,
  add state text collate "C" not null,
  -- Once it is over: when, or when that was seen.
  add ended_at timestamptz,
  -- Of what was read; null until the engine has listed it.
  add hash text,
  add submitted_key timestamptz not null generated always as (coalesce(submitted_at, '-infinity'::timestamptz)) stored;

-- Lists: every job and every array once. What is searched stands in the indexes, so that a search reads no rows.
create index engine_jobs_list on engine_jobs (tenant_id, submitted_key, id) include (name_key, native_id, owner, state, engine_id)
  where array_id is null;
create index engine_jobs_by_name on engine_jobs (tenant_id, name_key, id) include (native_id, owner, state, engine_id)
  where array_id is null;
create index engine_jobs_by_state on engine_jobs (tenant_id, state, submitted_key, id) where array_id is null;
create index engine_jobs_own on engine_jobs (tenant_id, owner, submitted_key, id) include (name_key, native_id, state, engine_id)
  where array_id is null;
create index engine_jobs_latest on engine_jobs (tenant_id, owner, rank, submitted_at desc) where array_id is null;
create index engine_jobs_tasks on engine_jobs (tenant_id, array_id, task, id) where array_id is not null;
create index engine_jobs_ended on engine_jobs (tenant_id, engine_id, ended_at) where rank = 2;
create index engine_jobs_unlisted on engine_jobs (tenant_id, engine_id) where hash is null;
create index engine_jobs_by_engine on engine_jobs (tenant_id, engine_id);

-- What was submitted here and by whom, for as long as the job is kept.
create table job_submissions (
  tenant_id uuid not null,
  engine_id uuid not null references engines (id) on delete cascade,
  job_id uuid not null,
  user_id uuid not null,
  spec jsonb not null,
  at timestamptz not null,
  primary key (tenant_id, job_id),
  foreign key (tenant_id, job_id) references engine_jobs (tenant_id, id) on delete cascade
);
call build_wall('job_submissions');
