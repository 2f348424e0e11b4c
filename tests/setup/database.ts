import type { PoolConfig } from 'pg'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    databaseConnection: PoolConfig
  }
}

/** Gives the tests a PostgreSQL: the one of DATABASE_URL, or an embedded one of their own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env.DATABASE_URL
  if (url) {
    project.provide('databaseConnection', { connectionString: url })
    return async () => {}
  }
  const { mkdtemp, chmod, rm } = await import('node:fs/promises')
  const { tmpdir } = await import('node:os')
  const { join } = await import('node:path')
  const { pino } = await import('pino')
  const { startEmbeddedPostgres } = await import('../../packages/server/src/platform/database/embedded/index.ts')
  const dataFolder = await mkdtemp(join(tmpdir(), 'tenantry-test-'))
  await chmod(dataFolder, 0o711)
  const postgres = await startEmbeddedPostgres({ dataFolder, log: pino({ level: 'warn' }) })
  project.provide('databaseConnection', postgres.connection as PoolConfig)
  return async () => {
    await postgres.stop()
    await rm(dataFolder, { recursive: true, force: true })
  }
}
