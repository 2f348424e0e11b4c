import { SimpleGrid, TextInput, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { queryClient, useSession } from '../../app/session.ts'
import { rememberDefaults } from './draft.ts'
import { JobSummary } from './JobSummary.tsx'
import { type JobValues, newJobOf } from './job-values.ts'
import { MoreFields } from './MoreFields.tsx'
import type { OfferedEngine } from './offers.ts'
import { EngineField, PlaceFields } from './PlaceFields.tsx'
import { jobQuery, refreshJobs } from './queries.ts'
import { ResourceFields } from './ResourceFields.tsx'
import { ScriptField } from './ScriptField.tsx'
import { placeJobProblem, useJobForm } from './use-job-form.ts'

type Props = { offers: OfferedEngine[]; initial: JobValues; from: string | undefined }

/** The form, and beside it what it comes to. A refusal leaves everything as it was typed. */
export function NewJobForm({ offers, initial, from }: Props) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { user } = useSession()
  const form = useJobForm(initial, offers, from)
  const submit = () => {
    if (form.busy) return
    if (Object.keys(form.problems).length > 0) return void form.focusFirst()
    void form.submit(async () => {
      const job = await api('submitJob', { body: newJobOf(form.values) }).catch((error) => {
        throw placeJobProblem(error)
      })
      form.forget()
      rememberDefaults(user.id, form.values)
      queryClient.setQueryData(jobQuery(job.id).queryKey, job)
      notifications.show({ message: t('jobs.submitted', { name: job.name }), color: 'tide' })
      await navigate({ to: '/jobs/$id', params: { id: job.id } })
      void refreshJobs()
    })
  }
  return (
    <form
      ref={form.form}
      noValidate
      className="new-job"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey) || event.defaultPrevented) return
        event.preventDefault()
        submit()
      }}
    >
      <div className="new-job-fields">
        <Part title={t('jobs.new.what')}>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput label={t('jobs.new.field.name')} maxLength={100} autoComplete="off" {...form.text('name')} />
            <EngineField form={form} offers={offers} />
          </SimpleGrid>
        </Part>
        {form.choices && (
          <Part title={t('jobs.new.where')}>
            <PlaceFields form={form} />
          </Part>
        )}
        <Part title={t('jobs.new.needs')}>
          <ResourceFields form={form} />
        </Part>
        <Part title={t('jobs.new.field.script')}>
          <ScriptField form={form} onSubmit={submit} />
        </Part>
        <Part title={t('jobs.new.more')}>
          <MoreFields form={form} />
        </Part>
      </div>
      <JobSummary form={form} />
    </form>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <Title order={2} mb="sm">
        {title}
      </Title>
      {children}
    </section>
  )
}
