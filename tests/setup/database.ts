import type { PoolConfig } from 'pg'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    databaseConnection: PoolConfig
    superuserConnection: PoolConfig | null
  }
}

/** Gives the tests a PostgreSQL: the one of DATABASE_URL, or an embedded one of their own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env.DATABASE_URL
  if (url) {
    const { SUPERUSER_URL } = process.env
    project.provide('databaseConnection', { connectionString: url })
    project.provide('superuserConnection', SUPERUSER_URL ? { connectionString: SUPERUSER_URL } : null)
    return async () => {}
  }
  const { mkdtemp, chmod, readFile, rm } = await import('node:fs/promises')
  const { tmpdir } = await import('node:os')
  const { join } = await import('node:path')
  const { pino } = await import('pino')
  const { startEmbeddedPostgres } = await import('../../packages/server/src/platform/database/embedded/index.ts')
  const dataFolder = await mkdtemp(join(tmpdir(), 'tenantry-test-'))
  await chmod(dataFolder, 0o711)
  const postgres = await startEmbeddedPostgres({ dataFolder, log: pino({ level: 'warn' }) })
  const password = (await readFile(join(dataFolder, 'secrets', 'postgres-superuser'), 'utf8')).trim()
  project.provide('databaseConnection', postgres.connection as PoolConfig)
  project.provide('superuserConnection', { ...postgres.connection, user: 'postgres', password })
  const tearDown = async () => {
    await postgres.stop()
    await rm(dataFolder, { recursive: true, force: true })
  }
  // Vitest tears nothing down when it is told to end, and this PostgreSQL outlives it on its own.
  const end = () => void tearDown().finally(() => process.exit(1))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end)
  return async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, end)
    await tearDown()
  }
}
