import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from 'pino'
import { keptSecret, type Places, secret } from './places.ts'

export type EmbeddedConnection = { host: string; port: number; user: string; password: string; database: string }

/** The role that the server connects as, and its database. */
export const role = 'tenantry'
const patience = 60_000

/** How to connect as the server's role. */
export const connectionTo = async (places: Places): Promise<EmbeddedConnection> => ({
  host: places.sockets,
  port: places.port,
  user: role,
  password: await secret(places, 'postgres-tenantry'),
  database: role,
})

/** Waits until PostgreSQL takes connections. A recovery may take its time; ends with an error when `signal` aborts. */
export async function untilReady(places: Places, signal: AbortSignal, log: Logger): Promise<void> {
  const begun = performance.now()
  let nextWord = begun + 10_000
  for (;;) {
    signal.throwIfAborted()
    const client = await superuser(places)
    try {
      await client.connect()
      await client.end()
      return
    } catch (error) {
      await client.end().catch(() => {})
      const { code } = error as { code?: string }
      const recovering = code === '57P03'
      // No socket yet, nobody behind it, or still recovering.
      if (!recovering && !['ENOENT', 'ECONNREFUSED', 'ECONNRESET'].includes(code ?? '')) throw error
      if (!recovering && performance.now() > begun + patience)
        throw new Error(`PostgreSQL took no connections within ${patience / 1000} s`)
      if (performance.now() > nextWord) {
        log.info('PostgreSQL is still recovering what a crash left behind')
        nextWord += 10_000
      }
    }
    await delay(15)
  }
}

/**
 * Makes the role the server works as and its database, where they are not there yet. The role may make the one it
 * serves as, and is bound by row-level security.
 */
export async function prepare(places: Places): Promise<void> {
  const client = await superuser(places)
  await client.connect()
  try {
    const { rows } = await client.query(
      `select exists (select from pg_roles where rolname = $1) as role,
              exists (select from pg_database where datname = $1) as database`,
      [role],
    )
    const password = client.escapeLiteral(await secret(places, 'postgres-tenantry'))
    if (rows[0].database) return
    const verb = rows[0].role ? 'alter' : 'create'
    await client.query(`${verb} role ${role} login createrole createdb nosuperuser nobypassrls password ${password}`)
    await client.query(`create database ${role} owner ${role} template template0`)
  } finally {
    await client.end()
  }
}

async function superuser(places: Places): Promise<pg.Client> {
  const password = await keptSecret(places, 'postgres-superuser')
  if (password === null) {
    throw new Error(
      `The password of the database is missing: restore ${places.secrets} together with ${places.cluster}.`,
    )
  }
  const client = new pg.Client({
    host: places.sockets,
    port: places.port,
    user: 'postgres',
    password,
    database: 'postgres',
    connectionTimeoutMillis: 10_000,
  })
  // A connection that breaks also says so to whoever waits for its answer.
  client.on('error', () => {})
  return client
}
