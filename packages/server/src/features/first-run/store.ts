import { sqlFor } from '../../platform/database/builder.ts'
import type { Tx } from '../../platform/database/tx.ts'

export const platformExists = async (tx: Tx): Promise<boolean> =>
  (await tx.first(sqlFor.selectFrom('tenants').select('id').where('kind', '=', 'platform'))) !== undefined

export const findLink = (tx: Tx) => tx.first(sqlFor.selectFrom('first_run').select(['token_hash', 'expires_at']))

/** Makes two set-ups at once wait for each other. */
export const lockLink = (tx: Tx) => tx.read(`select pg_advisory_xact_lock(hashtextextended('first run', 0))`, [])

export const setLink = (tx: Tx, hash: Buffer, expiresAt: Date): Promise<number> =>
  tx.bookkeeping(
    sqlFor
      .insertInto('first_run')
      .values({ token_hash: hash, expires_at: expiresAt })
      .onConflict((conflict) => conflict.column('single').doUpdateSet({ token_hash: hash, expires_at: expiresAt })),
  )

export const closeLink = (tx: Tx): Promise<number> =>
  tx.bookkeeping(sqlFor.updateTable('first_run').set({ token_hash: null }))
