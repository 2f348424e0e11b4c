import pg from 'pg'
import { isUuid } from '../secrets/ids.ts'
import { sqlFor } from './builder.ts'
import { hold, holdUntilTurnEnds } from './pipeline.ts'
import { type Revocation, Tx } from './tx.ts'

export type Connection = pg.PoolConfig
export type Clock = () => Date

/** The tenant, and the request whose repetition must be known once this transaction is committed. */
export type Behind = { tenantId: string; userId?: string | null; idempotencyKey?: string }

/** Tells all replicas of revocations after they are committed. */
export type Messenger = { ready(): boolean; send(revocations: readonly Revocation[]): void }

export type Database = {
  /** Runs `work` in one transaction behind the wall of one tenant. Commits when it resolves, else rolls back. */
  withTenant<T>(tenant: Behind, work: (tx: Tx) => Promise<T>): Promise<T>
  /**
   * Reads behind the wall of one tenant in a single round trip. `read` asks everything before its first answer arrives:
   * what it asks later is refused.
   */
  readAtOnce<T>(tenant: Behind, read: (tx: Tx) => Promise<T>): Promise<T>
  /** The same as the system. */
  readAtOnceAsSystem<T>(reason: string, read: (tx: Tx) => Promise<T>): Promise<T>
  /**
   * Runs `work` as the system: it sees the directory of tenants and what belongs to none, but no tenant's rows.
   * The reason is for whoever reads the call. With `tenantId` it also stands behind the wall of that tenant: for making one.
   */
  asSystem<T>(reason: string, work: (tx: Tx) => Promise<T>, tenantId?: string): Promise<T>
  /** One round trip. Throws when the database does not answer. */
  ping(): Promise<void>
  /** Hears of every revocation committed through this door, before whoever committed it goes on. Answers how to stop. */
  onRevocation(hear: (revocation: Revocation) => void): () => void
  /** Takes over telling the other replicas, for as long as it answers that it can; null hands it back. */
  tellThrough(messenger: Messenger | null): void
  /** Hears of every tenant in which something went on the record through this door. Answers how to stop. */
  onRecord(hear: (tenantId: string) => void): () => void
  pool: pg.Pool
  now: Clock
  close(): Promise<void>
}

// The id stands in the text of the statement: BEGIN and all settings are one round trip.
function behind(tenantId: string): string {
  if (!isUuid(tenantId)) throw new Error('a tenant id is a UUID')
  return `SET LOCAL "tenantry.tenant" = '${tenantId}'`
}

const asSystem = `SET LOCAL "tenantry.system" = 'on'`

// Deadlock and serialization failure: PostgreSQL undid everything and says to try again.
const retried = new Set(['40P01', '40001'])

const markCommitted = (tenantId: string, userId: string, key: string) =>
  sqlFor
    .updateTable('idempotency_keys')
    .set({ state: 'committed' })
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('key', '=', key)

type Options = { connection: Connection; servingRole: string | null; clock?: Clock; onError?: (error: Error) => void }

/** The one door to the data. `servingRole` is the role every transaction takes on, or null to stay as signed in. */
export function openDatabase({ connection, servingRole, clock = () => new Date(), onError }: Options): Database {
  const pool = new pg.Pool({
    max: 20,
    connectionTimeoutMillis: 5_000,
    application_name: 'tenantry',
    statement_timeout: 20_000,
    pipeline: true,
    ...connection,
  })
  pool.on('error', (error) => onError?.(error))
  // A connection that breaks while it is in use tells so itself; whoever uses it hears of it by its statement failing.
  pool.on('connect', (client) => client.on('error', () => {}))
  const hearers = new Set<(revocation: Revocation) => void>()
  let messenger: Messenger | null = null
  const readers = new Set<(tenantId: string) => void>()
  const role = servingRole === null ? '' : `SET LOCAL ROLE "${servingRole}"; `

  const transaction = async <T>(
    settings: string,
    tenantId: string | undefined,
    work: (tx: Tx) => Promise<T>,
  ): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { result, tx } = await attemptOnce(settings, work)
        for (const revocation of tx.told) for (const hear of hearers) hear(revocation)
        if (tx.records && tenantId !== undefined) for (const hear of readers) hear(tenantId)
        return result
      } catch (error) {
        if (!retried.has((error as { code?: string }).code ?? '') || attempt === 4) throw error
      }
    }
  }

  // Not waited for: the first statement follows in the same write.
  const begin = (client: pg.PoolClient, how: string, settings: string): Promise<unknown> => {
    holdUntilTurnEnds(client)
    const begun = client.query(`${how}; ${role}${settings}`)
    begun.catch(() => {})
    return begun
  }

  const atOnce = async <T>(settings: string, read: (tx: Tx) => Promise<T>): Promise<T> => {
    const client = await pool.connect()
    const letGo = hold(client)
    const begun = begin(client, 'BEGIN READ ONLY', settings)
    const tx = new Tx(client, clock())
    const result = (async () => read(tx))()
    result.catch(() => {})
    // Until everything that waits for nothing but this process has been asked.
    await new Promise((resolve) => process.nextTick(resolve))
    tx.end()
    const ended = Promise.all([begun, client.query('COMMIT')])
    letGo()
    ended.then(
      () => client.release(),
      (error) => client.release(error),
    )
    const [found] = await Promise.all([result, ended])
    return found
  }

  const attemptOnce = async <T>(settings: string, work: (tx: Tx) => Promise<T>): Promise<{ result: T; tx: Tx }> => {
    const client = await pool.connect()
    let broken: Error | undefined
    try {
      const begun = begin(client, 'BEGIN', settings)
      const tx = new Tx(client, clock())
      const result = await work(tx)
      await begun
      holdUntilTurnEnds(client)
      // A NOTIFY within the transaction takes a lock that all commits which notify wait for: only where nobody else tells.
      const told = messenger?.ready() ? messenger : null
      const recorded = tx.close({ tell: told === null })
      const [, { command }] = await Promise.all([recorded, client.query('COMMIT')])
      if (command !== 'COMMIT') throw new Error('a failed statement was overlooked: the transaction was rolled back')
      told?.send(tx.told)
      return { result, tx }
    } catch (error) {
      await client.query('ROLLBACK').catch((reason: Error) => {
        broken = reason
      })
      throw error
    } finally {
      client.release(broken)
    }
  }

  return {
    withTenant: ({ tenantId, userId, idempotencyKey }, work) => {
      if (!userId || idempotencyKey === undefined) return transaction(behind(tenantId), tenantId, work)
      return transaction(behind(tenantId), tenantId, async (tx) => {
        const result = await work(tx)
        if (tx.records) await tx.bookkeeping(markCommitted(tenantId, userId, idempotencyKey))
        return result
      })
    },
    asSystem: (_reason, work, tenantId) =>
      transaction(`${asSystem}${tenantId === undefined ? '' : `; ${behind(tenantId)}`}`, tenantId, work),
    readAtOnce: ({ tenantId }, read) => atOnce(behind(tenantId), read),
    readAtOnceAsSystem: (_reason, read) => atOnce(asSystem, read),
    ping: async () => {
      await pool.query('select 1')
    },
    onRevocation: (hear) => {
      hearers.add(hear)
      return () => hearers.delete(hear)
    },
    tellThrough: (next) => {
      messenger = next
    },
    onRecord: (hear) => {
      readers.add(hear)
      return () => readers.delete(hear)
    },
    pool,
    now: clock,
    close: () => pool.end(),
  }
}
