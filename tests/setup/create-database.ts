import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
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
  // Whoever vacuums it just then is the superuser’s, and ends by itself.
  const drop = async () => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await run(`drop database if exists ${name} with (force)`)
      } catch (error) {
        if ((error as { code?: string }).code !== '42501' || attempt === 50) throw error
        await delay(200)
      }
    }
  }
  return { connection, drop }
}
