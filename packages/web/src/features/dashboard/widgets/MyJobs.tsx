import { Button } from '@mantine/core'
import { IconChecklist } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../../app/format.ts'
import { useSession } from '../../../app/session.ts'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { Instant } from '../../../ui/Instant.tsx'
import { ResourceStateBadge } from '../../../ui/ResourceStateBadge.tsx'
import { jobsQuery } from '../queries.ts'
import { CardError, CardSkeleton } from './parts.tsx'

/** The latest jobs of whoever looks, on every engine. */
export function MyJobs() {
  const { t } = useTranslation()
  const { may } = useSession()
  const jobs = useQuery(jobsQuery)
  if (jobs.isPending) return <CardSkeleton />
  if (!jobs.data) return <CardError error={jobs.error} onRetry={() => void jobs.refetch()} />
  if (jobs.data.items.length === 0)
    return (
      <EmptyState
        within
        icon={<IconChecklist size={18} />}
        title={t('dashboard.jobs.none')}
        text={t('dashboard.jobs.noneText')}
      >
        {may('job.submit') && (
          <Button component={Link} to="/jobs/new" variant="default" size="compact-sm">
            {t('nav.submitJob')}
          </Button>
        )}
      </EmptyState>
    )
  return (
    <table className="small-table jobs-table" aria-label={t('dashboard.widget.my_jobs')}>
      <thead>
        <tr>
          <th scope="col" className="wide-cell">
            {t('dashboard.jobs.name')}
          </th>
          <th scope="col">{t('dashboard.jobs.state')}</th>
          <th scope="col" className="number-cell">
            {t('dashboard.jobs.gpus')}
          </th>
          <th scope="col" className="number-cell">
            {t('dashboard.jobs.time')}
          </th>
        </tr>
      </thead>
      <tbody>
        {jobs.data.items.map((job) => (
          <tr key={job.id}>
            <th scope="row" className="wide-cell">
              <Link to="/jobs/$id" params={{ id: job.id }} className="jobs-table-link">
                <bdi>{job.name}</bdi>
              </Link>
              <span className="dim cut" title={`${job.engine} ${job.where} ${job.nativeId}`}>
                {[job.engine, job.where, job.nativeId].filter((text) => text !== '').join(' · ')}
              </span>
            </th>
            <td>
              <ResourceStateBadge state={job.state} />
              <span className="dim cut">{job.reason ?? job.nativeState.join(', ')}</span>
            </td>
            <td className="number-cell numbers" data-label={t('dashboard.jobs.gpus')}>
              {formatNumber(job.gpus)}
            </td>
            <td className="number-cell">
              <Instant at={job.startedAt ?? job.submittedAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
