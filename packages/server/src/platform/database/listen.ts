import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Connection } from './database.ts'

/**
 * Listens on one channel, on a connection of its own, and connects again where it breaks. `connected` is called each time
 * it begins to hear: what was said before then was missed.
 */
export function listen(
  connection: Connection,
  channel: string,
  hear: (payload: string) => void,
  connected: () => void,
): { close(): Promise<void> } {
  let client: pg.Client | null = null
  let closed = false

  const keepListening = async () => {
    while (!closed) {
      const next = new pg.Client({
        connectionTimeoutMillis: 5_000,
        ...connection,
        application_name: `tenantry ${channel}`,
      })
      const lost = new Promise<void>((resolve) => {
        next.on('error', () => resolve())
        next.once('end', () => resolve())
      })
      try {
        await next.connect()
        next.on('notification', ({ payload }) => hear(payload ?? ''))
        await next.query(`listen ${channel}`)
        if (!closed) {
          client = next
          connected()
          await lost
        }
      } catch {
        // The loop is the remedy.
      }
      client = null
      await next.end().catch(() => {})
      if (!closed) await delay(300)
    }
  }
  const listening = keepListening()
  return {
    close: async () => {
      closed = true
      await client?.end().catch(() => {})
      await listening
    },
  }
}
