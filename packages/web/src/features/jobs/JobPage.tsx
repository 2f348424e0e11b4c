import { Alert, Button, Skeleton, Tabs, Text } from '@mantine/core'
import { IconChevronLeft, IconInfoCircle, IconPlayerStop, IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { JobDetail } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { ApiProblem } from '../../app/api.ts'
import { NotFound } from '../../app/errors.tsx'
import { useEvents } from '../../app/events.ts'
import { useSession } from '../../app/session.ts'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { callWhole } from '../../ui/person.ts'
import { endSentence } from './end-reason.ts'
import { ArrayProgress, JobState } from './JobCells.tsx'
import { JobMenu } from './JobMenu.tsx'
import { JobOutput } from './JobOutput.tsx'
import { JobOverview } from './JobOverview.tsx'
import { JobScript } from './JobScript.tsx'
import { JobTasks } from './JobTasks.tsx'
import { isArray, type JobPageSearch, type JobTab, jobTabs } from './job-search.ts'
import './messages.ts'
import './jobs.css'
import { ownerOf } from './owner.ts'
import { jobQuery } from './queries.ts'
import { useJobCommands } from './use-job-commands.tsx'

/** One job: how it is and why, what it asked for, what it writes, what it ran; of an array, its tasks. */
export function JobPage() {
  const { t } = useTranslation()
  const { may } = useSession()
  const { id } = useParams({ from: '/shell/jobs/$id' })
  const seeing = may('job.view_own') || may('job.view_all')
  const { data: job, error, refetch } = useQuery({ ...jobQuery(id), enabled: seeing })
  useEvents()
  if (!seeing) return <NoAccess title={t('jobs.title')} needs="job.view_own" />
  if (error instanceof ApiProblem && error.code === 'not_found')
    return (
      <NotFound>
        <Button component={Link} to="/jobs" variant="default">
          {t('jobs.all')}
        </Button>
      </NotFound>
    )

  if (job) return <Shown job={job} error={error} />
  if (!error) return <Loading />
  return (
    <>
      <BackLink />
      <ProblemAlert error={error}>
        <Button variant="default" size="compact-sm" mt="xs" onClick={() => void refetch()}>
          {t('action.retry')}
        </Button>
      </ProblemAlert>
    </>
  )
}

function Shown({ job, error }: { job: JobDetail; error: unknown }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const search: JobPageSearch = useSearch({ from: '/shell/jobs/$id' })
  const commands = useJobCommands()
  const array = isArray(job)
  const tabs = jobTabs.filter((tab) => tab !== 'tasks' || array)
  const tab = tabs.find((one) => one === search.tab) ?? 'overview'
  const show = (value: string | null) =>
    void navigate({
      to: '/jobs/$id',
      params: { id: job.id },
      search: value === 'overview' ? {} : { tab: value as JobTab },
      replace: true,
    })
  return (
    <>
      <BackLink />
      <PageHeader title={job.name} lead={leadOf(job, t('jobs.one.native', { id: job.nativeId, engine: job.engine }))}>
        <JobState job={job} />
        <PrimaryVerb job={job} commands={commands} />
        <JobMenu job={job} run={commands.run} here />
      </PageHeader>
      <Notices job={job} error={error} problem={commands.problem} />
      <Tabs value={tab} onChange={show} keepMounted={false}>
        <Tabs.List mb="lg">
          {tabs.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`jobs.one.tab.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="overview">
          <JobOverview job={job} />
        </Tabs.Panel>
        <Tabs.Panel value="output">
          <JobOutput job={job} stream={search.stream ?? 'stdout'} />
        </Tabs.Panel>
        <Tabs.Panel value="script">
          <JobScript job={job} />
        </Tabs.Panel>
        <Tabs.Panel value="tasks">
          <JobTasks job={job} run={commands.run} />
        </Tabs.Panel>
      </Tabs>
      {commands.dialogs}
    </>
  )
}

const leadOf = (job: JobDetail, native: string): string =>
  [native, job.where, job.mine ? '' : callWhole(ownerOf(job))].filter((part) => part !== '').join(' · ')

/** Cancel while it goes on; once it is over, Resubmit. */
function PrimaryVerb({ job, commands }: { job: JobDetail; commands: ReturnType<typeof useJobCommands> }) {
  const { t } = useTranslation()
  const { may } = useSession()
  if (job.can.cancel)
    return (
      <Button
        variant="default"
        leftSection={<IconPlayerStop size={16} aria-hidden />}
        onClick={() => commands.run('cancel', job)}
      >
        {t('jobs.do.cancel')}
      </Button>
    )
  if (!job.can.resubmit || !may('job.submit')) return null
  return (
    <Button
      leftSection={<IconRefresh size={16} aria-hidden />}
      loading={commands.busy}
      onClick={() => commands.run('resubmit', job)}
    >
      {t('jobs.do.resubmit')}
    </Button>
  )
}

/** Why it is over, with what helps; what could not be read or done. */
function Notices({ job, error, problem }: { job: JobDetail; error: unknown; problem: unknown }) {
  const { t } = useTranslation()
  const why = endSentence(job)
  const said = job.reason && job.reason !== job.endReason && job.reason !== 'None' ? job.reason : null
  return (
    <div className="job-notices">
      <ProblemAlert error={error} />
      <ProblemAlert error={problem} />
      {isArray(job) && <ArrayProgress job={job} />}
      {(why || said) && (
        <div className="card job-why" data-bad={job.state === 'failed' || undefined}>
          {why && (
            <Text size="sm" fw={500}>
              {why}
            </Text>
          )}
          {said && (
            <Text size="sm" c={why ? 'dimmed' : undefined}>
              <bdi>{said}</bdi>
            </Text>
          )}
        </div>
      )}
      {job.incomplete && (
        <Alert variant="outline" color="yellow" icon={<IconInfoCircle aria-hidden />}>
          {t('jobs.one.incomplete', { reason: job.incomplete })}
        </Alert>
      )}
    </div>
  )
}

function BackLink() {
  const { t } = useTranslation()
  return (
    <Link to="/jobs" className="back-link">
      <IconChevronLeft size={16} aria-hidden />
      {t('jobs.all')}
    </Link>
  )
}

const Loading = () => (
  <div aria-busy>
    <Skeleton h={18} w={100} mb="sm" />
    <Skeleton h={28} w={260} mb={8} />
    <Skeleton h={16} w={200} mb="lg" />
    <Skeleton h={300} radius={12} />
  </div>
)
