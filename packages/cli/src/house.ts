import { mkdir } from 'node:fs/promises'
import { findTenantBySlug } from '@tenantry/server/features/tenants/index.ts'
import { openHouse } from '@tenantry/server/house.ts'
import { openLog } from '@tenantry/server/log.ts'
import { type Actor, operator } from '@tenantry/server/platform/access/actor.ts'
import { readConfig } from '@tenantry/server/platform/config/config.ts'
import { acquireDataFolderLock } from '@tenantry/server/platform/data-folder/lock.ts'
import type { Connection } from '@tenantry/server/platform/database/database.ts'
import { connectRunningEmbedded, startEmbeddedPostgres } from '@tenantry/server/platform/database/embedded/index.ts'
import type { Deps } from '@tenantry/server/platform/deps.ts'
import { Refused } from './output.ts'

/**
 * Opens the database the server works on, or would: the one that is running, or the embedded one, which is started for
 * as long as `work` takes while the data folder is locked against a server.
 */
export async function inHouse<T>(work: (deps: Deps) => Promise<T>): Promise<T> {
  const config = readConfig(process.env)
  const log = openLog('silent')
  const { connection, close } = await openStorage(config.databaseUrl, config.dataFolder)
  try {
    const { deps } = await openHouse(config, connection, log)
    try {
      return await work(deps)
    } finally {
      await deps.database.close()
    }
  } finally {
    await close()
  }
}

async function openStorage(
  databaseUrl: string | null,
  dataFolder: string,
): Promise<{ connection: Connection; close: () => Promise<void> }> {
  if (databaseUrl !== null) return { connection: { connectionString: databaseUrl }, close: async () => {} }
  const running = await connectRunningEmbedded({ dataFolder })
  if (running) return { connection: running, close: async () => {} }
  await mkdir(dataFolder, { recursive: true })
  const lock = await acquireDataFolderLock(dataFolder, 'the tenantry command')
  try {
    const postgres = await startEmbeddedPostgres({ dataFolder, log: openLog('silent') })
    return {
      connection: postgres.connection,
      close: async () => {
        await postgres.stop()
        await lock.release()
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** The operator in a tenant. Throws where there is no such tenant. */
export async function operatorIn({ database }: Deps, slug: string): Promise<Actor> {
  const tenant = await database.asSystem('the operator names a tenant', (tx) =>
    findTenantBySlug(tx, slug.toLowerCase()),
  )
  if (!tenant) throw new Refused(`There is no tenant "${slug}". "tenant list" shows those there are.`)
  return operator(tenant.id)
}
