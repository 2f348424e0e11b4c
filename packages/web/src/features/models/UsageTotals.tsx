import type { ModelUsage } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../app/format.ts'
import { type CostDigits, costInWords, formatTokens } from './in-words.ts'

/** What was used in all. */
export function UsageTotals({ total, digits }: { total: ModelUsage['total']; digits: CostDigits }) {
  const { t } = useTranslation()
  const cost = costInWords(total.cost, digits)
  return (
    <dl className="card figures numbers">
      <div>
        <dt>{t('models.usage.requests')}</dt>
        <dd>
          {formatNumber(total.requests)}
          {total.failed > 0 && (
            <span className="dim">{t('models.usage.failedOf', { n: formatNumber(total.failed) })}</span>
          )}
        </dd>
      </div>
      {(['inputTokens', 'outputTokens'] as const).map((name) => (
        <div key={name}>
          <dt>{t(`models.usage.${name}`)}</dt>
          <dd title={formatNumber(total[name])}>{formatTokens(total[name])}</dd>
        </div>
      ))}
      {total.estimatedTokens > 0 && (
        <div>
          <dt>{t('models.usage.estimated')}</dt>
          <dd>
            {formatTokens(total.estimatedTokens)}
            <span className="dim">{t('models.usage.estimatedHelp')}</span>
          </dd>
        </div>
      )}
      <div>
        <dt>{t('models.usage.cost')}</dt>
        <dd>{cost.length === 0 ? t('models.usage.noCost') : cost.map((money) => <div key={money}>{money}</div>)}</dd>
      </div>
    </dl>
  )
}
