import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Actor } from '../access/actor.ts'
import { sqlFor } from '../database/builder.ts'
import type { Database } from '../database/database.ts'
import { sha256 } from '../secrets/tokens.ts'
import { problem } from './problem.ts'

/** The key of the request that is being carried out, or null without one. */
export type Keyed = string | null

type Once = { keep: boolean; carryOut: (key: Keyed) => Promise<string | null>; reply: FastifyReply }
// Older than this and still open: the process died before the transaction did anything.
const abandonedAfter = 60_000

/**
 * Carries a POST out at most once per user and Idempotency-Key. A repetition gets the first answer again; where that
 * held a secret, which is stored nowhere, it gets `already_done`. Refusals are not kept: they changed nothing.
 */
export function openIdempotency(database: Database) {
  const claim = (key: string, fingerprint: Buffer, actor: Actor) =>
    database.withTenant(actor, async (tx) => {
      const mine = { tenant_id: actor.tenantId, user_id: actor.userId ?? '', key }
      const inserted = await tx.bookkeeping(
        sqlFor
          .insertInto('idempotency_keys')
          .values({ ...mine, fingerprint, state: 'open', created_at: tx.now })
          .onConflict((conflict) =>
            conflict
              .columns(['tenant_id', 'user_id', 'key'])
              .doUpdateSet({ fingerprint, created_at: tx.now })
              .where('idempotency_keys.state', '=', 'open')
              .where('idempotency_keys.created_at', '<', new Date(tx.now.getTime() - abandonedAfter)),
          ),
      )
      if (inserted > 0) return null
      return await tx.first(keyed(actor, key))
    })

  return {
    async once(
      key: string,
      actor: Actor,
      request: FastifyRequest,
      { keep, carryOut, reply }: Once,
    ): Promise<string | null> {
      if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
        problem('invalid_input', { detail: 'An Idempotency-Key is 1 to 200 printable characters.' })
      }
      const fingerprint = sha256(`${request.method} ${request.url}\n${JSON.stringify(request.body ?? null)}`)
      const before = await claim(key, fingerprint, actor)
      if (before) {
        if (!before.fingerprint.equals(fingerprint)) problem('idempotency_key_reused')
        if (before.state === 'open') problem('in_progress', { retryAfter: 1 })
        if (before.state === 'committed') {
          problem('already_done', {
            detail: 'It was carried out; its answer held a secret that is shown only once, or was lost.',
          })
        }
        reply.header('idempotent-replayed', 'true')
        return before.body
      }
      try {
        const body = await carryOut(key)
        await database.withTenant(actor, (tx) =>
          tx.bookkeeping(
            sqlFor
              .updateTable('idempotency_keys')
              .set(keep ? { state: 'done', body } : { state: 'committed' })
              .where('tenant_id', '=', actor.tenantId)
              .where('user_id', '=', actor.userId ?? '')
              .where('key', '=', key),
          ),
        )
        return body
      } catch (error) {
        await database.withTenant(actor, (tx) =>
          tx.bookkeeping(
            sqlFor
              .deleteFrom('idempotency_keys')
              .where('tenant_id', '=', actor.tenantId)
              .where('user_id', '=', actor.userId ?? '')
              .where('key', '=', key)
              .where('state', '=', 'open'),
          ),
        )
        throw error
      }
    },
  }
}

const keyed = (actor: Actor, key: string) =>
  sqlFor
    .selectFrom('idempotency_keys')
    .select(['fingerprint', 'state', 'body'])
    .where('tenant_id', '=', actor.tenantId)
    .where('user_id', '=', actor.userId ?? '')
    .where('key', '=', key)
