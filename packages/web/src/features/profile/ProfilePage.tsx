import { Button, Skeleton, Stack, Tabs } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { queryClient } from '../../app/session.ts'
import { ActivityList } from '../../ui/ActivityList.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { SessionList } from '../../ui/SessionList.tsx'
import { ChangePasswordForm } from './ChangePasswordForm.tsx'
import { DetailsForm } from './DetailsForm.tsx'

const profileKey = ['profile', 'details'] as const

export function ProfilePage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { tab = 'details' } = useSearch({ from: '/shell/profile' })
  const profile = useQuery({ queryKey: profileKey, queryFn: ({ signal }) => api('getProfile', { signal }) })
  const show = (value: string | null) =>
    void navigate({ to: '/profile', search: value === 'details' ? {} : { tab: value as 'sessions' }, replace: true })
  return (
    <div style={{ maxWidth: 760 }}>
      <PageHeader
        title={t('profile.title')}
        {...(profile.data && { lead: `${profile.data.username} · ${profile.data.role.name}` })}
      />
      <Tabs value={tab} onChange={show} keepMounted={false}>
        <Tabs.List mb="lg" style={{ flexWrap: 'nowrap', overflowX: 'auto' }}>
          {(['details', 'password', 'sessions', 'activity'] as const).map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`profile.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="details">
          <ProblemAlert error={profile.error} />
          {profile.data ? (
            <DetailsForm key={profile.data.version} profile={profile.data} />
          ) : (
            <Skeleton h={200} radius={12} />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="password">
          <ChangePasswordForm />
        </Tabs.Panel>
        <Tabs.Panel value="sessions">
          <OwnSessions />
        </Tabs.Panel>
        <Tabs.Panel value="activity">
          <OwnActivity />
        </Tabs.Panel>
      </Tabs>
    </div>
  )
}

function OwnSessions() {
  const { t } = useTranslation()
  const key = ['profile', 'sessions']
  const { data, error } = useQuery({ queryKey: key, queryFn: ({ signal }) => api('listOwnSessions', { signal }) })
  const refresh = () => queryClient.invalidateQueries({ queryKey: key })
  const end = useMutation({
    mutationFn: (id: string) => api('endOwnSession', { params: { id } }),
    onSuccess: () => notifications.show({ message: t('profile.ended'), color: 'tide' }),
    onSettled: refresh,
  })
  const endOthers = useMutation({
    mutationFn: () => api('endOtherSessions', {}),
    onSuccess: ({ ended }) =>
      notifications.show({ message: t('profile.endedOthers', { count: ended }), color: 'tide' }),
    onSettled: refresh,
  })
  if (error) return <ProblemAlert error={error} />
  if (!data) return <Skeleton h={120} radius={12} />
  return (
    <Stack align="stretch">
      <ProblemAlert error={end.error ?? endOthers.error} />
      <SessionList sessions={data.items} onEnd={(id) => end.mutate(id)} />
      {data.items.length > 1 && (
        <Button
          variant="default"
          style={{ alignSelf: 'flex-start' }}
          loading={endOthers.isPending}
          onClick={() => endOthers.mutate()}
        >
          {t('profile.endOthers')}
        </Button>
      )}
    </Stack>
  )
}

function OwnActivity() {
  const list = useInfiniteQuery({
    queryKey: ['profile', 'activity'],
    queryFn: ({ pageParam, signal }) =>
      api('listOwnActivity', { query: { limit: 30, ...(pageParam && { cursor: pageParam }) }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  })
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
