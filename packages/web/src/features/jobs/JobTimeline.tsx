import { Text, Title } from '@mantine/core'
import type { JobDetail } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { formatClock, formatInstant } from '../../app/format.ts'
import { formatDuration } from './durations.ts'
import { stateInWords } from './end-reason.ts'
import { goesOn } from './job-search.ts'
import { useNow } from './use-now.ts'

const between = (from: string, to: string | number) =>
  formatDuration((new Date(to).getTime() - new Date(from).getTime()) / 1000)

/** What happened when, and how long it waited and ran: as the engine tells it, and from the three times of every job. */
export function JobTimeline({ job }: { job: JobDetail }) {
  const { t } = useTranslation()
  const now = useNow()
  const { submittedAt, startedAt, endedAt } = job
  const own = [
    submittedAt && { at: submittedAt, text: t('jobs.one.submitted'), warning: false },
    startedAt && { at: startedAt, text: t('jobs.one.started'), warning: false },
    endedAt && { at: endedAt, text: `${t('jobs.one.ended')}: ${stateInWords(job)}`, warning: job.state === 'failed' },
  ].filter((entry) => entry !== null && entry !== '')
  // What the engine tells at the same moment is the same, in its words.
  const told = new Set(job.timeline.map(({ at }) => at))
  const entries = [...job.timeline, ...own.filter(({ at }) => !told.has(at))].sort((a, b) => a.at.localeCompare(b.at))
  if (entries.length === 0) return null
  const waited =
    submittedAt &&
    (startedAt
      ? t('jobs.one.waited', { time: between(submittedAt, startedAt) })
      : goesOn(job) && t('jobs.one.waits', { time: between(submittedAt, now) }))
  const ran =
    startedAt &&
    (endedAt
      ? t('jobs.one.ran', { time: between(startedAt, endedAt) })
      : goesOn(job) && t('jobs.one.runs', { time: between(startedAt, now) }))
  return (
    <section>
      <Title order={2} mb="xs">
        {t('jobs.one.timeline')}
      </Title>
      <div className="card" style={{ padding: '12px 16px' }}>
        {(waited || ran) && (
          <Text size="sm" c="dimmed" mb="sm" className="numbers">
            {[waited, ran].filter(Boolean).join(' · ')}
          </Text>
        )}
        <ol className="timeline">
          {entries.map(({ at, text, warning }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two may be alike
            <li key={`${at} ${index}`} data-warning={warning || undefined}>
              <time dateTime={at} title={formatInstant(at)} className="numbers">
                {formatClock(at)}
              </time>
              <bdi>{text}</bdi>
            </li>
          ))}
          {job.state === 'pending' && job.expectedStart && (
            <li data-expected>
              <time dateTime={job.expectedStart} title={formatInstant(job.expectedStart)} className="numbers">
                {formatClock(job.expectedStart)}
              </time>
              {t('jobs.one.expected')}
            </li>
          )}
        </ol>
      </div>
    </section>
  )
}
