import { Button, Group, Text } from '@mantine/core'
import { IconListCheck, IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useEvents } from '../../app/events.ts'
import { formatNumber } from '../../app/format.ts'
import { useSession } from '../../app/session.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { LiveSign } from '../../ui/LiveSign.tsx'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { JobFilters } from './JobFilters.tsx'
import { JobsTable } from './JobsTable.tsx'
import { type JobSearch, nextSort } from './job-search.ts'
import './messages.ts'
import './jobs.css'
import { choicesQuery, jobsQuery } from './queries.ts'
import { useJobCommands } from './use-job-commands.tsx'

/** What is counted at most. */
const most = 10_000

/** Jobs on every engine: one's own, or everybody's for who may see them. */
export function JobsPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { tenant, may } = useSession()
  const search: JobSearch = useSearch({ from: '/shell/jobs' })
  const seeing = may('job.view_own') || may('job.view_all')
  const all = may('job.view_all')
  // Whoever may see everybody's alone, and none of their own, sees everybody's.
  const asked: JobSearch = all && !may('job.view_own') ? { ...search, whose: 'all' } : search
  const list = useQuery({ ...jobsQuery(asked), enabled: seeing })
  const choices = useQuery({ ...choicesQuery, enabled: seeing && may('job.submit'), refetchInterval: false })
  const connection = useEvents()
  const commands = useJobCommands()
  if (!seeing) return <NoAccess title={t('jobs.title')} needs="job.view_own" />

  const go = (change: object, replace = false) =>
    void navigate({
      to: '/jobs',
      replace,
      search: Object.fromEntries(
        Object.entries({ ...search, cursor: undefined, ...change }).filter(([, value]) => value !== undefined),
      ) as JobSearch,
    })
  const { items, next, previous, total = 0 } = list.data ?? {}
  const engines = new Map([
    ...(choices.data ?? []).map(({ engineId, engine }) => [engineId, engine] as const),
    ...(items ?? []).map(({ engineId, engine }) => [engineId, engine] as const),
  ])
  const everybody = asked.whose === 'all'
  const filtered = Boolean(search.q || search.state || search.engine)
  // Nothing there, and not for what was looked for: what there is to do stands in its place.
  const blank = items?.length === 0 && !list.isPlaceholderData && !filtered && !search.cursor
  const noEngine = choices.data?.length === 0
  return (
    <>
      <PageHeader title={t('jobs.title')} lead={t(everybody ? 'jobs.leadAll' : 'jobs.lead', { tenant: tenant.name })}>
        <LiveSign connection={connection} />
        {(items || list.error) && !blank && !noEngine && may('job.submit') && <SubmitButton />}
      </PageHeader>
      <JobFilters
        search={search}
        engines={[...engines].map(([value, label]) => ({ value, label }))}
        all={all && may('job.view_own')}
        blank={blank}
        onChange={go}
      />
      <ProblemAlert error={list.error}>
        <Button
          variant="default"
          size="compact-sm"
          mt="xs"
          onClick={() => (search.cursor ? go({}) : void list.refetch())}
        >
          {t('action.retry')}
        </Button>
      </ProblemAlert>
      {commands.problem !== null && (
        <div style={{ marginBottom: 12 }}>
          <ProblemAlert error={commands.problem} />
        </div>
      )}
      {(!list.error || items) && (
        // What stands in the place of a list is another thing than the list, which would be moved as the filters go.
        <div
          key={blank ? 'blank' : 'list'}
          className="card job-lists"
          style={{ opacity: list.isPlaceholderData ? 0.7 : 1 }}
        >
          {items?.length === 0 ? (
            <NoJobs
              filtered={filtered}
              noEngine={noEngine}
              onClear={() => go({ q: undefined, state: undefined, engine: undefined })}
            />
          ) : (
            <JobsTable
              label={t('jobs.title')}
              jobs={items}
              sort={search.sort ?? '-submitted'}
              onSort={(column) => go({ sort: nextSort(search.sort, column) })}
              owners={everybody}
              run={commands.run}
            />
          )}
        </div>
      )}
      {items && items.length > 0 && (
        <Group justify="space-between" mt="sm" gap="xs">
          <Text size="sm" c="dimmed" className="numbers" role="status">
            {total > most
              ? t('jobs.countMore', { n: formatNumber(most) })
              : t('jobs.count', { count: total, n: formatNumber(total) })}
          </Text>
          <Group gap="xs">
            <Button variant="default" disabled={!previous} onClick={() => go({ cursor: previous })}>
              {t('page.previous')}
            </Button>
            <Button variant="default" disabled={!next} onClick={() => go({ cursor: next })}>
              {t('page.next')}
            </Button>
          </Group>
        </Group>
      )}
      {commands.dialogs}
    </>
  )
}

function SubmitButton() {
  const { t } = useTranslation()
  return (
    <Button component={Link} to="/jobs/new" leftSection={<IconPlayerPlay size={16} aria-hidden />}>
      {t('jobs.submit')}
    </Button>
  )
}

type NoJobsProps = { filtered: boolean; noEngine: boolean; onClear: () => void }

/** Why there are none, and what whoever looks can do about it. */
function NoJobs({ filtered, noEngine, onClear }: NoJobsProps) {
  const { t } = useTranslation()
  const { may } = useSession()
  const [title, text] = filtered
    ? (['jobs.noMatch', 'jobs.noMatchText'] as const)
    : noEngine
      ? (['jobs.noEngine', 'jobs.noEngineText'] as const)
      : (['jobs.empty', may('job.submit') ? 'jobs.emptySubmit' : 'jobs.emptyOther'] as const)
  return (
    <EmptyState
      icon={<IconListCheck size={22} />}
      title={t(title)}
      text={t(text)}
      onClear={filtered ? onClear : undefined}
    >
      {!filtered && !noEngine && may('job.submit') && <SubmitButton />}
    </EmptyState>
  )
}
