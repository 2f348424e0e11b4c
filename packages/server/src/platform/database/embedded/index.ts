import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Logger } from 'pino'
import { holderOf } from '../../data-folder/lock.ts'
import { findBinaries } from './binaries.ts'
import { chooseUser } from './choose-user.ts'
import { connectionTo, type EmbeddedConnection, prepare } from './clients.ts'
import { ensureCluster } from './cluster.ts'
import { ensureSocketFolder, keptSecret, placesOf } from './places.ts'
import { runningPostmaster } from './processes.ts'
import { type Supervisor, supervise } from './supervisor.ts'

export type { EmbeddedConnection } from './clients.ts'
export type { UnexpectedExit } from './supervisor.ts'
export type EmbeddedPostgres = Supervisor & { connection: EmbeddedConnection }

/**
 * Starts the PostgreSQL of a data folder and keeps it running: one that dies is started again. The caller holds the lock
 * of the folder. Answers how to connect, as the role that owns the database and stands behind every wall. Throws an
 * error that says what to do where it cannot be started.
 */
export async function startEmbeddedPostgres(options: { dataFolder: string; log: Logger }): Promise<EmbeddedPostgres> {
  const dataFolder = resolve(options.dataFolder)
  await mkdir(dataFolder, { recursive: true })
  const places = placesOf(dataFolder)
  const binaries = await findBinaries()
  const user = await chooseUser(places.cluster, dataFolder, binaries.postgres)
  await ensureCluster(places, binaries, user)
  await ensureSocketFolder(places, user)
  const supervisor = await supervise(places, binaries, user, options.log)
  try {
    await prepare(places)
    return { ...supervisor, connection: await connectionTo(places) }
  } catch (error) {
    await supervisor.stop()
    throw error
  }
}

/**
 * How to connect to the PostgreSQL that a running server keeps on this data folder. Null where none runs, also for one
 * that a killed server left behind: the next start replaces it.
 */
export async function connectRunningEmbedded(options: { dataFolder: string }): Promise<EmbeddedConnection | null> {
  const dataFolder = resolve(options.dataFolder)
  const places = placesOf(dataFolder)
  if (runningPostmaster(places) === null || (await holderOf(dataFolder)) === null) return null
  return (await keptSecret(places, 'postgres-tenantry')) === null ? null : connectionTo(places)
}
