import { IconCpu } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { GpuAmount } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../../app/format.ts'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { UseBar } from '../../../ui/UseBar.tsx'
import { overviewQuery } from '../queries.ts'
import { CardError, CardSkeleton } from './parts.tsx'

/** GPUs of each model over all kinds of resources: a picture, and the figures as a table in one. */
export function Gpus() {
  const { t } = useTranslation()
  const overview = useQuery(overviewQuery)
  if (overview.isPending) return <CardSkeleton />
  if (!overview.data) return <CardError error={overview.error} onRetry={() => void overview.refetch()} />
  const amounts = summed(overview.data.cards.flatMap(({ gpus }) => gpus ?? []))
  if (amounts.length === 0)
    return (
      <EmptyState
        within
        icon={<IconCpu size={18} />}
        title={t('dashboard.gpu.none')}
        text={t('dashboard.gpu.noneText')}
      />
    )
  return (
    <table className="small-table numbers" aria-label={t('dashboard.widget.gpus')}>
      <thead>
        <tr>
          <th scope="col">{t('dashboard.gpu.model')}</th>
          <th scope="col" className="wide-cell">
            <span className="unseen">{t('dashboard.gpu.share')}</span>
          </th>
          {(['used', 'free', 'total'] as const).map((column) => (
            <th key={column} scope="col" className="number-cell">
              {t(`dashboard.gpu.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {amounts.map((amount) => (
          <tr key={`${amount.model} ${amount.profile}`}>
            <th scope="row">
              <bdi>{amount.model}</bdi>
              {amount.profile && <span className="slice">{amount.profile}</span>}
            </th>
            <td className="wide-cell">
              <UseBar {...amount} />
              <span className="unseen">{formatPercent(amount)}</span>
            </td>
            <td className="number-cell">{formatNumber(amount.used)}</td>
            <td className="number-cell">{formatNumber(amount.free)}</td>
            <td className="number-cell">{formatNumber(amount.total)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const formatPercent = ({ used, total }: GpuAmount) => `${total > 0 ? Math.round((used / total) * 100) : 0} %`

/** Of each model and slice together, the most numerous first. */
function summed(amounts: GpuAmount[]): GpuAmount[] {
  const found = new Map<string, GpuAmount>()
  for (const amount of amounts) {
    const key = JSON.stringify([amount.model, amount.profile])
    const { total, used, free } = found.get(key) ?? { total: 0, used: 0, free: 0 }
    found.set(key, { ...amount, total: total + amount.total, used: used + amount.used, free: free + amount.free })
  }
  return [...found.values()].sort((a, b) => b.total - a.total || a.model.localeCompare(b.model))
}
