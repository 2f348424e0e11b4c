import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Connection, Database } from '../database/database.ts'
import { type Revocation, revocationChannel } from '../database/tx.ts'

const heartbeatEvery = 250
// With no heartbeat for this long, word of a revocation may be missing as well. Milliseconds.
const deafAfter = 700

export type Revocations = {
  /** Whether every revocation committed more than `deafAfter` ms ago has certainly been heard. */
  listening(): boolean
  close(): Promise<void>
}

/**
 * Listens to revocations on a connection of its own and proves to itself, by its own heartbeat through the database,
 * that it still hears. When it does not, `listening` is false until it does again: nothing cached may be served then.
 */
export function openRevocations(
  database: Database,
  connection: Connection,
  hear: (revocation: Revocation) => void,
): Revocations {
  const forgetLocal = database.onRevocation(hear)
  const self = `${process.pid}.${Math.random()}`
  let client: pg.Client | null = null
  let lastHeard = 0
  let closed = false

  const connect = async () => {
    while (!closed) {
      const next = new pg.Client({ ...connection, application_name: 'tenantry revocations' })
      const lost = new Promise<void>((resolve) => {
        next.once('error', () => resolve())
        next.once('end', () => resolve())
      })
      try {
        await next.connect()
        next.on('notification', ({ payload }) => {
          const message = JSON.parse(payload ?? '{}')
          if (message.heartbeat === self) lastHeard = performance.now()
          else if (message.heartbeat === undefined) hear(message)
        })
        await next.query(`listen ${revocationChannel}`)
        client = next
        await lost
      } catch {
        // The loop is the remedy; meanwhile `listening` says no.
      }
      client = null
      lastHeard = 0
      await next.end().catch(() => {})
      if (!closed) await delay(200)
    }
  }
  void connect()

  const heart = setInterval(() => {
    client?.query(`select pg_notify('${revocationChannel}', $1)`, [JSON.stringify({ heartbeat: self })]).catch(() => {})
  }, heartbeatEvery)
  heart.unref()

  return {
    listening: () => performance.now() - lastHeard < deafAfter,
    close: async () => {
      closed = true
      forgetLocal()
      clearInterval(heart)
      await client?.end().catch(() => {})
    },
  }
}
