import type { GpuAmount, Quota, TenantQuota } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import type { ShareSummary } from '../../platform/database/schema.ts'
import type { Deps } from '../../platform/deps.ts'
import { sumParts } from './summary.ts'

type Row = { engine_id: string; name: string; quota: Quota; summary: ShareSummary | null }

/** What the tenant may use of each engine, and uses. */
export async function listQuotas({ database }: Deps, actor: Actor): Promise<{ items: TenantQuota[] }> {
  authorize(actor, 'quota.view')
  const rows = await database.readAtOnce(actor, (tx) =>
    tx.read<Row>(
      `select a.engine_id, h.name, a.quota, s.summary from allocations a join engine_health h on h.engine_id = a.engine_id
       left join engine_shares s on s.tenant_id = a.tenant_id and s.engine_id = a.engine_id
       where a.tenant_id = $1 and a.withdrawn_at is null order by h.name`,
      [actor.tenantId],
    ),
  )
  return { items: rows.map(present) }
}

function present({ engine_id: engineId, name: engine, quota, summary }: Row): TenantQuota {
  const used = sumParts(Object.values(summary ?? {}))
  return {
    engineId,
    engine,
    gpus: quota.gpus.map(({ model, count }) => limited(model, count, used.gpus)),
    cpus: { total: quota.cpus, used: used.cpus?.used ?? 0 },
    memoryMiB: { total: quota.memoryMiB, used: used.memoryMiB?.used ?? 0 },
    storageGiB: { total: quota.storageGiB },
  }
}

/** A quota names whole GPUs as people do: `h100` is also what an engine calls `H100-80GB-HBM3`. */
function limited(model: string, total: number, gpus: readonly GpuAmount[]): GpuAmount {
  const used = gpus
    .filter((gpu) => gpu.profile === null && gpu.model.toLowerCase().includes(model.toLowerCase()))
    .reduce((sum, gpu) => sum + gpu.used, 0)
  return { model, profile: null, total, used, free: Math.max(0, total - used) }
}
