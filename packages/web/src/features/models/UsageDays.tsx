import { Group, Title } from '@mantine/core'
import type { ModelUsage } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../app/format.ts'
import { Disclosure } from '../../ui/Disclosure.tsx'
import { DayChart } from './DayChart.tsx'
import { everyDay, formatDay, type Range } from './usage-range.ts'

/** What was used on each day: as bars, and as a table that can be opened. */
export function UsageDays({ days, range }: { days: ModelUsage['days']; range: Range }) {
  const { t } = useTranslation()
  const columns = ['requests', 'failed', 'inputTokens', 'outputTokens'] as const
  return (
    <section className="card" style={{ padding: 16 }}>
      <Group justify="space-between" mb="md" gap="xs">
        <Title order={2}>{t('models.usage.perDay')}</Title>
        <div className="day-legend">
          <span data-part="in">{t('models.usage.legendIn')}</span>
          <span data-part="out">{t('models.usage.legendOut')}</span>
        </div>
      </Group>
      <DayChart days={everyDay(days, range)} />
      <Disclosure summary={t('models.usage.asTable')} style={{ marginTop: 8 }}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached with the keyboard */}
        <section className="day-table" tabIndex={0} aria-label={t('models.usage.perDay')}>
          <table className="data-table day-rows">
            <thead>
              <tr>
                <th scope="col">{t('models.usage.day')}</th>
                {columns.map((column) => (
                  <th key={column} scope="col" className="right">
                    {t(`models.usage.${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {days.map((day) => (
                <tr key={day.day}>
                  <td data-cell="username">{formatDay(day.day)}</td>
                  {columns.map((column) => (
                    <td key={column} className="numbers right" data-label={t(`models.usage.${column}`)}>
                      {formatNumber(day[column])}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </Disclosure>
      <p className="dim" style={{ marginTop: 6 }}>
        {t('models.usage.chartHelp')} {t('models.usage.utc')}
      </p>
    </section>
  )
}
