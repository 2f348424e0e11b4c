import { sqlFor } from '../../platform/database/builder.ts'
import type { Database } from '../../platform/database/database.ts'
import { type Places, prepare } from '../../platform/database/prepare.ts'
import type { Tx } from '../../platform/database/tx.ts'
import { type Caller, type Counted, nil } from './caller.ts'

const minuteLong = 60_000

/** One limit with what is left of it; `reset` in seconds. */
export type Left = { limit: number; remaining: number; reset: number }
export type Admission = { requests: Left | null; tokens: Left | null }

export type LimitReason = 'requests' | 'tokens' | 'month' | 'key_requests' | 'key_month'
/** More than may be used. `retryAfter` in seconds. */
export class LimitReached extends Error {
  readonly reason: LimitReason
  readonly left: Left
  constructor(reason: LimitReason, message: string, left: Left) {
    super(message)
    this.reason = reason
    this.left = left
  }
}

/** A new minute or month brings what was used up back. */
export const isBudget = (reason: LimitReason): boolean => reason === 'month' || reason === 'key_month'

const unlimited: Admission = { requests: null, tokens: null }

/**
 * Lets one request in and counts it, over all replicas, or refuses: throws `LimitReached`. Where nothing is limited, the
 * database is not asked.
 */
export async function admit(database: Database, caller: Caller, model: Counted): Promise<Admission> {
  const { limits } = model
  const { key } = caller
  const free =
    limits.requestsPerMinute === null &&
    limits.tokensPerMinute === null &&
    limits.tokensPerMonth === null &&
    (key?.requestsPerMinute ?? null) === null &&
    (key?.tokensPerMonth ?? null) === null
  if (free) return unlimited
  return database.withTenant(caller, async (tx) => {
    const now = tx.now.getTime()
    const minute = new Date(Math.floor(now / minuteLong) * minuteLong)
    const reset = Math.ceil((minute.getTime() + minuteLong - now) / 1000)
    const perPerson = limits.requestsPerMinute !== null || limits.tokensPerMinute !== null
    const perKey = key !== null && key.requestsPerMinute !== null
    // Asked for together: one round trip.
    const [ofPerson, ofKey, month, keyMonth] = await Promise.all([
      perPerson ? count(tx, caller.tenantId, caller.userId, model.id, minute) : null,
      perKey ? count(tx, caller.tenantId, key.id, nil, minute) : null,
      limits.tokensPerMonth === null ? null : usedBy(tx, caller.tenantId, 'user_id', caller.userId, model.id),
      key === null || key.tokensPerMonth === null ? null : usedBy(tx, caller.tenantId, 'key_id', key.id, null),
    ])
    holdMonth(month, limits.tokensPerMonth, 'month', `of ${model.name} in a month`, tx.now)
    holdMonth(keyMonth, key?.tokensPerMonth ?? null, 'key_month', 'of this key in a month', tx.now)
    if (ofKey && perKey)
      hold(ofKey.requests, key.requestsPerMinute, 'key_requests', 'requests of this key in a minute', reset)
    if (ofPerson) {
      hold(ofPerson.requests, limits.requestsPerMinute, 'requests', `requests to ${model.name} in a minute`, reset)
      hold(ofPerson.tokens + 1, limits.tokensPerMinute, 'tokens', `tokens of ${model.name} in a minute`, reset)
    }
    const left = (used: number | undefined, limit: number | null | undefined): Left | null =>
      used === undefined || limit === null || limit === undefined
        ? null
        : { limit, remaining: Math.max(0, limit - used), reset }
    return {
      requests: tighter(
        left(ofPerson?.requests, limits.requestsPerMinute),
        left(ofKey?.requests, key?.requestsPerMinute),
      ),
      tokens: left(ofPerson?.tokens, limits.tokensPerMinute),
    }
  })
}

/** Throwing undoes the counting: what is refused is not counted. */
function hold(used: number, limit: number | null, reason: LimitReason, what: string, reset: number): void {
  if (limit === null || used <= limit) return
  throw new LimitReached(reason, `You may use ${limit} ${what}.`, { limit, remaining: 0, reset })
}
function holdMonth(used: number | null, limit: number | null, reason: LimitReason, what: string, now: Date): void {
  if (used === null || limit === null || used < limit) return
  const next = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)
  const reset = Math.ceil((next - now.getTime()) / 1000)
  throw new LimitReached(reason, `You may use ${limit} tokens ${what}.`, { limit, remaining: 0, reset })
}

const tighter = (one: Left | null, other: Left | null): Left | null =>
  one && other ? (one.remaining <= other.remaining ? one : other) : (one ?? other)

type Minute = { tenantId: string; subject: string; modelId: string; minute: Date }
const counting = prepare((place: Places<Minute>) =>
  sqlFor
    .insertInto('model_minutes')
    .values({
      tenant_id: place('tenantId'),
      subject: place('subject'),
      model_id: place('modelId'),
      minute: place('minute'),
      requests: 1,
      tokens: 0,
    })
    .onConflict((clash) =>
      clash
        .columns(['tenant_id', 'subject', 'model_id', 'minute'])
        .doUpdateSet((eb) => ({ requests: eb('model_minutes.requests', '+', 1) })),
    )
    .returning(['requests', 'tokens']),
)

/** Counts one request; answers how many there were in the minute, this one among them. */
async function count(tx: Tx, tenantId: string, subject: string, modelId: string, minute: Date) {
  const [row] = await tx.counted(counting({ tenantId, subject, modelId, minute }))
  return { requests: row?.requests ?? 0, tokens: Number(row?.tokens ?? 0) }
}

/** Tokens since the first of the month, UTC. */
async function usedBy(
  tx: Tx,
  tenantId: string,
  column: 'user_id' | 'key_id',
  id: string,
  modelId: string | null,
): Promise<number> {
  const [row] = await tx.read<{ used: string }>(
    `select coalesce(sum(input_tokens + output_tokens), 0) as used from model_usage
     where tenant_id = $1 and ${column} = $2 and day >= date_trunc('month', $3::timestamptz at time zone 'UTC')::date
       and ($4::uuid is null or model_id = $4)`,
    [tenantId, id, tx.now, modelId],
    `model usage by ${column}`,
  )
  return Number(row?.used ?? 0)
}
