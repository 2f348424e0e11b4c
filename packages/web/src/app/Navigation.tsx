import { ActionIcon } from '@mantine/core'
import {
  IconBuildingCommunity,
  IconCircles,
  IconCube,
  IconDeviceDesktop,
  IconEngine,
  IconHistory,
  IconLayoutDashboard,
  IconListCheck,
  IconMenu2,
  IconMessages,
  IconNotebook,
  IconServer2,
  IconSettings,
  IconShieldCheck,
  IconStack2,
  IconUsers,
  IconX,
} from '@tabler/icons-react'
import { Link, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from './session.ts'

/** The pages one may go to. */
export function NavigationLinks() {
  const { t } = useTranslation()
  const { may } = useSession()
  const links = [
    { to: '/dashboard', label: t('nav.dashboard'), icon: IconLayoutDashboard, shown: true },
    { to: '/bare-metal', label: t('nav.baremetal'), icon: IconServer2, shown: may('baremetal.view') },
    { to: '/virtual-machines', label: t('nav.vm'), icon: IconDeviceDesktop, shown: may('vm.view') },
    { to: '/kubernetes', label: t('nav.kubernetes'), icon: IconCircles, shown: may('kubernetes.view') },
    { to: '/slurm', label: t('nav.slurm'), icon: IconStack2, shown: may('slurm.view') },
    {
      to: '/jobs',
      label: t('nav.jobs'),
      icon: IconListCheck,
      shown: may('job.view_own') || may('job.view_all'),
    },
    {
      to: '/workspaces',
      label: t('nav.workspaces'),
      icon: IconNotebook,
      shown: may('workspace.view_own') || may('workspace.view_all'),
    },
    { to: '/playground', label: t('nav.playground'), icon: IconMessages, shown: may('model.use') },
    { to: '/models', label: t('nav.models'), icon: IconCube, shown: may('model.view') || may('model.publish') },
    { to: '/users', label: t('nav.users'), icon: IconUsers, shown: may('user.view') },
    { to: '/roles', label: t('nav.roles'), icon: IconShieldCheck, shown: may('role.view') },
    { to: '/tenants', label: t('nav.tenants'), icon: IconBuildingCommunity, shown: may('tenant.list') },
    { to: '/engines', label: t('nav.engines'), icon: IconEngine, shown: may('engine.view') },
    { to: '/audit', label: t('nav.audit'), icon: IconHistory, shown: may('audit.view') },
    {
      to: '/settings',
      label: t('nav.settings'),
      icon: IconSettings,
      shown: (may('tenant.view') && may('tenant.update_settings')) || may('quota.assign'),
    },
  ] as const
  return (
    <nav aria-label={t('nav.label')}>
      <ul className="bare-list">
        {links
          .filter(({ shown }) => shown)
          .map(({ to, label, icon: Icon }) => (
            <li key={to}>
              <Link to={to} className="nav-link">
                <Icon size={18} stroke={1.7} aria-hidden />
                {label}
              </Link>
            </li>
          ))}
      </ul>
    </nav>
  )
}

/** On narrow screens: the same behind a button, in a dialog of the browser's own, which keeps the focus and heeds Escape. */
export function NavigationDrawer() {
  const { t } = useTranslation()
  const { tenant } = useSession()
  const dialog = useRef<HTMLDialogElement>(null)
  const path = useRouterState({ select: (state) => state.location.pathname })
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the drawer
  useEffect(() => dialog.current?.close(), [path])
  return (
    <>
      <ActionIcon
        className="only-narrow"
        variant="subtle"
        color="gray"
        size={34}
        aria-label={t('nav.open')}
        aria-haspopup="dialog"
        onClick={() => dialog.current?.showModal()}
      >
        <IconMenu2 size={20} aria-hidden />
      </ActionIcon>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the dialog's own */}
      <dialog
        ref={dialog}
        className="shell-drawer"
        aria-label={t('nav.label')}
        onClick={(event) => event.target === event.currentTarget && event.currentTarget.close()}
      >
        <header>
          <span>{tenant.name}</span>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={34}
            aria-label={t('nav.close')}
            onClick={() => dialog.current?.close()}
          >
            <IconX size={18} aria-hidden />
          </ActionIcon>
        </header>
        <NavigationLinks />
      </dialog>
    </>
  )
}
