import type { Quota, Scope } from '@tenantry/contract'
import type { TFunction } from 'i18next'
import { formatMemory, formatNumber } from '../../app/format.ts'

/** “accounts acme · partitions gpu, long”. */
export function partInWords(t: TFunction, scope: Scope): string {
  switch (scope.kind) {
    case 'slurm':
      return [
        t('engines.part.accounts', { list: scope.accounts.join(', ') }),
        t('engines.part.partitions', { list: scope.partitions.join(', ') }),
        ...(scope.prefix === null ? [] : [t('engines.part.prefix', { prefix: scope.prefix })]),
      ].join(' · ')
    case 'ironic':
      return t('engines.part.lessee', { name: scope.lessee })
    case 'nova':
      return t('engines.part.project', { name: scope.project })
    case 'this_machine':
      return t('engines.part.machine')
    default:
      return scope.namespaces === null
        ? t('engines.part.whole')
        : t('engines.part.namespaces', { list: scope.namespaces.join(', ') })
  }
}

/** “8 × H100 · 128 CPUs · 1 TiB memory”. */
export function quotaInWords(t: TFunction, { gpus, cpus, memoryMiB, storageGiB }: Quota): string {
  const words = [
    ...gpus.map(({ model, count }) => `${formatNumber(count)} × ${model}`),
    cpus !== null && t('engines.quota.inCpus', { n: formatNumber(cpus) }),
    memoryMiB !== null && t('engines.quota.inMemory', { size: formatMemory(memoryMiB) }),
    storageGiB !== null && t('engines.quota.inStorage', { n: formatNumber(storageGiB) }),
  ].filter((word) => word !== false)
  return words.join(' · ') || t('engines.quota.none')
}
