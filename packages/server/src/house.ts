import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import type { Config } from './platform/config/config.ts'
import { type Clock, type Connection, openDatabase } from './platform/database/database.ts'
import { type Migrated, migrate } from './platform/database/migrate.ts'
import type { Deps } from './platform/deps.ts'
import { openMailer } from './platform/mail/mailer.ts'
import { type Box, keyInFile, openBox } from './platform/secrets/box.ts'
import { openPasswords } from './platform/secrets/passwords.ts'

const here = dirname(fileURLToPath(import.meta.url))
// Beside the bundle once built, in the source tree in development.
const migrations = [join(here, 'migrations'), join(here, 'platform/database/migrations')].find(existsSync) as string

/** Where browsers reach us, as far as it can be known before anyone has asked. */
export const publicUrlOf = ({ publicUrl, host, port }: Config, listeningOn = port): string =>
  publicUrl ??
  `http://${host.includes(':') ? `[${host}]` : ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host}:${listeningOn}`

/** Where the database is in the data folder, its key is made there as well; elsewhere replicas must be given the same one. */
function boxOf({ secretKey, databaseUrl, dataFolder }: Config): () => Box | null {
  let box: Box | null | undefined
  return () => {
    if (box !== undefined) return box
    const key = secretKey ?? (databaseUrl === null ? keyInFile(join(dataFolder, 'secret.key')) : null)
    box = key && openBox(key)
    return box
  }
}

/** Brings the database up to date and opens everything that actions work with. */
export async function openHouse(
  config: Config,
  connection: Connection,
  log: Logger,
  clock?: Clock,
): Promise<{ deps: Deps; migrated: Migrated }> {
  const migrated = await migrate(connection, migrations)
  const database = openDatabase({
    connection,
    servingRole: migrated.servingRole,
    ...(clock && { clock }),
    onError: (error) => log.warn(`a database connection was lost: ${error.message}`),
  })
  const deps: Deps = {
    database,
    passwords: await openPasswords(),
    mailer: openMailer(config.smtpUrl, config.mailFrom, log),
    log,
    box: boxOf(config),
    engineAddresses: config.engineAddresses,
    modelAddresses: config.modelAddresses,
    localWorkspaces: config.localWorkspaces ? { folder: join(config.dataFolder, 'workspaces') } : null,
    onOneMachine: config.databaseUrl === null,
    publicUrl: publicUrlOf(config),
  }
  return { deps, migrated }
}
