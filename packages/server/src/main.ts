import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { issueLink } from './features/first-run/index.ts'
import { openHouse, publicUrlOf } from './house.ts'
import { openLog } from './log.ts'
import { type Config, ConfigRefused, isLoopback, readConfig } from './platform/config/config.ts'
import { acquireDataFolderLock, DataFolderInUse } from './platform/data-folder/lock.ts'
import { startEmbeddedPostgres } from './platform/database/embedded/index.ts'
import { DatabaseRefused } from './platform/database/migrate.ts'
import { buildServer } from './server.ts'

const here = dirname(fileURLToPath(import.meta.url))
const webFolder = [resolve(here, '../../web/dist')].find((folder) => existsSync(join(folder, 'index.html'))) ?? null

/** Starts everything in order, and undoes it in reverse on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const started = performance.now()
  const config = readConfig(process.env)
  const log = openLog(config.logLevel)
  const undo: (() => Promise<void>)[] = []
  let stopping = false
  const stop = async (reason: string, code: number) => {
    if (stopping) return
    stopping = true
    log.info(`stopping: ${reason}`)
    for (const step of undo.reverse()) await step().catch((error) => log.error({ err: error }, 'while stopping'))
    log.info('stopped')
    process.exit(code)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal, 0))

  try {
    const connection = await openStorage(config, log, undo)
    const { deps, migrated } = await openHouse(config, connection, log)
    undo.push(() => deps.database.close())
    if (migrated.applied.length > 0) log.info(`database brought up to date: ${migrated.applied.join(', ')}`)
    if (migrated.servingRole === null) {
      log.warn(
        'The database role owns its tables and may not create roles: row-level security binds it, but GRANT CREATEROLE would part owner and server.',
      )
    }
    if (config.localWorkspaces) {
      log.warn(
        `LOCAL_WORKSPACES: notebooks run on this machine, with its network and its GPUs, ${
          process.getuid?.() === 0
            ? 'each home as a user of its own'
            : 'as the user of this server: whoever opens one can read its data folder, keys included'
        }. For a first look, not for people who do not trust each other.`,
      )
    }
    const app = await buildServer({ config, deps, connection, webFolder })
    undo.push(() => app.close())
    await app.listen({ host: config.host, port: config.port })
    const address = app.server.address()
    deps.publicUrl = publicUrlOf(config, typeof address === 'object' ? address?.port : config.port)
    if (config.publicUrl === null && !isLoopback(config.host)) {
      log.warn(
        'Reachable from other machines without PUBLIC_URL: browsers keep the sign-in cookie only over HTTPS. Set PUBLIC_URL to the https address.',
      )
    }
    await announce(deps, Math.round(performance.now() - started))
  } catch (error) {
    const known = error instanceof ConfigRefused || error instanceof DatabaseRefused || error instanceof DataFolderInUse
    if (known) process.stderr.write(`\n${(error as Error).message}\n\n`)
    else log.fatal({ err: error }, 'could not start')
    await stop('could not start', 1)
  }
}

async function openStorage(config: Config, log: ReturnType<typeof openLog>, undo: (() => Promise<void>)[]) {
  if (config.databaseUrl !== null) return { connectionString: config.databaseUrl }
  await mkdir(config.dataFolder, { recursive: true })
  const lock = await acquireDataFolderLock(config.dataFolder, 'the server')
  undo.push(async () => lock.release())
  const postgres = await startEmbeddedPostgres({ dataFolder: config.dataFolder, log })
  undo.push(() => postgres.stop())
  return postgres.connection
}

async function announce(deps: Parameters<typeof issueLink>[0], ms: number): Promise<void> {
  const link = await issueLink(deps)
  const lines = ['', `  Tenantry is ready at ${deps.publicUrl}  (${ms} ms)`]
  if (link) {
    lines.push('', '  Nobody has signed in yet. Set up the platform with this one-time link:', '', `  ${link.url}`)
    lines.push('', '  It works once, for 24 hours; a restart prints a new one.')
  }
  process.stdout.write(`${lines.join('\n')}\n\n`)
}

await main().catch((error) => {
  process.stderr.write(`\n${error instanceof ConfigRefused ? error.message : (error as Error).stack}\n\n`)
  process.exit(1)
})
