import { Button, Skeleton, Tabs } from '@mantine/core'
import { IconChevronLeft } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem } from '../../app/api.ts'
import { NotFound } from '../../app/errors.tsx'
import { useSession } from '../../app/session.ts'
import { ActivityList } from '../../ui/ActivityList.tsx'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { StatusBadge } from '../../ui/StatusBadge.tsx'
import { activityQuery, rolesQuery, userQuery } from './queries.ts'
import { type OpenDialog, UserDialogs } from './UserDialogs.tsx'
import { UserEngines } from './UserEngines.tsx'
import { UserMenu } from './UserMenu.tsx'
import { UserOverview } from './UserOverview.tsx'
import { UserPermissions } from './UserPermissions.tsx'
import { UserSessions } from './UserSessions.tsx'
import { useUserCommands } from './use-user-commands.ts'
import { commandsFor, type UserCommand } from './user-commands.ts'

/** View: who somebody is, what they may do and why, where they are signed in, what happened. */
export function UserPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { user: me, may } = useSession()
  const { id } = useParams({ from: '/shell/users/$id' })
  const { tab = 'overview' } = useSearch({ from: '/shell/users/$id' })
  const [dialog, setDialog] = useState<OpenDialog | null>(null)
  const commands = useUserCommands((command, user) => setDialog({ command, user }))
  const { data: user, error } = useQuery({ ...userQuery(id), enabled: may('user.view') })
  const { data: roles } = useQuery(rolesQuery)

  if (!may('user.view')) return <NoAccess title={t('users.title')} needs="user.view" />
  if (error instanceof ApiProblem && error.code === 'not_found') return <NotFound />
  if (error) return <ProblemAlert error={error} />
  if (!user) return <Loading />
  const offered = commandsFor(user, { userId: me.id, may, roles }).filter(({ refusal }) => refusal === null)
  const can = (command: UserCommand) => offered.some((one) => one.command === command)
  const show = (value: string | null) =>
    void navigate({
      to: '/users/$id',
      params: { id },
      search: value === 'overview' ? {} : { tab: value as 'sessions' },
      replace: true,
    })
  return (
    <>
      <Link to="/users" className="back-link">
        <IconChevronLeft size={16} aria-hidden />
        {t('users.all')}
      </Link>
      <PageHeader title={`${user.firstName} ${user.lastName}`} lead={`${user.username} · ${user.email}`}>
        <StatusBadge status={user.status} />
        {can('edit') && (
          <Button variant="default" onClick={() => commands.run('edit', user)}>
            {t('users.do.edit')}
          </Button>
        )}
        <UserMenu user={user} run={commands.run} />
      </PageHeader>
      <Tabs value={tab} onChange={show} keepMounted={false}>
        <Tabs.List mb="lg" style={{ flexWrap: 'nowrap', overflowX: 'auto' }}>
          <Tabs.Tab value="overview">{t('users.view.overview')}</Tabs.Tab>
          <Tabs.Tab value="permissions">{t('users.view.permissions')}</Tabs.Tab>
          <Tabs.Tab value="engines">{t('users.view.engines')}</Tabs.Tab>
          {may('user.sign_out') && <Tabs.Tab value="sessions">{t('users.view.sessions')}</Tabs.Tab>}
          {may('audit.view') && <Tabs.Tab value="activity">{t('users.view.activity')}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="overview">
          <UserOverview user={user} />
        </Tabs.Panel>
        <Tabs.Panel value="permissions">
          <UserPermissions id={id} />
        </Tabs.Panel>
        <Tabs.Panel value="engines">
          <UserEngines id={id} />
        </Tabs.Panel>
        <Tabs.Panel value="sessions">
          <UserSessions user={user} endAll={can('signOut') ? () => commands.run('signOut', user) : null} />
        </Tabs.Panel>
        <Tabs.Panel value="activity">
          <Activity id={id} />
        </Tabs.Panel>
      </Tabs>
      <UserDialogs
        open={dialog}
        onClose={() => setDialog(null)}
        changeRole={commands.changeRole}
        disable={commands.disable}
      />
    </>
  )
}

function Activity({ id }: { id: string }) {
  const list = useInfiniteQuery(activityQuery(id))
  if (list.error) return <ProblemAlert error={list.error} />
  const entries = list.data?.pages.flatMap((page) => page.items)
  return (
    <ActivityList
      entries={entries}
      more={list.hasNextPage}
      loading={list.isFetchingNextPage}
      onMore={() => void list.fetchNextPage()}
    />
  )
}

function Loading() {
  return (
    <div aria-busy>
      <Skeleton h={18} w={140} mb="sm" />
      <Skeleton h={28} w={220} mb={8} />
      <Skeleton h={16} w={180} mb="lg" />
      <Skeleton h={300} maw={760} radius={12} />
    </div>
  )
}
