import { spawn } from 'node:child_process'
import { chown, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { acquireDataFolderLock } from '../../data-folder/lock.ts'
import { connectRunningEmbedded } from './index.ts'
import { placesOf } from './places.ts'
import { isAlive, processesOf, runningPostmaster } from './processes.ts'
import { base, dataFolder, eventually, query, spawnElsewhere, start, startElsewhere } from './trial.ts'

const isRoot = process.getuid?.() === 0

test('first start, second start, and the data is still there', async () => {
  const first = await start()
  await query(first, 'create table kept as select 41 + 1 as answer')
  const { rows } = await query(
    first,
    `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, current_setting('fsync') as fsync,
            current_setting('data_checksums') as checksums, current_setting('listen_addresses') as addresses,
            current_setting('TimeZone') as zone, (select string_agg(x, '' order by x) from unnest(array['b','B','a','ä']) x) as sorted
       from pg_roles where rolname = current_user`,
  )
  expect(rows[0]).toEqual({
    rolsuper: false,
    rolbypassrls: false,
    rolcreaterole: true,
    rolcreatedb: true,
    fsync: 'on',
    checksums: 'on',
    addresses: '',
    zone: 'UTC',
    sorted: 'aäbB',
  })
  await first.stop()
  expect(processesOf(placesOf(dataFolder))).toEqual([])
  const begun = performance.now()
  const second = await start()
  expect(performance.now() - begun).toBeLessThan(3_000)
  expect((await query(second, 'select answer from kept')).rows).toEqual([{ answer: 42 }])
  const secrets = join(dataFolder, 'secrets')
  expect((await stat(secrets)).mode & 0o777).toBe(0o700)
  for (const name of await readdir(secrets)) expect((await stat(join(secrets, name))).mode & 0o777).toBe(0o600)
})

test('a postmaster killed with SIGKILL runs again within seconds, though a busy session outlived it', async () => {
  const postgres = await start()
  await query(postgres, 'create table kept as select 1 as one')
  const busy = query(postgres, 'select count(*) from generate_series(1, 1e12::bigint)').catch(() => 'lost')
  await delay(200)
  const exits: unknown[] = []
  postgres.onUnexpectedExit((exit) => exits.push(exit))
  const killed = postgres.pid() as number
  process.kill(killed, 'SIGKILL')
  expect(await busy).toBe('lost')
  await eventually(async () => expect(postgres.pid()).not.toBe(killed))
  const { rows } = await eventually(() => query(postgres, 'select one from kept'))
  expect(rows).toEqual([{ one: 1 }])
  expect(exits).toEqual([{ pid: killed, code: null, signal: 'SIGKILL' }])
})

test('stopped while it is being started again, it stays stopped', async () => {
  const postgres = await start()
  process.kill(postgres.pid() as number, 'SIGKILL')
  await eventually(async () => expect(postgres.pid()).toBeUndefined())
  await postgres.stop()
  await delay(300)
  expect(processesOf(placesOf(dataFolder))).toEqual([])
})

test('one that a killed server left behind is replaced, and keeps what was committed', async () => {
  const other = await startElsewhere()
  await query(other, 'create table kept as select 1 as one')
  await other.end('SIGKILL')
  expect(runningPostmaster(placesOf(dataFolder))).toBe(other.pid)
  expect(await connectRunningEmbedded({ dataFolder })).toBeNull()
  const postgres = await start()
  expect(isAlive(other.pid)).toBe(false)
  expect((await query(postgres, 'select one from kept')).rows).toEqual([{ one: 1 }])
})

test('a pid file whose pid has gone to another process of the same user, and old socket files, are no obstacle', async () => {
  const postgres = await start()
  const { cluster, sockets } = placesOf(dataFolder)
  const file = join(cluster, 'postmaster.pid')
  const pidFile = await readFile(file, 'utf8')
  await postgres.stop()
  const { uid, gid } = await stat(cluster)
  const stranger = spawn('sleep', ['60'], isRoot ? { uid, gid } : {})
  try {
    await writeFile(file, pidFile.replace(/^\d+/, String(stranger.pid)), { mode: 0o600 })
    await writeFile(join(sockets, '.s.PGSQL.5432.lock'), pidFile.replace(/^\d+/, String(stranger.pid)))
    await writeFile(join(sockets, '.s.PGSQL.5432'), '')
    for (const path of [file, join(sockets, '.s.PGSQL.5432.lock')]) if (isRoot) await chown(path, uid, gid)
    expect((await query(await start(), 'select 1 as one')).rows).toEqual([{ one: 1 }])
    expect(isAlive(stranger.pid as number)).toBe(true)
  } finally {
    stranger.kill('SIGKILL')
  }
})

test('a server killed while the database is being made leaves nothing that hinders the next', async () => {
  const other = spawnElsewhere()
  await eventually(async () => {
    const names = await readdir(dataFolder)
    const half = names.find((name) => /^postgres\.new-[0-9a-f]+$/.test(name))
    await stat(join(dataFolder, half ?? 'not yet', 'base'))
  })
  await other.end('SIGKILL')
  expect(await readdir(dataFolder)).not.toContain('postgres')
  await query(await start(), 'select 1')
  expect((await readdir(dataFolder)).filter((name) => name.startsWith('postgres.new'))).toEqual([])
})

test('a long path has its socket in the temporary folder, and what a stranger planted there is refused', async () => {
  const long = join(base, 'x'.repeat(120), 'data')
  const postgres = await start(long)
  expect(dirname(postgres.connection.host)).toBe(tmpdir())
  await query(postgres, 'select 1')
  await postgres.stop()
  await rm(postgres.connection.host, { recursive: true })
  await mkdir(join(base, 'elsewhere'))
  await symlink(join(base, 'elsewhere'), postgres.connection.host)
  try {
    await expect(start(long)).rejects.toThrow('belongs to somebody else')
  } finally {
    await rm(postgres.connection.host)
  }
})

test('what is no database, or lacks its password, is not overwritten but named', async () => {
  const postgres = await start()
  await postgres.stop()
  await rm(join(dataFolder, 'secrets'), { recursive: true })
  await expect(start()).rejects.toThrow(join(dataFolder, 'secrets'))
  await rm(join(dataFolder, 'postgres', 'PG_VERSION'))
  await expect(start()).rejects.toThrow('is no database')
})

test('the command line finds a running one only while a server holds the folder', async () => {
  expect(await connectRunningEmbedded({ dataFolder })).toBeNull()
  await mkdir(dataFolder)
  const lock = await acquireDataFolderLock(dataFolder, 'a test')
  const postgres = await start()
  expect(await connectRunningEmbedded({ dataFolder })).toEqual(postgres.connection)
  await postgres.stop()
  expect(await connectRunningEmbedded({ dataFolder })).toBeNull()
  await lock.release()
})
