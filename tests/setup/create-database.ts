import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'

export type TestDatabase = { connection: pg.PoolConfig; drop: () => Promise<void> }

/** A fresh, empty database on the server the run was given. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = inject('databaseConnection')
  const name = `test_${randomBytes(6).toString('hex')}`
  const run = async (statement: string) => {
    const client = new pg.Client(server)
    await client.connect()
    await client.query(statement).finally(() => client.end())
  }
  await run(`create database ${name}`)
  const connection = server.connectionString
    ? { connectionString: Object.assign(new URL(server.connectionString), { pathname: `/${name}` }).href }
    : { ...server, database: name }
  return { connection, drop: () => run(`drop database if exists ${name} with (force)`) }
}
