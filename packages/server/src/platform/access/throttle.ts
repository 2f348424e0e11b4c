import { createHmac } from 'node:crypto'
import { sql } from 'kysely'
import { sqlFor } from '../database/builder.ts'
import { type Places, prepare } from '../database/prepare.ts'
import type { Tx } from '../database/tx.ts'

const second = 1000
const minute = 60 * second
/** Failures before the first wait, before the first lock, and how long one is remembered. */
export const freeTries = 3
export const lockAt = 10
const remembered = 24 * 60 * minute

/**
 * How long nobody may try after `failures` in a row, in milliseconds: first a slowing-down of seconds, from `lockAt` on a
 * lock that begins at 15 minutes and doubles to a day.
 */
export function waitAfter(failures: number): number {
  if (failures >= lockAt) return Math.min(15 * minute * 2 ** (failures - lockAt), remembered)
  return failures <= freeTries ? 0 : Math.min(2 ** (failures - freeTries) * second, 30 * second)
}

/** Of an address: many people may share one, so it is given more, and waits but never locks for long. */
export const waitOfAddressAfter = (failures: number): number =>
  failures < 50 ? 0 : Math.min(2 ** Math.min(failures - 50, 10) * second, 15 * minute)

const keyOf = (...parts: string[]) => createHmac('sha256', 'sign-in throttle').update(JSON.stringify(parts)).digest()

/** What a failed attempt counts against: the account as it was named, whether it exists or not; by a device it knows, apart. */
export const accountKey = (slug: string, name: string, device: string | null): Buffer =>
  keyOf('account', slug.toLowerCase(), name.toLowerCase(), device ?? '')
export const addressKey = (address: string): Buffer => keyOf('address', address)

/** When each key may be tried again, for those that may not now. */
export const blockedUntil = (
  tx: Tx,
  keys: Buffer[],
): Promise<{ key: Buffer; blocked_until: Date | null; failures: number }[]> => tx.many(byKeys({ keys }))
const byKeys = prepare((place: Places<{ keys: Buffer[] }>) =>
  sqlFor
    .selectFrom('sign_in_throttle')
    .select(['key', 'blocked_until', 'failures'])
    .where('key', '=', sql<Buffer>`any(${place('keys')}::bytea[])`),
)

/** Counts one more failure and answers how many there are now. Those older than a day are forgotten. */
export async function countFailure(tx: Tx, key: Buffer): Promise<number> {
  const old = new Date(tx.now.getTime() - remembered)
  const rows = await tx.many(
    sqlFor
      .insertInto('sign_in_throttle')
      .values({ key, failures: 1, blocked_until: null, last_at: tx.now })
      .onConflict((conflict) =>
        conflict.column('key').doUpdateSet({
          failures: sql<number>`case when sign_in_throttle.last_at < ${old} and coalesce(sign_in_throttle.blocked_until, ${old}) <= ${tx.now}
            then 1 else sign_in_throttle.failures + 1 end`,
          last_at: tx.now,
        }),
      )
      .returning('failures'),
  )
  return rows[0]?.failures ?? 1
}

export const block = (tx: Tx, key: Buffer, until: Date): Promise<number> =>
  tx.bookkeeping(sqlFor.updateTable('sign_in_throttle').set({ blocked_until: until }).where('key', '=', key))

export const forget = (tx: Tx, keys: Buffer[]): Promise<number> => tx.bookkeeping(forgotten({ keys }))
const forgotten = prepare((place: Places<{ keys: Buffer[] }>) =>
  sqlFor.deleteFrom('sign_in_throttle').where('key', '=', sql<Buffer>`any(${place('keys')}::bytea[])`),
)

/** Opens an account under every name it can be signed in with, for devices it does not know. */
export const openThrottle = (tx: Tx, slug: string, names: string[]): Promise<number> =>
  forget(
    tx,
    names.map((name) => accountKey(slug, name, null)),
  )
