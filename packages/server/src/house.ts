import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import type { Config } from './platform/config/config.ts'
import { type Clock, type Connection, openDatabase } from './platform/database/database.ts'
import { type Migrated, migrate } from './platform/database/migrate.ts'
import type { Deps } from './platform/deps.ts'
import { openMailer } from './platform/mail/mailer.ts'
import { openPasswords } from './platform/secrets/passwords.ts'

const here = dirname(fileURLToPath(import.meta.url))
// Beside the bundle once built, in the source tree in development.
const migrations = [join(here, 'migrations'), join(here, 'platform/database/migrations')].find(existsSync) as string

/** Where browsers reach us, as far as it can be known before anyone has asked. */
export const publicUrlOf = ({ publicUrl, host, port }: Config, listeningOn = port): string =>
  publicUrl ??
  `http://${host.includes(':') ? `[${host}]` : ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host}:${listeningOn}`

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
    publicUrl: publicUrlOf(config),
  }
  return { deps, migrated }
}
