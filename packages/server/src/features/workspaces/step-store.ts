import type { Scope } from '@tenantry/contract'
import type { WorkspaceSpec } from '../../engines/port.ts'
import { sqlFor } from '../../platform/database/builder.ts'
import type { IdleJudged, Phases, Tables, TenantStatus, WorkspaceMadeOf } from '../../platform/database/schema.ts'
import type { Tx } from '../../platform/database/tx.ts'

/** Whoever carries one on has it for this long, in seconds: longer than any call to an engine may take. */
const leaseSeconds = 60

export type Due = { tenant_id: string; id: string; engine_id: string }

/** Those that are due and nobody has, of every tenant: the `most` of each engine that wait longest. As the system. */
export const listDue = (tx: Tx, most: number): Promise<Due[]> =>
  tx.read<Due>(
    `select tenant_id, id, engine_id from (
       select tenant_id, id, engine_id, next_at, row_number() over (partition by engine_id order by next_at) as place
       from workspaces where next_at <= $1 and (lease_until is null or lease_until < $1)) due
     where place <= $2 order by place, next_at`,
    [tx.now, most],
  )

export type Held = {
  id: string
  owner_id: string
  name: string
  engine_id: string
  volume_id: string | null
  volume: string | null
  size_gib: number | null
  native: string
  scope: Scope
  tenant_status: TenantStatus
  spec: WorkspaceMadeOf
  wanted: 'running' | 'stopped' | 'deleted'
  turn: number
  again: boolean
  remove_volume: boolean
  heir: string | null
  state: Tables['workspaces']['state']
  reason: string | null
  broke: boolean
  phases: Phases
  secret: Buffer | null
  handle: string | null
  address: string | null
  idle: IdleJudged | null
  last_active_at: Date | null
  extended_at: Date | null
  started_at: Date | null
  failing_since: Date | null
}

/** Takes one that is due for whoever asks; undefined where another has it, or it is not due any more. */
export async function take(tx: Tx, tenantId: string, id: string, lease: string): Promise<Held | undefined> {
  const until = new Date(tx.now.getTime() + leaseSeconds * 1000)
  const taken = await tx.bookkeeping(
    sqlFor
      .updateTable('workspaces')
      .set({ lease, lease_until: until })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('next_at', '<=', tx.now)
      .where((q) => q.or([q('lease_until', 'is', null), q('lease_until', '<', tx.now)])),
  )
  if (taken === 0) return undefined
  const [row] = await tx.read<Held>(
    `select w.id, w.owner_id, w.name, w.engine_id, w.volume_id, v.native as volume, v.size_gib, w.native, w.scope, t.status as tenant_status, w.spec, w.wanted,
       w.turn, w.again, w.remove_volume, w.heir, w.state, w.reason, w.broke, w.phases, w.secret, w.handle, w.address, w.idle,
       w.last_active_at, w.extended_at, w.started_at, w.failing_since
     from workspaces w join tenants t on t.id = w.tenant_id left join volumes v on v.tenant_id = w.tenant_id and v.id = w.volume_id
     where w.tenant_id = $1 and w.id = $2`,
    [tenantId, id],
  )
  return row
}

export type Seen = Partial<{
  wanted: 'running' | 'stopped'
  state: Tables['workspaces']['state']
  reason: string | null
  broke: boolean
  again: boolean
  phases: Phases
  handle: string | null
  address: string | null
  idle: IdleJudged | null
  last_active_at: Date | null
  started_at: Date | null
  failing_since: Date | null
}>

/**
 * Notes what was seen at the engine, and when to look next; null: not again until somebody decides something. Where somebody
 * did meanwhile, it is looked at at once, and their state stands. False where another has taken it over.
 */
export async function note(
  tx: Tx,
  tenantId: string,
  { id, turn }: Held,
  lease: string,
  { phases, idle, ...seen }: Seen,
  next: Date | null,
): Promise<boolean> {
  const mine = sqlFor
    .updateTable('workspaces')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('lease', '=', lease)
  const free = { lease: null, lease_until: null }
  const changed = await tx.bookkeeping(
    mine
      .set({
        ...free,
        ...seen,
        ...(phases && { phases: JSON.stringify(phases) }),
        ...(idle !== undefined && { idle: idle && JSON.stringify(idle) }),
        next_at: next,
      })
      .where('turn', '=', turn),
  )
  if (changed > 0) return true
  // What is at the engine is so whatever was decided meanwhile.
  const facts = { ...('handle' in seen && { handle: seen.handle }) }
  await tx.bookkeeping(mine.set({ ...free, ...facts, next_at: tx.now }))
  return false
}

export const toSpec = (row: Held, secret: string): WorkspaceSpec => ({
  name: row.native,
  image: row.spec.image,
  command: row.spec.command,
  cpus: row.spec.cpus,
  memoryMiB: row.spec.memoryMiB,
  accelerator: row.spec.accelerator,
  volume: row.volume === null ? null : { name: row.volume, sizeGiB: row.size_gib ?? 1 },
  datasets: row.spec.datasets,
  placement: row.spec.placement,
  environment: row.spec.environment,
  secret,
})
