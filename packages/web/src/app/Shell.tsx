import { ActionIcon, Kbd, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { IconMoon, IconSearch, IconSun } from '@tabler/icons-react'
import { Outlet } from '@tanstack/react-router'
import { Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Logo } from '../ui/Logo.tsx'
import { Announcer } from './Announcer.tsx'
import { lazyPart } from './lazy.ts'
import { NavigationDrawer, NavigationLinks } from './Navigation.tsx'
import { useSession } from './session.ts'
import { useSingleKey } from './single-keys.ts'

// These bring positioning and focus handling with them: the page is there before them.
const AccountMenu = lazyPart(async () => (await import('./AccountMenu.tsx')).AccountMenu)
const Palette = lazyPart(async () => (await import('./Palette.tsx')).Palette)
const VisitBanner = lazyPart(async () => (await import('../features/tenants/VisitBanner.tsx')).VisitBanner)
const Notices = lazyPart(async () => (await import('./Notices.tsx')).Notices)
const ShortcutsDialog = lazyPart(async () => (await import('./ShortcutsDialog.tsx')).ShortcutsDialog)

const isApple = /Mac|iPhone|iPad/.test(navigator.platform)

/** What stands around every page of somebody who has signed in. */
export function Shell() {
  const { t } = useTranslation()
  const { tenant, visitingFrom } = useSession()
  const [palette, setPalette] = useState<'never' | 'open' | 'closed'>('never')
  const [help, setHelp] = useState(false)
  const openPalette = () => setPalette('open')
  useSingleKey('?', () => setHelp(true))
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return
      event.preventDefault()
      setPalette('open')
    }
    window.addEventListener('keydown', hear)
    return () => window.removeEventListener('keydown', hear)
  }, [])

  return (
    <div className="shell">
      <a className="skip-link" href="#content">
        {t('nav.skip')}
      </a>
      <header className="shell-bar">
        <NavigationDrawer />
        <div className="shell-tenant">
          <Logo />
          <span title={tenant.name}>{tenant.name}</span>
        </div>
        <UnstyledButton className="shell-search only-wide" aria-label={t('nav.palette')} onClick={openPalette}>
          <IconSearch size={16} aria-hidden />
          <span>{t('nav.search')}</span>
          <Kbd size="xs">{isApple ? '⌘K' : 'Ctrl K'}</Kbd>
        </UnstyledButton>
        <ActionIcon
          className="only-narrow"
          variant="subtle"
          color="gray"
          size={34}
          aria-label={t('nav.palette')}
          onClick={openPalette}
        >
          <IconSearch size={18} aria-hidden />
        </ActionIcon>
        <SchemeSwitch />
        <Suspense fallback={<span style={{ width: 32 }} />}>
          <AccountMenu onHelp={() => setHelp(true)} />
        </Suspense>
      </header>
      <aside className="shell-side">
        <NavigationLinks />
      </aside>
      <main id="content" className="shell-page" tabIndex={-1}>
        {visitingFrom && (
          <Suspense>
            <VisitBanner />
          </Suspense>
        )}
        <div>
          <Outlet />
        </div>
      </main>
      <Announcer />
      <Suspense>
        <Notices />
      </Suspense>
      {palette !== 'never' && (
        <Suspense>
          <Palette opened={palette === 'open'} onClose={() => setPalette('closed')} onHelp={() => setHelp(true)} />
        </Suspense>
      )}
      {help && (
        <Suspense>
          <ShortcutsDialog onClose={() => setHelp(false)} />
        </Suspense>
      )}
    </div>
  )
}

function SchemeSwitch() {
  const { t } = useTranslation()
  const { setColorScheme } = useMantineColorScheme()
  const other = useComputedColorScheme('light', { getInitialValueInEffect: false }) === 'dark' ? 'light' : 'dark'
  const Icon = other === 'dark' ? IconMoon : IconSun
  const label = t(`theme.to.${other}`)
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={34}
      aria-label={label}
      title={label}
      onClick={() => setColorScheme(other)}
    >
      <Icon size={18} aria-hidden />
    </ActionIcon>
  )
}
