import { IconGauge } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { TenantQuota } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { api } from '../../../app/api.ts'
import { formatMemory, formatNumber } from '../../../app/format.ts'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { UseBar } from '../../../ui/UseBar.tsx'
import { CardError, CardSkeleton } from './parts.tsx'

/** What the tenant may use of each engine, and uses. */
export function Quota() {
  const { t } = useTranslation()
  const quotas = useQuery({
    queryKey: ['quotas'],
    queryFn: ({ signal }) => api('listQuotas', { signal }),
    refetchInterval: 60_000,
  })
  if (quotas.isPending) return <CardSkeleton />
  if (!quotas.data) return <CardError error={quotas.error} onRetry={() => void quotas.refetch()} />
  if (quotas.data.items.length === 0)
    return (
      <EmptyState
        within
        icon={<IconGauge size={18} />}
        title={t('dashboard.quota.none')}
        text={t('dashboard.quota.noneText')}
      />
    )
  return (
    <div className="quotas">
      {quotas.data.items.map((quota) => (
        <section key={quota.engineId} aria-label={quota.engine}>
          <h3 className="small-head">{quota.engine}</h3>
          <ul className="bare-list amounts">
            {rowsOf(quota, t('dashboard.quota.cpus'), t('dashboard.quota.memory')).map((row) => (
              <li key={row.name}>
                <span className="amount-name">
                  <bdi>{row.name}</bdi>
                  {row.slice && <span className="slice">{row.slice}</span>}
                </span>
                {row.total === null ? (
                  <span className="use-bar" data-plain />
                ) : (
                  <UseBar used={row.used} total={row.total} free={Math.max(0, row.total - row.used)} />
                )}
                <span className="amount-text numbers">
                  {row.total === null
                    ? t('dashboard.quota.unlimited', { used: row.format(row.used) })
                    : t('dashboard.quota.of', { used: row.format(row.used), total: row.format(row.total) })}
                </span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

type Row = { name: string; slice?: string | null; used: number; total: number | null; format: (n: number) => string }

const rowsOf = ({ gpus, cpus, memoryMiB }: TenantQuota, cpuName: string, memoryName: string): Row[] => [
  ...gpus.map(({ model, profile, used, total }) => ({
    name: model,
    slice: profile,
    used,
    total,
    format: formatNumber,
  })),
  { name: cpuName, ...cpus, format: formatNumber },
  { name: memoryName, ...memoryMiB, format: formatMemory },
]
