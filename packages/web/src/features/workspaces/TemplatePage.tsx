import './messages.ts'
import './workspaces.css'
import { Skeleton } from '@mantine/core'
import { IconChevronLeft } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { NotFound } from '../../app/errors.tsx'
import { useSession } from '../../app/session.ts'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { placementsQuery, templatesQuery } from './queries.ts'
import { TemplateForm } from './TemplateForm.tsx'

/** A template that is changed. */
export function TemplatePage() {
  const { id } = useParams({ from: '/shell/workspaces/templates/$id' })
  return <Page id={id} />
}

/** A template that is made, perhaps as a copy of another. */
export function NewTemplatePage() {
  const { copy } = useSearch({ from: '/shell/workspaces/templates/new' })
  return <Page copy={copy} />
}

function Page({ id, copy }: { id?: string; copy?: string | undefined }) {
  const { t } = useTranslation()
  const { may } = useSession()
  const mayManage = may('workspace.manage_all')
  const templates = useQuery({ ...templatesQuery, enabled: mayManage })
  const places = useQuery({ ...placementsQuery, enabled: mayManage })
  if (!mayManage) return <NoAccess title={t('workspaces.templates.title')} needs="workspace.manage_all" />
  const isNew = id === undefined
  const from = templates.data?.find((one) => one.id === (isNew ? copy : id))
  if (templates.data && !isNew && !from) return <NotFound />
  const error = templates.error ?? places.error
  return (
    <>
      <Link to="/workspaces/templates" className="back-link">
        <IconChevronLeft size={16} aria-hidden />
        {t('workspaces.templates.all')}
      </Link>
      <PageHeader
        title={
          isNew || !from ? t('workspaces.templates.new') : t('workspaces.templates.editTitle', { name: from.name })
        }
      />
      <ProblemAlert error={error} />
      {(templates.isPending || places.isPending) && <Skeleton h={480} radius={12} />}
      {templates.data && places.data && (
        <TemplateForm
          key={`${id} ${copy ?? ''}`}
          places={places.data}
          {...(from && (isNew ? { copyOf: from } : { template: from }))}
        />
      )}
    </>
  )
}
