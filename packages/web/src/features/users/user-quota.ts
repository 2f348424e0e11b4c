import type { UserQuota } from '@tenantry/contract'
import type { TFunction } from 'i18next'
import { formatMemory, formatNumber } from '../../app/format.ts'
import { readMemoryLimit, typeMemory } from '../../app/memory.ts'

/** As it is typed; empty is without a limit. */
export type QuotaForm = Record<'gpus' | 'cpus' | 'storageGiB' | 'workspaces', number | string> & { memory: string }

export const quotaForm = ({ gpus, cpus, memoryMiB, storageGiB, workspaces }: UserQuota): QuotaForm => ({
  gpus: gpus ?? '',
  cpus: cpus ?? '',
  memory: memoryMiB === null ? '' : typeMemory(memoryMiB),
  storageGiB: storageGiB ?? '',
  workspaces: workspaces ?? '',
})

const orNull = (value: number | string): number | null => (value === '' ? null : Number(value))
/** What is sent; null where the memory is not understood. */
export function quotaOf({ gpus, cpus, memory, storageGiB, workspaces }: QuotaForm): UserQuota | null {
  const memoryMiB = readMemoryLimit(memory)
  if (memoryMiB === undefined) return null
  return {
    gpus: orNull(gpus),
    cpus: orNull(cpus),
    memoryMiB,
    storageGiB: orNull(storageGiB),
    workspaces: orNull(workspaces),
  }
}

/** “2 GPUs · 16 cores · 3 workspaces”. Needs the texts of the workspaces. */
export function quotaInWords(t: TFunction, { gpus, cpus, memoryMiB, storageGiB, workspaces }: UserQuota): string {
  const words = [
    gpus !== null && t('workspaces.quota.in.gpus', { n: formatNumber(gpus) }),
    cpus !== null && t('workspaces.quota.in.cpus', { n: formatNumber(cpus) }),
    memoryMiB !== null && t('workspaces.quota.in.memory', { n: formatMemory(memoryMiB) }),
    storageGiB !== null && t('workspaces.quota.in.storage', { n: formatNumber(storageGiB) }),
    workspaces !== null && t('workspaces.quota.inWorkspaces', { count: workspaces }),
  ].filter((word) => word !== false)
  return words.join(' · ') || t('workspaces.quota.none')
}
