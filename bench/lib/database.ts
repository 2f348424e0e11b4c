import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { openLog } from '../../packages/server/src/log.ts'
import { startEmbeddedPostgres } from '../../packages/server/src/platform/database/embedded/index.ts'

export type BenchDatabase = { connection: pg.PoolConfig; version: string; fsync: string; close(): Promise<void> }

/** A database of the bench's own: on the server of DATABASE_URL, or on an embedded one in a temporary folder. */
export async function openBenchDatabase(): Promise<BenchDatabase> {
  const url = process.env.DATABASE_URL
  if (url) {
    const name = `bench_${randomBytes(4).toString('hex')}`
    const run = async (text: string) => {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      await client.query(text).finally(() => client.end())
    }
    await run(`create database ${name}`)
    const connection = { connectionString: Object.assign(new URL(url), { pathname: `/${name}` }).href }
    return { connection, ...(await about(connection)), close: () => run(`drop database ${name} with (force)`) }
  }
  const dataFolder = await mkdtemp(join(tmpdir(), 'tenantry-bench-'))
  await chmod(dataFolder, 0o711)
  const postgres = await startEmbeddedPostgres({ dataFolder, log: openLog('error') })
  const close = async () => {
    await postgres.stop()
    await rm(dataFolder, { recursive: true, force: true })
  }
  return { connection: postgres.connection, ...(await about(postgres.connection)), close }
}

async function about(connection: pg.PoolConfig): Promise<{ version: string; fsync: string }> {
  const client = new pg.Client(connection)
  await client.connect()
  const { rows } = await client.query(
    `select current_setting('server_version') as version, current_setting('fsync') as fsync`,
  )
  await client.end()
  return rows[0]
}
