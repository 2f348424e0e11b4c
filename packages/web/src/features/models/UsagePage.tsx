import './messages.ts'
import './models.css'
import { Button, Skeleton, Stack } from '@mantine/core'
import { IconChartBar } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { Budgets } from './Budgets.tsx'
import { digitsOf, triable } from './in-words.ts'
import { ModelSections } from './ModelSections.tsx'
import type { UsageSearch } from './model-search.ts'
import { modelsQuery, usageQuery } from './queries.ts'
import { UsageDays } from './UsageDays.tsx'
import { UsageFilters } from './UsageFilters.tsx'
import { UsageRows } from './UsageRows.tsx'
import { UsageTotals } from './UsageTotals.tsx'
import { rangeOf } from './usage-range.ts'

/** What was used of models: by oneself, or by everybody for who may see that. */
export function UsagePage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { tenant, may } = useSession()
  const search: UsageSearch = useSearch({ from: '/shell/models/usage' })
  const [own, all] = [may('model.use'), may('model_key.view_all')]
  const everybody = all && (search.whose === 'all' || !own)
  // By person is for everybody's alone.
  const by = search.by === 'user' && !everybody ? 'model' : (search.by ?? 'model')
  const range = rangeOf(search)
  const { data, error, isPending, isPlaceholderData, refetch } = useQuery({
    ...usageQuery({ whose: everybody ? 'all' : 'mine', by, ...range }),
    enabled: own || all,
  })
  const { data: models } = useQuery({ ...modelsQuery, enabled: may('model.view') || may('model.publish') })
  const digits = data ? digitsOf([data.total, ...data.rows].map(({ cost }) => cost)) : {}
  if (!own && !all) return <NoAccess title={t('models.usage.title')} needs="model.use" />
  const go = (change: { [Name in keyof UsageSearch]?: UsageSearch[Name] | undefined }) =>
    void navigate({
      to: '/models/usage',
      search: Object.fromEntries(
        Object.entries({ ...search, ...change }).filter(([, value]) => value !== undefined),
      ) as UsageSearch,
    })
  return (
    <>
      <PageHeader
        title={t('models.usage.title')}
        lead={everybody ? t('models.usage.leadAll', { tenant: tenant.name }) : t('models.usage.leadMine')}
      />
      <ModelSections />
      <UsageFilters range={range} both={own && all} everybody={everybody} by={by} onChange={go} />
      <ProblemAlert error={error}>
        <Button variant="default" size="compact-sm" mt="xs" onClick={() => void refetch()}>
          {t('action.retry')}
        </Button>
      </ProblemAlert>
      {isPending && <Skeleton h={320} radius={12} />}
      {data && (
        <Stack gap="lg" style={{ opacity: isPlaceholderData ? 0.7 : 1 }}>
          {data.total.requests === 0 ? (
            <div className="card">
              <EmptyState
                icon={<IconChartBar size={22} />}
                title={t('models.usage.none')}
                text={t('models.usage.noneText')}
              >
                {own && models?.some(triable) && (
                  <Button component={Link} to="/playground" variant="default">
                    {t('models.usage.playground')}
                  </Button>
                )}
              </EmptyState>
            </div>
          ) : (
            <>
              <UsageTotals total={data.total} digits={digits} />
              <UsageDays days={data.days} range={range} />
              <UsageRows rows={data.rows} by={by} owners={everybody && by === 'key'} range={range} digits={digits} />
            </>
          )}
          <Budgets budgets={data.budgets} />
        </Stack>
      )}
    </>
  )
}
