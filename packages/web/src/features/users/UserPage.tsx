import { Alert, Group, Skeleton, Stack, Tabs, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem, api } from '../../app/api.ts'
import { NotFound } from '../../app/errors.tsx'
import { formatInstant } from '../../app/format.ts'
import { useSession } from '../../app/session.ts'
import { ActivityList } from '../../ui/ActivityList.tsx'
import { Instant } from '../../ui/Instant.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { SessionList } from '../../ui/SessionList.tsx'
import { StatusBadge } from '../../ui/StatusBadge.tsx'
import { activityQuery, userQuery } from './queries.ts'
import { type OpenDialog, UserDialogs } from './UserDialogs.tsx'
import { UserMenu } from './UserMenu.tsx'
import { UserPermissions } from './UserPermissions.tsx'
import { useUserCommands } from './use-user-commands.ts'

/** View: who somebody is, what they may do and why, where they are signed in, what happened. */
export function UserPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { may } = useSession()
  const { id } = useParams({ from: '/shell/users/$id' })
  const { tab = 'overview' } = useSearch({ from: '/shell/users/$id' })
  const [dialog, setDialog] = useState<OpenDialog | null>(null)
  const commands = useUserCommands((command, user) => setDialog({ command, user }))
  const { data: user, error } = useQuery(userQuery(id))

  if (error instanceof ApiProblem && error.code === 'not_found') return <NotFound />
  if (error) return <ProblemAlert error={error} />
  if (!user) return <Skeleton h={240} radius={12} />
  const show = (value: string | null) =>
    void navigate({
      to: '/users/$id',
      params: { id },
      search: value === 'overview' ? {} : { tab: value as 'sessions' },
      replace: true,
    })
  return (
    <>
      <PageHeader title={`${user.firstName} ${user.lastName}`} lead={`${user.username} · ${user.email}`}>
        <StatusBadge status={user.status} />
        <UserMenu user={user} run={commands.run} />
      </PageHeader>
      <Tabs value={tab} onChange={show} keepMounted={false}>
        <Tabs.List mb="lg" style={{ flexWrap: 'nowrap', overflowX: 'auto' }}>
          <Tabs.Tab value="overview">{t('users.view.overview')}</Tabs.Tab>
          <Tabs.Tab value="permissions">{t('users.view.permissions')}</Tabs.Tab>
          {may('user.sign_out') && <Tabs.Tab value="sessions">{t('users.view.sessions')}</Tabs.Tab>}
          {may('audit.view') && <Tabs.Tab value="activity">{t('users.view.activity')}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="overview">
          <Overview user={user} />
        </Tabs.Panel>
        <Tabs.Panel value="permissions">
          <UserPermissions id={id} />
        </Tabs.Panel>
        <Tabs.Panel value="sessions">
          <Sessions id={id} />
        </Tabs.Panel>
        <Tabs.Panel value="activity">
          <Activity id={id} />
        </Tabs.Panel>
      </Tabs>
      <UserDialogs open={dialog} onClose={() => setDialog(null)} changeRole={commands.changeRole} />
    </>
  )
}

type Shown = NonNullable<Awaited<ReturnType<typeof api<'getUser'>>>>

function Overview({ user }: { user: Shown }) {
  const { t } = useTranslation()
  const expired = user.temporaryUntil !== null && new Date(user.temporaryUntil) < new Date()
  const facts: [string, React.ReactNode][] = [
    [t('users.column.username'), user.username],
    [t('users.column.email'), user.email],
    [t('users.column.role'), user.role.name],
    [t('users.column.lastLogin'), <Instant key="l" at={user.lastLoginAt} />],
    [t('users.column.created'), <Instant key="c" at={user.createdAt} />],
    [t('users.view.updated'), <Instant key="u" at={user.updatedAt} />],
  ]
  return (
    <Stack>
      {user.lockedUntil && (
        <Alert color="yellow" variant="outline">
          {t('users.view.lockedUntil', { when: formatInstant(user.lockedUntil) })}
        </Alert>
      )}
      {user.temporaryUntil && (
        <Alert color={expired ? 'yellow' : 'gray'} variant="outline">
          {expired
            ? t('users.view.temporaryExpired')
            : t('users.view.temporaryUntil', { when: formatInstant(user.temporaryUntil) })}
        </Alert>
      )}
      {user.eraseAt && (
        <Alert color="yellow" variant="outline">
          {t('users.view.eraseAt', { when: formatInstant(user.eraseAt) })}
        </Alert>
      )}
      <dl className="card" style={{ margin: 0, padding: '4px 16px' }}>
        {facts.map(([name, value]) => (
          <Group key={name} py={10} gap="md" wrap="nowrap" align="baseline">
            <Text component="dt" size="sm" c="dimmed" w={110} style={{ flex: 'none' }}>
              {name}
            </Text>
            <Text component="dd" size="sm" m={0} style={{ overflowWrap: 'anywhere' }}>
              {value}
            </Text>
          </Group>
        ))}
      </dl>
    </Stack>
  )
}

function Sessions({ id }: { id: string }) {
  const { data, error } = useQuery({
    queryKey: ['users', 'sessions', id],
    queryFn: ({ signal }) => api('listUserSessions', { params: { id }, signal }),
  })
  if (error) return <ProblemAlert error={error} />
  return data ? <SessionList sessions={data.items} /> : <Skeleton h={120} radius={12} />
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
