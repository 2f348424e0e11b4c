import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import type { Connection } from './database.ts'

const servingRole = 'tenantry_app'
const lock = 7_236_901_442

/** What a person can mend: shown without a stack. */
export class DatabaseRefused extends Error {}

export type Migrated = { applied: string[]; servingRole: string | null; serverVersion: number }

/**
 * Brings the schema up to date and makes sure that the server will work as a role that row-level security binds.
 * `folder` holds NNNN_name.sql files; each runs once, in order, in a transaction of its own, one server at a time.
 * Throws DatabaseRefused for a server older than 15, a role above the wall, or a migration that was changed.
 */
export async function migrate(connection: Connection, folder: string): Promise<Migrated> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    const serverVersion = await checkServer(client)
    await refuseAboveTheWall(client)
    await client.query('select pg_advisory_lock($1)', [lock])
    const applied = await applyPending(client, folder)
    const role = (applied.length === 0 && (await isPrepared(client))) || (await prepareServingRole(client))
    return { applied, servingRole: role ? servingRole : null, serverVersion }
  } finally {
    await client.end()
  }
}

async function checkServer(client: pg.Client): Promise<number> {
  const { rows } = await client.query(
    `select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding,
            exists (select from pg_collation where collname = 'und-x-icu') as icu`,
  )
  const { version, encoding, icu } = rows[0]
  if (version < 150_000)
    throw new DatabaseRefused(`PostgreSQL 15 or later is needed; this server is ${version / 10_000}.`)
  if (encoding !== 'UTF8') throw new DatabaseRefused(`The database must be UTF8; this one is ${encoding}.`)
  if (!icu) throw new DatabaseRefused('The server must be built with ICU: the collation "und-x-icu" is missing.')
  return version
}

async function refuseAboveTheWall(client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    'select rolname, rolsuper, rolbypassrls from pg_roles where rolname in (current_user, session_user)',
  )
  const above = rows.find((role) => role.rolsuper || role.rolbypassrls)
  if (above) {
    throw new DatabaseRefused(
      `The database role "${above.rolname}" ${above.rolsuper ? 'is a superuser' : 'has BYPASSRLS'}: row-level security, the second wall ` +
        'between tenants, does not bind it. Use a role of its own:\n' +
        "  CREATE ROLE tenantry LOGIN CREATEROLE PASSWORD '…';\n  CREATE DATABASE tenantry OWNER tenantry;",
    )
  }
}

async function applyPending(client: pg.Client, folder: string): Promise<string[]> {
  await client.query(`create table if not exists schema_migrations (
    name text primary key, checksum text not null, applied_at timestamptz not null default now())`)
  const { rows } = await client.query('select name, checksum from schema_migrations')
  const done = new Map<string, string>(rows.map((row) => [row.name, row.checksum]))
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  const unknown = [...done.keys()].filter((name) => !files.includes(name))
  if (unknown.length > 0) {
    throw new DatabaseRefused(`The database was written by a newer version (it has ${unknown.join(', ')}).`)
  }
  const applied: string[] = []
  for (const name of files) {
    const text = await readFile(join(folder, name), 'utf8')
    const checksum = createHash('sha256').update(text).digest('hex')
    const before = done.get(name)
    if (before === checksum) continue
    if (before !== undefined) throw new DatabaseRefused(`The migration ${name} was changed after it had been applied.`)
    await client.query('begin')
    try {
      await client.query(text)
      await client.query('insert into schema_migrations (name, checksum) values ($1, $2)', [name, checksum])
      await client.query('commit')
    } catch (error) {
      await client.query('rollback')
      throw error
    }
    applied.push(name)
  }
  return applied
}

/** Whether the role has what the last migration left it: nothing to do at an ordinary start. */
async function isPrepared(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(
    `select pg_has_role(current_user, oid, 'member') and has_table_privilege(oid, 'users', 'select')
            and has_table_privilege(oid, 'audit_pending', 'insert') as yes from pg_roles where rolname = $1`,
    [servingRole],
  )
  return rows[0]?.yes === true
}

/**
 * A second role without ownership, where the database lets us have one: it cannot switch the wall off, nor change
 * what is append-only. Without it the owner serves, bound by FORCE ROW LEVEL SECURITY and by triggers.
 */
async function prepareServingRole(client: pg.Client, attempt = 1): Promise<boolean> {
  await client.query('begin')
  try {
    const { rows } = await client.query('select 1 from pg_roles where rolname = $1', [servingRole])
    if (rows.length === 0) {
      // Another database of the same server may be making it just now.
      await client.query(`do $$ begin create role ${servingRole} nologin;
        exception when duplicate_object or unique_violation then null; end $$`)
    }
    const member = await client.query(`select pg_has_role(current_user, $1, 'member') as yes`, [servingRole])
    if (!member.rows[0].yes || rows.length === 0) await client.query(`grant ${servingRole} to current_user`)
    await client.query(`set local role ${servingRole}`)
    await client.query('reset role')
    await client.query(`
      grant usage on schema public to ${servingRole};
      grant select, insert, update, delete on all tables in schema public to ${servingRole};
      revoke all on schema_migrations from ${servingRole};
      do $$
      declare audit regclass;
      begin
        for audit in select oid from pg_class where relkind in ('r', 'p') and relname like 'audit_%' and relnamespace = 'public'::regnamespace loop
          execute format('revoke all on %s from ${servingRole}', audit);
        end loop;
      end $$;
      grant select on audit_entries, audit_heads, audit_anchors, audit_subjects to ${servingRole};
      grant select, insert on audit_pending to ${servingRole}`)
    await client.query('commit')
    return true
  } catch (error) {
    await client.query('rollback')
    const { code } = error as { code?: string }
    if (code === '42501') return false
    // Another replica is at work, or another database of the same server grants the same role (“tuple concurrently updated”).
    if ((code === 'XX000' || code === '40P01') && attempt < 5) return prepareServingRole(client, attempt + 1)
    throw error
  }
}
