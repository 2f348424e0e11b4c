import pg from 'pg'
import { isUuid } from '../secrets/ids.ts'
import { sqlFor } from './builder.ts'
import { type Revocation, Tx } from './tx.ts'

export type Connection = pg.PoolConfig
export type Clock = () => Date

/** The tenant, and the request whose repetition must be known once this transaction is committed. */
export type Behind = { tenantId: string; userId?: string | null; idempotencyKey?: string }

export type Database = {
  /** Runs `work` in one transaction behind the wall of one tenant. Commits when it resolves, else rolls back. */
  withTenant<T>(tenant: Behind, work: (tx: Tx) => Promise<T>): Promise<T>
  /**
   * Runs `work` as the system: it sees the directory of tenants and what belongs to none, but no tenant's rows.
   * The reason is for whoever reads the call. With `tenantId` it also stands behind the wall of that tenant: for making one.
   */
  asSystem<T>(reason: string, work: (tx: Tx) => Promise<T>, tenantId?: string): Promise<T>
  /** One round trip. Throws when the database does not answer. */
  ping(): Promise<void>
  /** Hears of every revocation committed through this door, before whoever committed it goes on. Answers how to stop. */
  onRevocation(hear: (revocation: Revocation) => void): () => void
  pool: pg.Pool
  now: Clock
  close(): Promise<void>
}

// The id stands in the text of the statement: BEGIN and all settings are one round trip.
function behind(tenantId: string): string {
  if (!isUuid(tenantId)) throw new Error('a tenant id is a UUID')
  return `SET LOCAL "tenantry.tenant" = '${tenantId}'`
}

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
    ...connection,
  })
  pool.on('error', (error) => onError?.(error))
  const hearers = new Set<(revocation: Revocation) => void>()
  const role = servingRole === null ? '' : `SET LOCAL ROLE "${servingRole}"; `

  const transaction = async <T>(settings: string, work: (tx: Tx) => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await attemptOnce(settings, work)
      } catch (error) {
        if (!retried.has((error as { code?: string }).code ?? '') || attempt === 4) throw error
      }
    }
  }

  const attemptOnce = async <T>(settings: string, work: (tx: Tx) => Promise<T>): Promise<T> => {
    const client = await pool.connect()
    let broken: Error | undefined
    try {
      await client.query(`BEGIN; ${role}${settings}`)
      const tx = new Tx(client, clock())
      const result = await work(tx)
      await tx.close()
      const { command } = await client.query('COMMIT')
      if (command !== 'COMMIT') throw new Error('a failed statement was overlooked: the transaction was rolled back')
      for (const revocation of tx.told) for (const hear of hearers) hear(revocation)
      return result
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
      if (!userId || idempotencyKey === undefined) return transaction(behind(tenantId), work)
      return transaction(behind(tenantId), async (tx) => {
        const result = await work(tx)
        if (tx.records) await tx.bookkeeping(markCommitted(tenantId, userId, idempotencyKey))
        return result
      })
    },
    asSystem: (_reason, work, tenantId) =>
      transaction(`SET LOCAL "tenantry.system" = 'on'${tenantId === undefined ? '' : `; ${behind(tenantId)}`}`, work),
    ping: async () => {
      await pool.query('select 1')
    },
    onRevocation: (hear) => {
      hearers.add(hear)
      return () => hearers.delete(hear)
    },
    pool,
    now: clock,
    close: () => pool.end(),
  }
}
