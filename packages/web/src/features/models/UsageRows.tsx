import { Button, Group, Title } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { ModelUsage } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../app/format.ts'
import { PersonName } from '../../ui/PersonName.tsx'
import { type CostDigits, costInWords } from './in-words.ts'
import { ModelNamed } from './ModelNamed.tsx'
import { download, usageCsv } from './usage-csv.ts'
import type { Range } from './usage-range.ts'

type Props = {
  rows: ModelUsage['rows']
  by: 'model' | 'user' | 'key'
  owners: boolean
  range: Range
  digits: CostDigits
}
const names = { model: 'byModel', user: 'byUser', key: 'byKey' } as const
const columns = ['requests', 'failed', 'inputTokens', 'outputTokens', 'estimatedTokens'] as const

/** What was used, by what was asked; the most used first. `owners`: with whose each is. */
export function UsageRows({ rows, by, owners, range, digits }: Props) {
  const { t } = useTranslation()
  const what = t(`models.usage.${names[by]}`)
  const column = (name: (typeof columns)[number]) =>
    t(`models.usage.${name === 'estimatedTokens' ? 'estimated' : name}`)
  const title = t('models.usage.rows', { by: what.toLowerCase() })
  return (
    <section>
      <Group justify="space-between" mb="xs" gap="xs">
        <Title order={2}>{title}</Title>
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconDownload size={14} aria-hidden />}
          onClick={() =>
            download(
              `model-usage-${by}-${range.from}-${range.to}.csv`,
              usageCsv(rows, { owners, names: owners || by === 'user' }),
            )
          }
        >
          {t('models.usage.download')}
        </Button>
      </Group>
      <div className="card model-list">
        <table className="data-table model-table" aria-label={title}>
          <thead>
            <tr>
              <th scope="col">{what}</th>
              {owners && <th scope="col">{t('models.usage.owner')}</th>}
              {columns.map((name) => (
                <th key={name} scope="col" className="right">
                  {column(name)}
                </th>
              ))}
              <th scope="col" className="right">
                {t('models.usage.cost')}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.id} ${row.name} ${row.owner}`}>
                <td data-cell="username">
                  {by === 'model' ? (
                    <ModelNamed id={row.id} name={row.name} />
                  ) : (
                    <span style={{ fontWeight: 550 }}>
                      {by === 'user' && row.person ? <PersonName person={row.person} /> : <bdi>{row.name}</bdi>}
                    </span>
                  )}
                </td>
                {owners && (
                  <td data-label={t('models.usage.owner')}>
                    {row.person ? <PersonName person={row.person} /> : t('models.usage.ownerNone')}
                  </td>
                )}
                {columns.map((name) => (
                  <td key={name} className="numbers right" data-label={column(name)}>
                    {formatNumber(row[name])}
                  </td>
                ))}
                <td className="numbers right" data-label={t('models.usage.cost')}>
                  {costInWords(row.cost, digits).join(' + ') || t('models.usage.noCost')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
