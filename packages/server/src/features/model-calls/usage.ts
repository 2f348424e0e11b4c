import type { TokenUse } from '@tenantry/contract'
import type { Logger } from 'pino'
import { sqlFor } from '../../platform/database/builder.ts'
import type { Database } from '../../platform/database/database.ts'
import type { Tx } from '../../platform/database/tx.ts'
import { problemOfDatabase } from '../../platform/http/database-problems.ts'
import { type Caller, type Counted, nil } from './caller.ts'
import { costOf } from './tally.ts'

export type Used = { caller: Caller; model: Counted; usage: TokenUse; failed: boolean }

/** Writes down what was used: within a moment, all that ended in it together. */
export type UsageBook = {
  record(used: Used): void
  /** What is still to be written is. */
  close(): Promise<void>
}

/** Milliseconds. */
const moment = 100
const again = 1_000
/** Where the database stays away, the oldest are let go of beyond so many: with a word in the log. */
const most = 100_000

export function openUsageBook(database: Database, log: Logger): UsageBook {
  let waiting: Used[] = []
  let writing: Promise<void> | null = null
  let closed = false
  let hurry = () => {}
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      hurry = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const write = async () => {
    while (waiting.length > 0) {
      if (!closed) await pause(moment)
      const batch = waiting
      waiting = []
      const failed: Used[] = []
      for (const [tenantId, some] of byTenant(batch)) {
        await putAll(tenantId, some, failed)
      }
      if (failed.length === 0) continue
      waiting = [...failed, ...waiting]
      const lost = waiting.splice(0, Math.max(0, waiting.length - most))
      if (lost.length > 0) log.error({ requests: lost.length }, 'what was used of models is lost')
      if (closed) return
      await pause(again)
    }
  }

  const attempt = (tenantId: string, some: Used[]) => database.withTenant({ tenantId }, (tx) => put(tx, tenantId, some))
  /** Where the database is away, it is for later; where it refuses one, the others are written all the same. */
  const putAll = async (tenantId: string, some: Used[], failed: Used[]): Promise<void> => {
    const error = await attempt(tenantId, some).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    if (error === null) return
    if (problemOfDatabase(error)?.code === 'unavailable') {
      log.warn({ err: error }, 'what was used of models could not be written down; it is tried again')
      failed.push(...some)
    } else if (some.length === 1) log.error({ err: error }, 'what one request used of a model is lost')
    else for (const one of some) await putAll(tenantId, [one], failed)
  }

  const start = () => {
    writing ??= write().finally(() => {
      writing = null
      if (waiting.length > 0 && !closed) start()
    })
  }
  return {
    record(used) {
      waiting.push(used)
      start()
    },
    async close() {
      closed = true
      hurry()
      await writing
      if (waiting.length > 0) await write()
    },
  }
}

function byTenant(batch: Used[]): Map<string, Used[]> {
  const found = new Map<string, Used[]>()
  for (const used of batch) {
    const { tenantId } = used.caller
    const some = found.get(tenantId)
    if (some) some.push(used)
    else found.set(tenantId, [used])
  }
  return found
}

async function put(tx: Tx, tenantId: string, batch: Used[]): Promise<void> {
  const day = tx.now.toISOString().slice(0, 10)
  const minute = new Date(Math.floor(tx.now.getTime() / 60_000) * 60_000)
  const days = sums(batch, ({ caller, model }) => [
    caller.userId,
    caller.key?.id ?? nil,
    model.id,
    model.price?.currency ?? '',
  ])
  await tx.bookkeeping(
    sqlFor
      .insertInto('model_usage')
      .values(
        days.map(({ first: { caller, model }, ...sum }) => ({
          tenant_id: tenantId,
          day,
          user_id: caller.userId,
          key_id: caller.key?.id ?? nil,
          model_id: model.id,
          currency: model.price?.currency ?? '',
          requests: sum.requests,
          failed: sum.failed,
          input_tokens: sum.input,
          output_tokens: sum.output,
          estimated_tokens: sum.estimated,
          cost: sum.cost,
        })),
      )
      .onConflict((clash) =>
        clash.columns(['tenant_id', 'day', 'user_id', 'key_id', 'model_id', 'currency']).doUpdateSet((eb) => ({
          requests: eb('model_usage.requests', '+', eb.ref('excluded.requests')),
          failed: eb('model_usage.failed', '+', eb.ref('excluded.failed')),
          input_tokens: eb('model_usage.input_tokens', '+', eb.ref('excluded.input_tokens')),
          output_tokens: eb('model_usage.output_tokens', '+', eb.ref('excluded.output_tokens')),
          estimated_tokens: eb('model_usage.estimated_tokens', '+', eb.ref('excluded.estimated_tokens')),
          cost: eb('model_usage.cost', '+', eb.ref('excluded.cost')),
        })),
      ),
  )
  const limited = sums(
    batch.filter(({ model }) => model.limits.tokensPerMinute !== null),
    ({ caller, model }) => [caller.userId, model.id],
  )
  if (limited.length > 0) {
    await tx.bookkeeping(
      sqlFor
        .insertInto('model_minutes')
        .values(
          limited.map(({ first: { caller, model }, input, output }) => ({
            tenant_id: tenantId,
            subject: caller.userId,
            model_id: model.id,
            minute,
            requests: 0,
            tokens: input + output,
          })),
        )
        .onConflict((clash) =>
          clash
            .columns(['tenant_id', 'subject', 'model_id', 'minute'])
            .doUpdateSet((eb) => ({ tokens: eb('model_minutes.tokens', '+', eb.ref('excluded.tokens')) })),
        ),
    )
  }
  const keys = [...new Set(batch.flatMap(({ caller }) => (caller.key ? [caller.key.id] : [])))]
  if (keys.length > 0) {
    await tx.bookkeeping(
      sqlFor
        .updateTable('model_keys')
        .set({ last_used_at: tx.now })
        .where('tenant_id', '=', tenantId)
        .where('id', 'in', keys)
        .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', minute)])),
    )
  }
}

type Sum = {
  first: Used
  requests: number
  failed: number
  input: number
  output: number
  estimated: number
  cost: number
}

/** In one order everywhere, so that two replicas never wait for each other. */
function sums(batch: Used[], keyOf: (used: Used) => string[]): Sum[] {
  const found = new Map<string, Sum>()
  for (const used of batch) {
    const key = keyOf(used).join(' ')
    const sum = found.get(key) ?? { first: used, requests: 0, failed: 0, input: 0, output: 0, estimated: 0, cost: 0 }
    const { input, output, estimated } = used.usage
    sum.requests += 1
    sum.failed += used.failed ? 1 : 0
    sum.input += input
    sum.output += output
    sum.estimated += estimated ? input + output : 0
    sum.cost += costOf(used.usage, used.model.price)
    found.set(key, sum)
  }
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, sum]) => sum)
}
