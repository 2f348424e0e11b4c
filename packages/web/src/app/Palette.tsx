import { Spotlight, spotlight } from '@mantine/spotlight'
import '@mantine/spotlight/styles.css'
import { useMantineColorScheme } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import {
  IconDeviceLaptop,
  IconKey,
  IconLayoutDashboard,
  IconLogout,
  IconMoon,
  IconSearch,
  IconSun,
  IconUser,
  IconUserPlus,
  IconUsers,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usersQuery } from '../features/users/queries.ts'
import { useSession } from './session.ts'
import { useSignOut } from './use-sign-out.ts'

type Entry = {
  id: string
  group: string
  label: string
  icon: typeof IconSearch
  run: () => unknown
  description?: string
}

/** Search and commands: every page, every action that needs no row, and users by name. */
export function Palette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { may } = useSession()
  const { setColorScheme } = useMantineColorScheme()
  const signOut = useSignOut()
  const [query, setQuery] = useState('')
  const [sought] = useDebouncedValue(query.trim(), 150)
  const found = useQuery({
    ...usersQuery({ q: sought, limit: 25 }),
    enabled: opened && sought.length > 1 && may('user.view'),
  })
  useEffect(() => {
    if (opened) spotlight.open()
  }, [opened])

  const go = t('palette.go')
  const act = t('palette.do')
  const fixed: (Entry | false)[] = [
    {
      id: 'dashboard',
      group: go,
      label: t('nav.dashboard'),
      icon: IconLayoutDashboard,
      run: () => navigate({ to: '/dashboard' }),
    },
    may('user.view') && {
      id: 'users',
      group: go,
      label: t('nav.users'),
      icon: IconUsers,
      run: () => navigate({ to: '/users' }),
    },
    may('tenant.list') && {
      id: 'tenants',
      group: go,
      label: t('nav.tenants'),
      icon: IconUsers,
      run: () => navigate({ to: '/tenants' }),
    },
    { id: 'profile', group: go, label: t('nav.profile'), icon: IconUser, run: () => navigate({ to: '/profile' }) },
    {
      id: 'sessions',
      group: go,
      label: t('nav.sessions'),
      icon: IconDeviceLaptop,
      run: () => navigate({ to: '/profile', search: { tab: 'sessions' } }),
    },
    may('user.create') && {
      id: 'create',
      group: act,
      label: t('users.createUser'),
      icon: IconUserPlus,
      run: () => navigate({ to: '/users', search: { create: true } }),
    },
    may('user.create') && {
      id: 'import',
      group: act,
      label: t('users.importPage.title'),
      icon: IconUserPlus,
      run: () => navigate({ to: '/users/import' }),
    },
    {
      id: 'password',
      group: act,
      label: t('nav.changePassword'),
      icon: IconKey,
      run: () => navigate({ to: '/profile', search: { tab: 'password' } }),
    },
    {
      id: 'light',
      group: act,
      label: `${t('theme.label')}: ${t('theme.light')}`,
      icon: IconSun,
      run: () => setColorScheme('light'),
    },
    {
      id: 'dark',
      group: act,
      label: `${t('theme.label')}: ${t('theme.dark')}`,
      icon: IconMoon,
      run: () => setColorScheme('dark'),
    },
    { id: 'signOut', group: act, label: t('nav.signOut'), icon: IconLogout, run: signOut },
  ]
  const words = query.trim().toLowerCase()
  const people: Entry[] = (sought === query.trim() && found.data ? found.data.items : []).slice(0, 8).map((user) => ({
    id: user.id,
    group: t('palette.users'),
    label: `${user.firstName} ${user.lastName}`,
    description: `${user.username} · ${user.email}`,
    icon: IconUser,
    run: () => navigate({ to: '/users/$id', params: { id: user.id } }),
  }))
  const entries = [
    ...fixed.filter((entry) => entry !== false).filter(({ label }) => label.toLowerCase().includes(words)),
    ...people,
  ]
  const groups = [...new Set(entries.map(({ group }) => group))]

  return (
    <Spotlight.Root
      attributes={{ content: { 'aria-label': t('nav.palette') } }}
      query={query}
      onQueryChange={setQuery}
      onSpotlightClose={onClose}
      shortcut={null}
      scrollable
      maxHeight={420}
      clearQueryOnClose
    >
      <Spotlight.Search
        placeholder={t('palette.placeholder')}
        aria-label={t('nav.palette')}
        leftSection={<IconSearch size={18} aria-hidden />}
      />
      <Spotlight.ActionsList>
        {groups.map((group) => (
          <Spotlight.ActionsGroup key={group} label={group}>
            {entries
              .filter((entry) => entry.group === group)
              .map(({ id, label, description, icon: Icon, run }) => (
                <Spotlight.Action
                  key={id}
                  label={label}
                  description={description}
                  leftSection={<Icon size={18} stroke={1.6} aria-hidden />}
                  onClick={() => void run()}
                />
              ))}
          </Spotlight.ActionsGroup>
        ))}
        {entries.length === 0 && <Spotlight.Empty>{t('palette.nothing')}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}
