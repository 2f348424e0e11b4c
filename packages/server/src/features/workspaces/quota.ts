import type { Accelerator, Bound, Quota, UserQuota, Want } from '@tenantry/contract'
import { isModel, overstepped, reasonOf } from '@tenantry/contract'
import { sqlFor } from '../../platform/database/builder.ts'
import type { ShareSummary } from '../../platform/database/schema.ts'
import type { Tx } from '../../platform/database/tx.ts'
import { problem } from '../../platform/http/problem.ts'
import { isNoWorkspace } from '../jobs/index.ts'

/** The row of `user_quotas` that holds for everybody who has none of their own. */
export const standard = '00000000-0000-0000-0000-000000000000'
export const unlimited: UserQuota = { gpus: null, cpus: null, memoryMiB: null, storageGiB: null, workspaces: null }

type Used = {
  model: string | null
  profile: string | null
  accelerators: number
  cpus: number
  memory_mib: number
  storage_gib: number
  workspaces: number
}
type Gpu = { model: string; profile: string | null; total: number; used: number; free: number }

/** What is known of an engine and of who uses it: everything that bounds are made of. */
export type Facts = {
  quota: Quota
  /** What the tenant can have of the engine at most, as it was read last; null before the first reading. */
  gpus: Gpu[] | null
  /** Granted on this engine, by accelerator. */
  held: Used[]
  /** What the tenant's other jobs use there now. */
  jobs: { model: string | null; gpus: number; cpus: number; memory_mib: number }[]
  /** Granted to the person on every engine. */
  own: Used[]
  userQuota: UserQuota
}

// Sums of what jobs and people ask for fit into no integer for sure: one too large would refuse everybody.
const sums = `model, profile, sum(accelerators)::float8 as accelerators, sum(cpus)::float8 as cpus, sum(memory_mib)::float8 as memory_mib,
  sum(storage_gib)::float8 as storage_gib, count(*) filter (where what = 'workspace')::int as workspaces`

/** Reads it all in one round trip. */
export async function readFacts(tx: Tx, tenantId: string, userId: string, engineId: string): Promise<Facts> {
  const [[allocation], [share], held, jobs, own, quotas] = await Promise.all([
    tx.read<{ quota: Quota }>(
      'select quota from allocations where tenant_id = $1 and engine_id = $2 and withdrawn_at is null',
      [tenantId, engineId],
    ),
    tx.read<{ summary: ShareSummary }>('select summary from engine_shares where tenant_id = $1 and engine_id = $2', [
      tenantId,
      engineId,
    ]),
    tx.read<Used>(`select ${sums} from quota_holds where tenant_id = $1 and engine_id = $2 group by model, profile`, [
      tenantId,
      engineId,
    ]),
    tx.read<Facts['jobs'][number]>(usedByJobs, [tenantId, engineId]),
    tx.read<Used>(`select ${sums} from quota_holds where tenant_id = $1 and user_id = $2 group by model, profile`, [
      tenantId,
      userId,
    ]),
    tx.read<{ user_id: string; quota: UserQuota }>(
      'select user_id, quota from user_quotas where tenant_id = $1 and user_id in ($2, $3)',
      [tenantId, userId, standard],
    ),
  ])
  const quotaOf = (id: string) => quotas.find(({ user_id }) => user_id === id)?.quota
  return {
    quota: allocation?.quota ?? { gpus: [], cpus: null, memoryMiB: null, storageGiB: null },
    gpus: share ? Object.values(share.summary).flatMap(({ gpus }) => gpus) : null,
    held,
    jobs,
    own,
    userQuota: quotaOf(userId) ?? quotaOf(standard) ?? unlimited,
  }
}

// Jobs that run and are no workspaces: those are held already.
const usedByJobs = `with running as (
    select j.doc from engine_jobs j where j.tenant_id = $1 and j.engine_id = $2 and j.rank = 0 and not j.is_array
      and ${isNoWorkspace})
  select null as model, 0::float8 as gpus, round(coalesce(sum((doc ->> 'cpus')::numeric), 0))::float8 as cpus,
    round(coalesce(sum((doc ->> 'memoryMiB')::numeric), 0))::float8 as memory_mib from running
  union all
  select g ->> 'model', sum((g ->> 'count')::numeric)::float8, 0, 0 from running, jsonb_array_elements(doc -> 'gpuModels') g group by 1`

/** Every bound that a launch is held to. Pure: what is shown while somebody types is what the grant is decided by. */
export function boundsOf({ quota, gpus, held, jobs, own, userQuota }: Facts): Bound[] {
  const total = (rows: readonly Used[], pick: (row: Used) => number) => rows.reduce((sum, row) => sum + pick(row), 0)
  const inJobs = (pick: (row: Facts['jobs'][number]) => number) => jobs.reduce((sum, row) => sum + pick(row), 0)
  const accelerators = (rows: readonly Used[], model: string | null, profile: string | null) =>
    total(
      rows.filter(
        (row) => row.profile === profile && row.model !== null && (model === null || isModel(model, row.model)),
      ),
      (row) => row.accelerators,
    )
  const ofJobs = (model: string) => inJobs((row) => (row.model !== null && isModel(model, row.model) ? row.gpus : 0))
  const plain = { model: null, profile: null }

  // A quota on slices names the profile; slices of others count as GPUs.
  const profileOf = (model: string) => (/^\d{1,2}g\.\d{1,3}gb/i.test(model) ? model.toLowerCase() : null)
  const slicesBut = quota.gpus.flatMap(({ model }) => profileOf(model) ?? [])
  const counted = held.filter(({ profile }) => profile === null || !slicesBut.includes(profile))
  const ofModel = (model: string) =>
    total(counted, (row) => (row.model !== null && isModel(model, row.model) ? row.accelerators : 0))

  const bounds: Bound[] = []
  for (const { model, count } of quota.gpus) {
    const profile = profileOf(model)
    bounds.push(
      profile === null
        ? {
            of: 'tenant',
            what: 'gpus',
            model,
            profile,
            total: count,
            used: ofModel(model) + ofJobs(model),
            slicesBut,
          }
        : { of: 'tenant', what: 'mig', model: null, profile, total: count, used: accelerators(held, null, profile) },
    )
  }
  bounds.push(
    {
      of: 'tenant',
      what: 'cpus',
      ...plain,
      total: quota.cpus,
      used: total(held, (r) => r.cpus) + inJobs((r) => r.cpus),
    },
    {
      of: 'tenant',
      what: 'memoryMiB',
      ...plain,
      total: quota.memoryMiB,
      used: total(held, (r) => r.memory_mib) + inJobs((r) => r.memory_mib),
    },
    { of: 'tenant', what: 'storageGiB', ...plain, total: quota.storageGiB, used: total(held, (r) => r.storage_gib) },
    {
      of: 'user',
      what: 'gpus',
      ...plain,
      total: userQuota.gpus,
      used: total(own, (r) => r.accelerators),
      slicesBut: [],
    },
    { of: 'user', what: 'cpus', ...plain, total: userQuota.cpus, used: total(own, (r) => r.cpus) },
    { of: 'user', what: 'memoryMiB', ...plain, total: userQuota.memoryMiB, used: total(own, (r) => r.memory_mib) },
    { of: 'user', what: 'storageGiB', ...plain, total: userQuota.storageGiB, used: total(own, (r) => r.storage_gib) },
    { of: 'user', what: 'workspaces', ...plain, total: userQuota.workspaces, used: total(own, (r) => r.workspaces) },
  )
  const kinds = new Map<string, Bound>()
  for (const gpu of gpus ?? []) {
    const key = `${gpu.model}\n${gpu.profile ?? ''}`
    const before = kinds.get(key)?.total ?? 0
    const used = accelerators(held, gpu.model, gpu.profile) + (gpu.profile === null ? ofJobs(gpu.model) : 0)
    kinds.set(key, {
      of: 'engine',
      what: gpu.profile === null ? 'gpus' : 'mig',
      model: gpu.model,
      profile: gpu.profile,
      // What others have of something shared is not to be had.
      total: before + Math.min(gpu.total, gpu.used + gpu.free),
      used,
    })
  }
  return [...bounds, ...kinds.values()]
}

/** Why something cannot be had, in sentences; null where it can. */
export function refusalOf(want: Want, facts: Facts): string | null {
  const { accelerator } = want
  if (accelerator && facts.gpus !== null && !facts.gpus.some((gpu) => isOf(accelerator, gpu)))
    return `The engine has no ${accelerator.kind === 'mig' ? `${accelerator.profile} slices of ` : ''}${accelerator.model}.`
  const over = overstepped(want, boundsOf(facts))
  return over.length === 0 ? null : over.map((bound) => reasonOf(want, bound)).join(' ')
}

const isOf = (accelerator: Accelerator, gpu: Gpu): boolean =>
  isModel(gpu.model, accelerator.model) &&
  (accelerator.kind === 'mig' ? gpu.profile === accelerator.profile : gpu.profile === null)

/** Makes grants of one tenant wait for each other, on every replica, until the transaction ends. */
export const lockQuota = (tx: Tx, tenantId: string): Promise<unknown> =>
  tx.read(`select pg_advisory_xact_lock(hashtextextended('tenantry quota ' || $1, 0))`, [tenantId])

export type Hold = { tenantId: string; engineId: string; userId: string; holder: string }

/** Throws `exceeds_quota` with every reason. */
export function refuseBeyond(want: Want, facts: Facts): void {
  const refusal = refusalOf(want, facts)
  if (refusal !== null) problem('exceeds_quota', { detail: refusal })
}

/** Grants what a workspace takes. The lock must be held since before it was seen that there is enough. */
export const hold = (
  tx: Tx,
  { tenantId, engineId, userId, holder }: Hold,
  { accelerator, cpus, memoryMiB }: Omit<Want, 'storageGiB'>,
): Promise<number> =>
  tx.bookkeeping(
    sqlFor.insertInto('quota_holds').values({
      tenant_id: tenantId,
      holder,
      engine_id: engineId,
      user_id: userId,
      what: 'workspace',
      model: accelerator?.model ?? null,
      profile: accelerator?.kind === 'mig' ? accelerator.profile : null,
      accelerators: accelerator?.count ?? 0,
      cpus,
      memory_mib: memoryMiB,
      since: tx.now,
    }),
  )

/** What a volume holds, as long as it is there. */
export const holdStorage = (
  tx: Tx,
  { tenantId, engineId, userId, holder }: Hold,
  storageGiB: number,
): Promise<number> =>
  tx.bookkeeping(
    sqlFor.insertInto('quota_holds').values({
      tenant_id: tenantId,
      holder,
      engine_id: engineId,
      user_id: userId,
      what: 'volume',
      storage_gib: storageGiB,
      since: tx.now,
    }),
  )

/** Nothing of it is at the engine any more. */
export const letGo = (tx: Tx, tenantId: string, holder: string): Promise<number> =>
  tx.bookkeeping(sqlFor.deleteFrom('quota_holds').where('tenant_id', '=', tenantId).where('holder', '=', holder))

/** Somebody else has it now. */
export const passOn = (tx: Tx, tenantId: string, holder: string, to: string): Promise<number> =>
  tx.bookkeeping(
    sqlFor
      .updateTable('quota_holds')
      .set({ user_id: to })
      .where('tenant_id', '=', tenantId)
      .where('holder', '=', holder),
  )

/**
 * Grants of one tenant, one at a time in this process: whoever waits for the lock holds a connection, and a rush of one
 * tenant must not take them all.
 */
export function inTurn(): <T>(tenantId: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>()
  return (tenantId, work) => {
    const turn = (last.get(tenantId) ?? Promise.resolve()).then(work, work)
    const settled = turn.catch(() => {})
    last.set(tenantId, settled)
    void settled.then(() => {
      if (last.get(tenantId) === settled) last.delete(tenantId)
    })
    return turn
  }
}
