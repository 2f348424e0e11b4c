import './messages.ts'
import './workspaces.css'
import { Button, Group, Skeleton, Text } from '@mantine/core'
import { IconNotebook, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useEvents } from '../../app/events.ts'
import { formatNumber } from '../../app/format.ts'
import { useSession } from '../../app/session.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { choicesQuery, workspacesQuery } from './queries.ts'
import { useWorkspaceCommands } from './use-workspace-commands.tsx'
import { WorkspaceCard } from './WorkspaceCard.tsx'
import { WorkspaceFilters } from './WorkspaceFilters.tsx'
import { WorkspaceSections } from './WorkspaceSections.tsx'
import type { WorkspaceSearch } from './workspace-search.ts'

/** The workspaces of whoever looks and those shared with them, or everybody’s; alive. */
export function WorkspacesPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { tenant, may } = useSession()
  const search: WorkspaceSearch = useSearch({ from: '/shell/workspaces' })
  const seeing = may('workspace.view_own') || may('workspace.view_all')
  const list = useQuery({ ...workspacesQuery(search), enabled: seeing })
  const { run, busy, dialogs } = useWorkspaceCommands()
  useEvents()
  if (!seeing) return <NoAccess title={t('workspaces.title')} needs="workspace.view_own" />
  const go = (change: object, replace = false) =>
    void navigate({
      to: '/workspaces',
      replace,
      search: Object.fromEntries(
        Object.entries({ ...search, cursor: undefined, ...change }).filter(([, value]) => value !== undefined),
      ) as WorkspaceSearch,
    })
  const filtered = Boolean(search.q || search.state)
  const { items = [], next, previous, total = 0 } = list.data ?? {}
  // Nothing there, and not for what was looked for: what there is to do stands in its place.
  const blank = list.data?.items.length === 0 && !list.isPlaceholderData && !filtered && !search.cursor
  return (
    <>
      <PageHeader title={t('workspaces.title')} lead={t('workspaces.lead', { tenant: tenant.name })}>
        {(list.data || list.error) && !blank && may('workspace.create') && (
          <Button component={Link} to="/workspaces/new" leftSection={<IconPlus size={16} aria-hidden />}>
            {t('workspaces.do.launch')}
          </Button>
        )}
      </PageHeader>
      <WorkspaceSections />
      <WorkspaceFilters search={search} blank={blank} onChange={go} />
      <ProblemAlert error={list.error}>
        <Button variant="default" size="compact-sm" mt="xs" onClick={() => void list.refetch()}>
          {t('action.retry')}
        </Button>
      </ProblemAlert>
      {list.isPending && (
        <div className="workspace-grid" aria-busy="true">
          {['a', 'b', 'c'].map((key) => (
            <Skeleton key={key} h={196} radius={12} />
          ))}
        </div>
      )}
      {list.data && items.length === 0 && (
        <div className="card">
          {filtered ? (
            <NoMatch onClear={() => go({ q: undefined, state: undefined })} />
          ) : may('workspace.create') ? (
            <Nothing />
          ) : (
            <NothingShared />
          )}
        </div>
      )}
      {items.length > 0 && (
        <ul
          className="bare-list workspace-grid"
          aria-label={t('workspaces.list')}
          style={{ opacity: list.isPlaceholderData ? 0.7 : 1 }}
        >
          {items.map((workspace) => (
            <WorkspaceCard key={workspace.id} workspace={workspace} run={run} busy={busy === workspace.id} />
          ))}
        </ul>
      )}
      {items.length > 0 && (
        <Group justify="space-between" mt="md" gap="xs">
          <Text size="sm" c="dimmed" className="numbers">
            {t('workspaces.total', { count: total, formatted: formatNumber(total) })}
          </Text>
          {(previous || next) && (
            <Group gap="xs">
              <Button variant="default" disabled={!previous} onClick={() => go({ cursor: previous })}>
                {t('page.previous')}
              </Button>
              <Button variant="default" disabled={!next} onClick={() => go({ cursor: next })}>
                {t('page.next')}
              </Button>
            </Group>
          )}
        </Group>
      )}
      {dialogs}
    </>
  )
}

const icon = <IconNotebook size={22} />

function NoMatch({ onClear }: { onClear: () => void }) {
  const { t } = useTranslation()
  return (
    <EmptyState
      icon={icon}
      title={t('workspaces.empty.noMatch')}
      text={t('workspaces.empty.noMatchText')}
      onClear={onClear}
    />
  )
}

function NothingShared() {
  const { t } = useTranslation()
  return <EmptyState icon={icon} title={t('workspaces.empty.none')} text={t('workspaces.empty.noneView')} />
}

/** Why there is nothing: nobody made a template, or nothing was launched yet. What to do about it depends on who looks. */
function Nothing() {
  const { t } = useTranslation()
  const { may } = useSession()
  const { data } = useQuery(choicesQuery)
  if (!data) return <Skeleton h={180} radius={12} />
  if (data.templates.length > 0)
    return (
      <EmptyState icon={icon} title={t('workspaces.empty.none')} text={t('workspaces.empty.noneText')}>
        <Button component={Link} to="/workspaces/new" leftSection={<IconPlus size={16} aria-hidden />}>
          {t('workspaces.do.launch')}
        </Button>
      </EmptyState>
    )
  if (!may('workspace.manage_all'))
    return (
      <EmptyState icon={icon} title={t('workspaces.empty.noTemplates')} text={t('workspaces.empty.noTemplatesAsk')} />
    )
  return (
    <EmptyState icon={icon} title={t('workspaces.empty.noTemplates')} text={t('workspaces.empty.noTemplatesMake')}>
      <Button component={Link} to="/workspaces/templates/new">
        {t('workspaces.templates.new')}
      </Button>
    </EmptyState>
  )
}
