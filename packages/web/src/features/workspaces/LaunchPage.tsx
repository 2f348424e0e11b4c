import './messages.ts'
import './workspaces.css'
import { Button, Skeleton } from '@mantine/core'
import { IconChevronLeft, IconNotebook } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useEvents } from '../../app/events.ts'
import { useSession } from '../../app/session.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { LaunchForm } from './LaunchForm.tsx'
import { choicesQuery, workspacesQuery } from './queries.ts'

/** Choose what to launch, with what comes of it beside. */
export function LaunchPage() {
  const { t } = useTranslation()
  const { may } = useSession()
  const mayCreate = may('workspace.create')
  const choices = useQuery({ ...choicesQuery, enabled: mayCreate })
  const mine = useQuery({ ...workspacesQuery({}), enabled: mayCreate && may('workspace.view_own') })
  useEvents()
  const title = t('workspaces.launch.title')
  if (!mayCreate) return <NoAccess title={title} needs="workspace.create" />
  // A name is made up once: it waits for the names there are, unless those cannot be had.
  const waiting = choices.isPending || mine.isLoading
  const taken = mine.data?.items.filter((one) => one.mine).map(({ name }) => name) ?? []
  const mayManage = may('workspace.manage_all')
  return (
    <>
      <Link to="/workspaces" className="back-link">
        <IconChevronLeft size={16} aria-hidden />
        {t('workspaces.all')}
      </Link>
      <PageHeader title={title} lead={t('workspaces.launch.lead')} />
      <ProblemAlert error={choices.error}>
        <Button variant="default" size="compact-sm" mt="xs" onClick={() => void choices.refetch()}>
          {t('action.retry')}
        </Button>
      </ProblemAlert>
      {waiting && (
        <div className="launch" aria-busy="true">
          <Skeleton h={420} radius={12} />
          <Skeleton h={320} radius={12} />
        </div>
      )}
      {!waiting && choices.data?.templates.length === 0 && (
        <div className="card">
          <EmptyState
            icon={<IconNotebook size={22} />}
            title={t('workspaces.empty.noTemplates')}
            text={t(mayManage ? 'workspaces.empty.noTemplatesMake' : 'workspaces.empty.noTemplatesAsk')}
          >
            {mayManage && (
              <Button component={Link} to="/workspaces/templates/new">
                {t('workspaces.templates.new')}
              </Button>
            )}
          </EmptyState>
        </div>
      )}
      {!waiting && choices.data && choices.data.templates.length > 0 && (
        <LaunchForm choices={choices.data} taken={taken} />
      )}
    </>
  )
}
