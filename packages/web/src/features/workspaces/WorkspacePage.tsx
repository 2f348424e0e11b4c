import './messages.ts'
import './workspaces.css'
import { Button, Skeleton, Tabs } from '@mantine/core'
import { IconChevronLeft } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ApiProblem, addressOf } from '../../app/api.ts'
import { NotFound } from '../../app/errors.tsx'
import { useEvents } from '../../app/events.ts'
import { useSession } from '../../app/session.ts'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { TextStream } from '../../ui/TextStream.tsx'
import { IdleLine } from './IdleLine.tsx'
import { PrimaryVerb } from './PrimaryVerb.tsx'
import { workspaceQuery } from './queries.ts'
import { useWorkspaceCommands } from './use-workspace-commands.tsx'
import { WorkspaceAccess } from './WorkspaceAccess.tsx'
import { WorkspaceEvents } from './WorkspaceEvents.tsx'
import { WorkspaceMenu } from './WorkspaceMenu.tsx'
import { WorkspaceOverview } from './WorkspaceOverview.tsx'
import { WorkspaceStateBadge } from './WorkspaceStateBadge.tsx'
import { WorkspaceVolume } from './WorkspaceVolume.tsx'
import { type WorkspaceTab, workspaceTabs } from './workspace-search.ts'

/** One workspace: how it is, what it has, what it writes, what happened, who may open it. */
export function WorkspacePage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { may } = useSession()
  const { id } = useParams({ from: '/shell/workspaces/$id' })
  const { tab = 'overview' } = useSearch({ from: '/shell/workspaces/$id' })
  const seeing = may('workspace.view_own') || may('workspace.view_all')
  const { data: workspace, error } = useQuery({ ...workspaceQuery(id), enabled: seeing })
  const { run, busy, dialogs } = useWorkspaceCommands()
  useEvents()
  if (!seeing) return <NoAccess title={t('workspaces.title')} needs="workspace.view_own" />
  if (error instanceof ApiProblem && error.code === 'not_found')
    return (
      <NotFound>
        <Button component={Link} to="/workspaces" variant="default">
          {t('workspaces.all')}
        </Button>
      </NotFound>
    )

  if (!workspace) return error ? <ProblemAlert error={error} /> : <Skeleton h={300} radius={12} />
  const show = (value: string | null) =>
    void navigate({
      to: '/workspaces/$id',
      params: { id },
      search: value === 'overview' ? {} : { tab: value as WorkspaceTab },
      replace: true,
    })
  const { name, template, engine } = workspace
  return (
    <>
      <Link to="/workspaces" className="back-link">
        <IconChevronLeft size={16} aria-hidden />
        {t('workspaces.all')}
      </Link>
      <PageHeader title={name} lead={`${template} · ${engine}`}>
        <WorkspaceStateBadge state={workspace.state} />
        <PrimaryVerb workspace={workspace} run={run} busy={busy === id} />
        <WorkspaceMenu workspace={workspace} run={run} here />
      </PageHeader>
      <ProblemAlert error={error} />
      <div className="workspace-says">
        <IdleLine workspace={workspace} run={run} busy={busy === id} />
      </div>
      <Tabs value={tab} onChange={show} keepMounted={false}>
        <Tabs.List mb="lg">
          {workspaceTabs.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`workspaces.view.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="overview">
          <WorkspaceOverview workspace={workspace} />
        </Tabs.Panel>
        <Tabs.Panel value="logs">
          <TextStream
            url={addressOf('followWorkspaceLogs', undefined, { id })}
            name={t('workspaces.view.logsOf', { name })}
            file={`${name}.log`}
          />
        </Tabs.Panel>
        <Tabs.Panel value="events">
          <WorkspaceEvents id={id} />
        </Tabs.Panel>
        <Tabs.Panel value="access">
          <WorkspaceAccess workspace={workspace} />
        </Tabs.Panel>
        <Tabs.Panel value="volume">
          <WorkspaceVolume workspace={workspace} />
        </Tabs.Panel>
      </Tabs>
      {dialogs}
    </>
  )
}
