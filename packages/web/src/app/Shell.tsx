import { ActionIcon, AppShell, Burger, Group, Kbd, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure, useHotkeys } from '@mantine/hooks'
import { IconBuildingCommunity, IconLayoutDashboard, IconSearch, IconUsers } from '@tabler/icons-react'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Logo } from '../ui/Logo.tsx'
import { useSession } from './session.ts'

// The menu brings positioning and focus handling with it: the page is there before it.
const AccountMenu = lazy(() =>
  import('./AccountMenu.tsx').then(({ AccountMenu: component }) => ({ default: component })),
)
const Palette = lazy(() => import('./Palette.tsx').then(({ Palette: component }) => ({ default: component })))

/** What stands around every page of somebody who has signed in. */
export function Shell() {
  const { t } = useTranslation()
  const session = useSession()
  const [opened, { toggle, close }] = useDisclosure()
  const [palette, setPalette] = useState<'never' | 'open' | 'closed'>('never')
  const path = useRouterState({ select: (state) => state.location.pathname })
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the drawer
  useEffect(() => close(), [path])
  useHotkeys([['mod+K', () => setPalette('open')]], [])

  const links = [
    { to: '/dashboard' as const, label: t('nav.dashboard'), icon: IconLayoutDashboard, shown: true },
    { to: '/users' as const, label: t('nav.users'), icon: IconUsers, shown: session.may('user.view') },
    {
      to: '/tenants' as const,
      label: t('nav.tenants'),
      icon: IconBuildingCommunity,
      shown: session.may('tenant.list'),
    },
  ].filter(({ shown }) => shown)

  return (
    <AppShell
      header={{ height: 54 }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={0}
    >
      <a className="skip-link" href="#content">
        {t('nav.skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="xs">
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t('nav.open')}
              aria-expanded={opened}
            />
            <Logo />
            <Text fw={600} truncate title={session.tenant.name}>
              {session.tenant.name}
            </Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <UnstyledButton className="nav-link" visibleFrom="sm" onClick={() => setPalette('open')}>
              <IconSearch size={16} aria-hidden />
              <Text size="sm" c="dimmed">
                {t('nav.search')}
              </Text>
              <Kbd size="xs">Ctrl K</Kbd>
            </UnstyledButton>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              hiddenFrom="sm"
              aria-label={t('nav.palette')}
              onClick={() => setPalette('open')}
            >
              <IconSearch size={18} />
            </ActionIcon>
            <Suspense fallback={<span style={{ width: 32 }} />}>
              <AccountMenu />
            </Suspense>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={t('nav.label')}>
        <ul className="bare-list">
          {links.map(({ to, label, icon: Icon }) => (
            <li key={to}>
              <Link to={to} className="nav-link">
                <Icon size={18} stroke={1.7} aria-hidden />
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} style={{ outline: 'none' }}>
        <div style={{ maxWidth: 1280, margin: '0 auto', padding: '28px clamp(16px, 3vw, 36px) 48px' }}>
          <Outlet />
        </div>
      </AppShell.Main>
      {palette !== 'never' && (
        <Suspense>
          <Palette opened={palette === 'open'} onClose={() => setPalette('closed')} />
        </Suspense>
      )}
    </AppShell>
  )
}
