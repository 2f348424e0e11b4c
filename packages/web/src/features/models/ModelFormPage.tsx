import './messages.ts'
import './models.css'
import { Skeleton } from '@mantine/core'
import { IconChevronLeft } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem } from '../../app/api.ts'
import { NotFound } from '../../app/errors.tsx'
import { useSession } from '../../app/session.ts'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { ModelForm } from './ModelForm.tsx'
import { modelQuery } from './queries.ts'

/** Publish a model. */
export function NewModelPage() {
  const { t } = useTranslation()
  const { may } = useSession()
  if (!may('model.publish')) return <NoAccess title={t('models.form.publish')} needs="model.publish" />
  return (
    <Page title={t('models.form.publish')}>
      <ModelForm />
    </Page>
  )
}

/** Change a model that is published. */
export function EditModelPage() {
  const { t } = useTranslation()
  const { may } = useSession()
  const { id } = useParams({ from: '/shell/models/$id/edit' })
  const { data, error } = useQuery({ ...modelQuery(id), enabled: may('model.publish') })
  if (!may('model.publish')) return <NoAccess title={t('models.title')} needs="model.publish" />
  if (error instanceof ApiProblem && error.code === 'not_found') return <NotFound />
  if (!data) return error ? <ProblemAlert error={error} /> : <Skeleton h={480} radius={12} />
  return (
    <Page title={t('models.form.edit', { name: data.title })}>
      <ModelForm key={id} model={data} />
    </Page>
  )
}

function Page({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <>
      <Link to="/models" className="back-link">
        <IconChevronLeft size={16} aria-hidden />
        {t('models.all')}
      </Link>
      <PageHeader title={title} />
      {children}
    </>
  )
}
