import type { CarryThrough, EngineKind, Scope } from '@tenantry/contract'
import { sql } from 'kysely'
import { sqlFor } from '../../platform/database/builder.ts'
import type { Tx } from '../../platform/database/tx.ts'

export type Due = {
  tenant_id: string
  user_id: string
  username: string
  wanted: number
  attempts: number
  access: string
}

/** What is due at an engine, of any tenant, the oldest first. As the system. */
export const listDue = (tx: Tx, engineId: string, most: number): Promise<Due[]> =>
  tx.read<Due>(
    `select tenant_id, user_id, username, wanted, attempts, access from carry_through
     where engine_id = $1 and next_at <= clock_timestamp() order by next_at limit $2`,
    [engineId, most],
    'carry-through due',
  )

export type AllocationNow = { scope: Scope; former: Scope[]; withdrawn_at: Date | null }

export const findAllocation = (tx: Tx, tenantId: string, engineId: string): Promise<AllocationNow | undefined> =>
  tx.first(
    sqlFor
      .selectFrom('allocations')
      .select(['scope', 'former', 'withdrawn_at'])
      .where('tenant_id', '=', tenantId)
      .where('engine_id', '=', engineId),
  ) as Promise<AllocationNow | undefined>

/** Makes a name at an engine this person's. False where it is somebody else's, in whichever tenant. */
export async function takeName(
  tx: Tx,
  engineId: string,
  name: string,
  tenantId: string,
  userId: string,
): Promise<boolean> {
  const row = { engine_id: engineId, name, tenant_id: tenantId, user_id: userId }
  await tx.bookkeeping(
    sqlFor
      .insertInto('engine_names')
      .values(row)
      .onConflict((clash) => clash.doNothing()),
  )
  const held = await tx.first(
    sqlFor.selectFrom('engine_names').select('user_id').where('engine_id', '=', engineId).where('name', '=', name),
  )
  return held?.user_id === userId
}

export const releaseNames = (tx: Tx, engineId: string, tenantId: string, userId: string): Promise<number> =>
  tx.bookkeeping(
    sqlFor
      .deleteFrom('engine_names')
      .where('engine_id', '=', engineId)
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId),
  )

type Where = { tenantId: string; engineId: string; userId: string; wanted: number }

/** Notes that the engine is in step, unless something else was decided meanwhile. Answers whether it is. */
export async function noteInStep(tx: Tx, where: Where, access: string): Promise<boolean> {
  const changed = await tx.bookkeeping(
    sqlFor
      .updateTable('carry_through')
      .set({ state: 'in_step', access, reason: null, attempts: 0, next_at: null, updated_at: tx.now })
      .where('tenant_id', '=', where.tenantId)
      .where('engine_id', '=', where.engineId)
      .where('user_id', '=', where.userId)
      .where('wanted', '=', where.wanted),
  )
  return changed > 0
}

/** Notes why it could not be carried through, and in how many seconds it is tried again. */
export const noteFailure = (tx: Tx, where: Where, reason: string, again: number): Promise<number> =>
  tx.bookkeeping(
    sqlFor
      .updateTable('carry_through')
      .set({
        state: 'failed',
        reason,
        attempts: sql<number>`attempts + 1`,
        next_at: sql<Date>`clock_timestamp() + make_interval(secs => ${again})`,
        updated_at: tx.now,
      })
      .where('tenant_id', '=', where.tenantId)
      .where('engine_id', '=', where.engineId)
      .where('user_id', '=', where.userId)
      .where('wanted', '=', where.wanted),
  )

export const forget = (tx: Tx, { tenantId, engineId, userId }: Where): Promise<number> =>
  tx.bookkeeping(
    sqlFor
      .deleteFrom('carry_through')
      .where('tenant_id', '=', tenantId)
      .where('engine_id', '=', engineId)
      .where('user_id', '=', userId),
  )

/**
 * Once everybody of the tenant is in step at the engine, former parts are of no account, and a part that was taken back is
 * forgotten for good.
 */
export async function settle(tx: Tx, tenantId: string, engineId: string): Promise<void> {
  const [open] = await tx.read(
    `select 1 from carry_through where tenant_id = $1 and engine_id = $2 and state <> 'in_step' limit 1`,
    [tenantId, engineId],
  )
  if (open) return
  const here = (table: 'carry_through' | 'engine_names') =>
    sqlFor.deleteFrom(table).where('tenant_id', '=', tenantId).where('engine_id', '=', engineId)
  const gone = await tx.bookkeeping(
    sqlFor
      .deleteFrom('allocations')
      .where('tenant_id', '=', tenantId)
      .where('engine_id', '=', engineId)
      .where('withdrawn_at', 'is not', null),
  )
  if (gone > 0) {
    await tx.bookkeeping(here('carry_through'))
    await tx.bookkeeping(here('engine_names'))
    return
  }
  await tx.bookkeeping(
    sqlFor
      .updateTable('allocations')
      .set({ former: '[]' })
      .where('tenant_id', '=', tenantId)
      .where('engine_id', '=', engineId)
      .where(sql<boolean>`former <> '[]'::jsonb`),
  )
}

type Row = {
  engine_id: string
  name: string
  kind: EngineKind
  state: CarryThrough['state']
  access: string
  reason: string | null
  attempts: number
  updated_at: Date
  next_at: Date | null
}

export const listOfUser = (tx: Tx, tenantId: string, userId: string): Promise<Row[]> =>
  tx.many(
    sqlFor
      .selectFrom('carry_through as c')
      .innerJoin('engine_health as h', 'h.engine_id', 'c.engine_id')
      .select([
        'c.engine_id',
        'h.name',
        'h.kind',
        'c.state',
        'c.access',
        'c.reason',
        'c.attempts',
        'c.updated_at',
        'c.next_at',
      ])
      .where('c.tenant_id', '=', tenantId)
      .where('c.user_id', '=', userId)
      .orderBy('h.name'),
  )

export const retry = (tx: Tx, tenantId: string, userId: string): Promise<number> =>
  tx.run(
    sqlFor
      .updateTable('carry_through')
      .set({ state: 'pending', reason: null, attempts: 0, next_at: tx.now, updated_at: tx.now })
      .set({ wanted: sql<number>`wanted + 1` })
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId),
  )
