import '../../workspaces/messages.ts'
import './my-workspaces.css'
import { Button } from '@mantine/core'
import { IconNotebook } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../../app/session.ts'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { amountsInWords, idleInWords } from '../../workspaces/in-words.ts'
import { PrimaryVerb } from '../../workspaces/PrimaryVerb.tsx'
import { latestWorkspacesQuery } from '../../workspaces/queries.ts'
import { useWorkspaceCommands } from '../../workspaces/use-workspace-commands.tsx'
import { WorkspaceStateBadge } from '../../workspaces/WorkspaceStateBadge.tsx'
import { CardError, CardSkeleton } from './parts.tsx'

/** The workspaces of whoever looks and those shared with them: how they are, and the way in. */
export function MyWorkspaces() {
  const { t } = useTranslation()
  const { may } = useSession()
  const list = useQuery(latestWorkspacesQuery)
  const { run, busy, dialogs } = useWorkspaceCommands()
  if (list.isPending) return <CardSkeleton />
  if (!list.data) return <CardError error={list.error} onRetry={() => void list.refetch()} />
  if (list.data.items.length === 0)
    return (
      <EmptyState
        within
        icon={<IconNotebook size={18} />}
        title={t('workspaces.widget.none')}
        text={t(may('workspace.create') ? 'workspaces.widget.noneText' : 'workspaces.empty.noneView')}
      >
        {may('workspace.create') && (
          <Button component={Link} to="/workspaces/new" variant="default" size="compact-sm">
            {t('workspaces.widget.all')}
          </Button>
        )}
      </EmptyState>
    )
  return (
    <>
      <ul className="bare-list workspace-lines">
        {list.data.items.map((workspace) => (
          <li key={workspace.id}>
            <div>
              <Link to="/workspaces/$id" params={{ id: workspace.id }} className="workspace-line-name">
                <bdi>{workspace.name}</bdi>
              </Link>
              <span className="dim">
                {idleInWords(t, workspace) ?? workspace.reason ?? amountsInWords(t, workspace).join(' · ')}
              </span>
            </div>
            <WorkspaceStateBadge state={workspace.state} />
            <span className="workspace-line-verb">
              {workspace.idle.warned && workspace.state === 'running' && (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={t('workspaces.named.extend', { name: workspace.name })}
                  loading={busy === workspace.id}
                  onClick={() => run('extend', workspace)}
                >
                  {t('workspaces.do.extend')}
                </Button>
              )}
              <PrimaryVerb workspace={workspace} run={run} busy={busy === workspace.id} size="compact-sm" />
            </span>
          </li>
        ))}
      </ul>
      {dialogs}
    </>
  )
}
