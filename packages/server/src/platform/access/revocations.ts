import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Connection, Database } from '../database/database.ts'
import { type Revocation, revocationChannel } from '../database/tx.ts'

const heartbeatEvery = 200
// With no heartbeat for this long, word of a revocation may be missing as well. Milliseconds. Whoever sends is sure of
// itself for less time than others wait for it.
const deafAfter = 700
const sureFor = 450

export type Revocations = {
  /** Whether every revocation committed more than `deafAfter` ms ago has certainly been heard. */
  listening(): boolean
  close(): Promise<void>
}

type Hears = { hear(revocation: Revocation): void; hearAll(): void }
type Message = Revocation | { heartbeat: string } | { bye: string }

/**
 * Tells other replicas of revocations, and listens to theirs, on a connection of its own. Its own heartbeat through the
 * database proves to it that it still hears: when it does not, `listening` is false until it does again. The heartbeats of
 * others prove that nothing they committed went untold: revocations and heartbeats leave in one order, so where a replica
 * falls silent everything is looked up anew (`hearAll`).
 */
export function openRevocations(database: Database, connection: Connection, cache: Hears): Revocations {
  const forgetLocal = database.onRevocation(cache.hear)
  const self = `${process.pid}.${Math.random()}`
  const lastHeard = new Map<string, number>()
  const unsent: Message[] = []
  let client: pg.Client | null = null
  let sending: Promise<void> | null = null
  let listenedBefore = false
  let closed = false

  const heardWithin = (replica: string, ms: number) => performance.now() - (lastHeard.get(replica) ?? -ms) < ms

  const take = (payload: string | undefined) => {
    const message: Message = JSON.parse(payload ?? '{}')
    if ('heartbeat' in message) lastHeard.set(message.heartbeat, performance.now())
    else if ('bye' in message) lastHeard.delete(message.bye)
    else cache.hear(message)
  }

  const connect = async () => {
    while (!closed) {
      const next = new pg.Client({
        connectionTimeoutMillis: 5_000,
        ...connection,
        application_name: 'tenantry revocations',
      })
      const lost = new Promise<void>((resolve) => {
        next.on('error', () => resolve())
        next.once('end', () => resolve())
      })
      try {
        await next.connect()
        next.on('notification', ({ payload }) => take(payload))
        await next.query(`listen ${revocationChannel}`)
        // Closed while it was connecting: nobody else would end it.
        if (!closed) {
          // What was told while nobody listened here is not told again.
          if (listenedBefore) cache.hearAll()
          listenedBefore = true
          client = next
          tell({ heartbeat: self })
          await lost
        }
      } catch {
        // The loop is the remedy; meanwhile `listening` says no.
      }
      client = null
      lastHeard.delete(self)
      await next.end().catch(() => {})
      if (!closed) await delay(200)
    }
  }

  const tell = (...messages: Message[]) => {
    unsent.push(...messages)
    sending ??= sendAll().finally(() => {
      sending = null
    })
  }

  /** All that has gathered meanwhile, in one statement, in order. What could not be sent is sent by the next connection. */
  const sendAll = async () => {
    while (client !== null && unsent.length > 0) {
      const batch = unsent.slice(0, 1000)
      try {
        await client.query({
          name: 'tell',
          text: `select pg_notify('${revocationChannel}', told) from unnest($1::text[]) told`,
          values: [batch.map((message) => JSON.stringify(message))],
        })
        unsent.splice(0, batch.length)
      } catch {
        return
      }
    }
  }

  database.tellThrough({
    ready: () => client !== null && heardWithin(self, sureFor),
    send: (revocations) => revocations.length > 0 && tell(...revocations),
  })
  const connected = connect()
  /** Whoever fell silent may have committed what it could not tell. */
  const missTheSilent = () => {
    for (const replica of lastHeard.keys()) {
      if (replica === self || heardWithin(replica, deafAfter)) continue
      lastHeard.delete(replica)
      cache.hearAll()
    }
  }
  const heart = setInterval(() => {
    if (client !== null) tell({ heartbeat: self })
    missTheSilent()
  }, heartbeatEvery)
  heart.unref()

  return {
    listening: () => {
      missTheSilent()
      return heardWithin(self, deafAfter)
    },
    close: async () => {
      closed = true
      forgetLocal()
      database.tellThrough(null)
      clearInterval(heart)
      tell({ bye: self })
      await sending
      await client?.end().catch(() => {})
      await connected
    },
  }
}
