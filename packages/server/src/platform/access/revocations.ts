import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Connection } from '../database/database.ts'
import type { Tx } from '../database/tx.ts'

const channel = 'tenantry_rights'
const heartbeatEvery = 250
// With no heartbeat for this long, word of a revocation may be missing as well. Milliseconds.
const deafAfter = 700

/** Whose rights changed: one user's, or everybody's in a tenant. */
export type Revocation = { user: string } | { tenant: string }

// Of this process: told without the detour through the database, so that it holds before the answer is sent.
const local = new Set<(revocation: Revocation) => void>()

/** Tells every replica at the commit of `tx`, and this one before its caller goes on. */
export async function tell(tx: Tx, revocation: Revocation): Promise<void> {
  await tx.read(`select pg_notify('${channel}', $1)`, [JSON.stringify(revocation)])
  tx.afterCommit(() => {
    for (const hear of local) hear(revocation)
  })
}

export type Revocations = {
  /** Whether every revocation committed more than `deafAfter` ms ago has certainly been heard. */
  listening(): boolean
  close(): Promise<void>
}

/**
 * Listens to revocations on a connection of its own and proves to itself, by its own heartbeat through the database,
 * that it still hears. When it does not, `listening` is false until it does again: nothing cached may be served then.
 */
export function openRevocations(connection: Connection, hear: (revocation: Revocation) => void): Revocations {
  const self = `${process.pid}.${Math.random()}`
  let client: pg.Client | null = null
  let lastHeard = 0
  let closed = false
  local.add(hear)

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
        await next.query(`listen ${channel}`)
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
    client?.query(`select pg_notify('${channel}', $1)`, [JSON.stringify({ heartbeat: self })]).catch(() => {})
  }, heartbeatEvery)
  heart.unref()

  return {
    listening: () => performance.now() - lastHeard < deafAfter,
    close: async () => {
      closed = true
      local.delete(hear)
      clearInterval(heart)
      await client?.end().catch(() => {})
    },
  }
}
