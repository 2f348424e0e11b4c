import { Button, Skeleton, Text } from '@mantine/core'
import { IconChevronLeft, IconPlugConnectedX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { dropDraft, readDraft, rememberedDefaults } from './draft.ts'
import { firstValues, type JobValues, offerOf, onEngine, valuesOf } from './job-values.ts'
import { NewJobForm } from './NewJobForm.tsx'
import './messages.ts'
import './jobs.css'
import './new-job.css'
import type { NewJob, OfferedEngine } from './offers.ts'
import { choicesQuery, jobQuery } from './queries.ts'

/** Submit job: begins as it was left, as it was submitted before, or as one usually submits. */
export function NewJobPage() {
  const { t } = useTranslation()
  const { user, may } = useSession()
  const { from } = useSearch({ from: '/shell/jobs/new' })
  const allowed = may('job.submit')
  const choices = useQuery({ ...choicesQuery, enabled: allowed })
  const before = useQuery({ ...jobQuery(from ?? ''), enabled: allowed && from !== undefined })
  const [attempt, setAttempt] = useState(0)
  const title = t(from ? 'jobs.new.titleAgain' : 'jobs.new.title')
  if (!allowed) return <NoAccess title={title} needs="job.submit" />

  const ready = choices.data && (from === undefined || before.data || before.error)
  const startOver = () => {
    dropDraft()
    setAttempt((count) => count + 1)
  }
  return (
    <>
      <Link to="/jobs" className="back-link">
        <IconChevronLeft size={16} aria-hidden />
        {t('jobs.all')}
      </Link>
      <PageHeader title={title} lead={t('jobs.new.lead')}>
        {ready && choices.data.length > 0 && (
          <Button variant="subtle" color="gray" onClick={startOver}>
            {t('jobs.new.over')}
          </Button>
        )}
      </PageHeader>
      {choices.error && !choices.data && (
        <ProblemAlert error={choices.error}>
          <Text size="sm">{t('jobs.notRead')}</Text>
          <Button variant="default" size="compact-sm" mt="xs" onClick={() => void choices.refetch()}>
            {t('action.retry')}
          </Button>
        </ProblemAlert>
      )}
      {before.error && (
        <div style={{ marginBottom: 16 }}>
          <ProblemAlert error={before.error}>
            <Text size="sm">{t('jobs.new.fromFailed')}</Text>
          </ProblemAlert>
        </div>
      )}
      {from && before.data?.submitted === null && (
        <Text size="sm" c="dimmed" mb="md" role="status">
          {t('jobs.new.fromNothing')}
        </Text>
      )}
      {!ready && !choices.error && (
        <div aria-busy>
          <Text size="sm" c="dimmed" mb="sm" role="status">
            {t('jobs.new.loading')}
          </Text>
          <Skeleton h={420} radius={12} />
        </div>
      )}
      {choices.data?.length === 0 && (
        <div className="card">
          <EmptyState
            icon={<IconPlugConnectedX size={22} />}
            title={t('jobs.noEngine')}
            text={t('jobs.noEngineText')}
          />
        </div>
      )}
      {ready && choices.data.length > 0 && (
        <NewJobForm
          key={`${from} ${attempt}`}
          offers={choices.data}
          initial={initialOf(choices.data, user.id, from, before.data?.submitted ?? null)}
          from={from}
        />
      )}
    </>
  )
}

function initialOf(
  offers: OfferedEngine[],
  user: string,
  from: string | undefined,
  submitted: NewJob | null,
): JobValues {
  const draft = readDraft(user, from)
  if (draft) return draft
  if (submitted) return valuesOf(submitted)
  const first = firstValues(offers)
  const usual = rememberedDefaults(user)
  const offer = offerOf(offers, usual.engineId ?? '')
  return offer?.choices ? onEngine({ ...first, ...usual }, offer) : first
}
