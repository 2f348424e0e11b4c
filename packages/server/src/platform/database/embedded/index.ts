import type { ChildProcess } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from 'pino'
import { findBinaries } from './binaries.ts'
import { ensureCluster, ensureSocketFolder, type Places, placesOf, secret } from './cluster.ts'
import { clearStaleLocks, runningPostmaster, spawnPostgres, stopPostmaster } from './postmaster.ts'
import { chooseUser } from './run-as.ts'

export type EmbeddedConnection = { host: string; port: number; user: string; password: string; database: string }
export type EmbeddedPostgres = { connection: EmbeddedConnection; pid(): number | undefined; stop(): Promise<void> }

const role = 'tenantry'
const patience = 60_000

/**
 * Starts the PostgreSQL of a data folder and keeps it running: one that dies is started again. The caller holds the lock
 * of the folder. Answers how to connect, as the role that owns the database and stands behind every wall.
 */
export async function startEmbeddedPostgres(options: { dataFolder: string; log: Logger }): Promise<EmbeddedPostgres> {
  const dataFolder = resolve(options.dataFolder)
  const { log } = options
  await mkdir(dataFolder, { recursive: true })
  const places = placesOf(dataFolder)
  const user = await chooseUser(places.cluster, dataFolder)
  const binaries = await findBinaries(user)

  const orphan = await runningPostmaster(places.cluster)
  if (orphan !== null) {
    log.warn(`a PostgreSQL that an earlier server left behind is stopped (process ${orphan})`)
    await stopPostmaster(orphan)
  }
  await ensureSocketFolder(places, user)
  await clearStaleLocks(places)
  const state = await ensureCluster(places, binaries, user)

  let child: ChildProcess
  let stopping = false
  const start = async () => {
    child = spawnPostgres(places, binaries, user)
    const begun = performance.now()
    const failed = new Promise<never>((_, reject) => {
      child.once('error', reject)
      child.once('exit', (code, signal) =>
        reject(new Error(`PostgreSQL ended at once (${signal ?? code}): ${places.log} says why`)),
      )
    })
    await Promise.race([untilReady(places), failed])
    child.removeAllListeners('exit')
    child.once('exit', (code, signal) => {
      if (stopping) return
      log.error(`PostgreSQL ended unexpectedly (${signal ?? code}); it is started again`)
      void restart(performance.now() - begun < 5_000 ? 2_000 : 50)
    })
  }
  const restart = async (wait: number): Promise<void> => {
    await delay(wait)
    if (stopping) return
    try {
      const left = await runningPostmaster(places.cluster)
      if (left !== null) await stopPostmaster(left)
      await clearStaleLocks(places)
      await start()
      log.info('PostgreSQL runs again')
    } catch (error) {
      log.error({ err: error }, 'PostgreSQL could not be started again; another try follows')
      void restart(Math.min(wait * 2 + 1_000, 30_000))
    }
  }

  await start()
  if (state === 'made' || !(await isPrepared(places))) await prepare(places)
  return {
    connection: await connectionTo(places),
    pid: () => child.pid,
    stop: async () => {
      stopping = true
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
        await stopPostmaster(child.pid)
        await gone
      }
    },
  }
}

/** How to connect to the PostgreSQL that a running server keeps on this data folder; null where none runs. */
export async function connectRunningEmbedded(options: { dataFolder: string }): Promise<EmbeddedConnection | null> {
  const places = placesOf(resolve(options.dataFolder))
  if ((await runningPostmaster(places.cluster)) === null) return null
  const lock = await readFile(resolve(options.dataFolder, 'lock'), 'utf8').catch(() => null)
  // Without a server that holds the folder it is an orphan, which the next start replaces.
  return lock === null ? null : connectionTo(places)
}

const connectionTo = async (places: Places): Promise<EmbeddedConnection> => ({
  host: places.sockets,
  port: places.port,
  user: role,
  password: await secret(places, 'postgres-tenantry'),
  database: role,
})

const asSuperuser = async (places: Places, database: string) =>
  new pg.Client({
    host: places.sockets,
    port: places.port,
    user: 'postgres',
    password: await secret(places, 'postgres-superuser'),
    database,
  })

async function untilReady(places: Places): Promise<void> {
  const until = performance.now() + patience
  for (;;) {
    const client = await asSuperuser(places, 'postgres')
    try {
      await client.connect()
      await client.end()
      return
    } catch (error) {
      await client.end().catch(() => {})
      const { code } = error as { code?: string }
      // No socket yet, nobody behind it, or still recovering.
      if (!['ENOENT', 'ECONNREFUSED', 'ECONNRESET', '57P03'].includes(code ?? '')) throw error
      if (performance.now() > until)
        throw new Error(`PostgreSQL was not ready within ${patience / 1000} s: ${places.log} says why`)
      await delay(15)
    }
  }
}

async function isPrepared(places: Places): Promise<boolean> {
  const client = await asSuperuser(places, 'postgres')
  await client.connect()
  const { rows } = await client.query('select 1 from pg_database where datname = $1', [role])
  await client.end()
  return rows.length > 0
}

/** The role the server works as: it may make the role it serves as, and is bound by row-level security. */
async function prepare(places: Places): Promise<void> {
  const password = await secret(places, 'postgres-tenantry')
  const client = await asSuperuser(places, 'postgres')
  await client.connect()
  try {
    const { rows } = await client.query('select 1 from pg_roles where rolname = $1', [role])
    const verb = rows.length > 0 ? 'alter' : 'create'
    await client.query(
      `${verb} role ${role} login createrole createdb nosuperuser nobypassrls password ${client.escapeLiteral(password)}`,
    )
    await client.query(`create database ${role} owner ${role}`)
  } finally {
    await client.end()
  }
}
