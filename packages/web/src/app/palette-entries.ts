import { useMantineColorScheme } from '@mantine/core'
import {
  IconBuildingCommunity,
  IconChartBar,
  IconCircles,
  IconCube,
  IconDeviceDesktop,
  IconDeviceLaptop,
  IconFileImport,
  IconHistory,
  IconKey,
  IconKeyboard,
  IconLayoutDashboard,
  IconListCheck,
  IconLogout,
  IconMessages,
  IconMoon,
  IconNotebook,
  IconPlayerPlay,
  IconPlugConnected,
  type IconSearch,
  IconServer2,
  IconSettings,
  IconShieldCheck,
  IconShieldPlus,
  IconStack2,
  IconSun,
  IconUser,
  IconUserPlus,
  IconUsers,
} from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSession } from './session.ts'
import { useSignOut } from './use-sign-out.ts'

export type Entry = {
  id: string
  group: string
  label: string
  icon: typeof IconSearch
  run: () => unknown
  description?: string
}

/** Every page one may go to, and every action that needs nobody to do it to. */
export function useEntries(onHelp: () => void): Entry[] {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { may } = useSession()
  const { setColorScheme } = useMantineColorScheme()
  const signOut = useSignOut()
  const go = (label: string, icon: Entry['icon'], run: Entry['run'], shown = true) =>
    shown && { id: `go ${label}`, group: t('palette.go'), label, icon, run }
  const act = (label: string, icon: Entry['icon'], run: Entry['run'], shown = true) =>
    shown && { id: `act ${label}`, group: t('palette.do'), label, icon, run }
  const profile = (tab: 'sessions' | 'activity' | 'password') => () => navigate({ to: '/profile', search: { tab } })
  const scheme = (name: 'light' | 'dark' | 'auto') => `${t('theme.label')}: ${t(`theme.${name}`)}`
  return [
    go(t('nav.dashboard'), IconLayoutDashboard, () => navigate({ to: '/dashboard' })),
    go(t('nav.baremetal'), IconServer2, () => navigate({ to: '/bare-metal' }), may('baremetal.view')),
    go(t('nav.vm'), IconDeviceDesktop, () => navigate({ to: '/virtual-machines' }), may('vm.view')),
    go(t('nav.kubernetes'), IconCircles, () => navigate({ to: '/kubernetes' }), may('kubernetes.view')),
    go(t('nav.slurm'), IconStack2, () => navigate({ to: '/slurm' }), may('slurm.view')),
    go(t('nav.jobs'), IconListCheck, () => navigate({ to: '/jobs' }), may('job.view_own') || may('job.view_all')),
    go(
      t('nav.workspaces'),
      IconNotebook,
      () => navigate({ to: '/workspaces' }),
      may('workspace.view_own') || may('workspace.view_all'),
    ),
    go(t('nav.playground'), IconMessages, () => navigate({ to: '/playground' }), may('model.use')),
    go(t('nav.models'), IconCube, () => navigate({ to: '/models' }), may('model.view') || may('model.publish')),
    go(
      t('nav.modelKeys'),
      IconKey,
      () => navigate({ to: '/models/keys' }),
      may('model_key.create_own') || may('model_key.view_all'),
    ),
    go(
      t('nav.modelUsage'),
      IconChartBar,
      () => navigate({ to: '/models/usage' }),
      may('model.use') || may('model_key.view_all'),
    ),
    go(t('nav.users'), IconUsers, () => navigate({ to: '/users' }), may('user.view')),
    go(t('nav.roles'), IconShieldCheck, () => navigate({ to: '/roles' }), may('role.view')),
    go(t('nav.audit'), IconHistory, () => navigate({ to: '/audit' }), may('audit.view')),
    go(
      t('nav.settings'),
      IconSettings,
      () => navigate({ to: '/settings' }),
      may('tenant.update_settings') || may('quota.assign'),
    ),
    go(t('nav.tenants'), IconBuildingCommunity, () => navigate({ to: '/tenants' }), may('tenant.list')),
    go(t('nav.engines'), IconServer2, () => navigate({ to: '/engines' }), may('engine.view')),
    go(t('nav.profile'), IconUser, () => navigate({ to: '/profile' })),
    go(t('nav.sessions'), IconDeviceLaptop, profile('sessions')),
    go(t('profile.activity'), IconHistory, profile('activity')),
    act(t('nav.submitJob'), IconPlayerPlay, () => navigate({ to: '/jobs/new' }), may('job.submit')),
    act(t('nav.newWorkspace'), IconNotebook, () => navigate({ to: '/workspaces/new' }), may('workspace.create')),
    act(t('nav.publishModel'), IconCube, () => navigate({ to: '/models/new' }), may('model.publish')),
    act(
      t('users.createUser'),
      IconUserPlus,
      () => navigate({ to: '/users', search: { create: true } }),
      may('user.create') && may('user.view'),
    ),
    act(
      t('roles.create'),
      IconShieldPlus,
      () => navigate({ to: '/roles', search: { create: true } }),
      may('role.create'),
    ),
    act(
      t('nav.connectEngine'),
      IconPlugConnected,
      () => navigate({ to: '/engines', search: { connect: true } }),
      may('engine.connect') && may('engine.view'),
    ),
    act(t('users.importPage.title'), IconFileImport, () => navigate({ to: '/users/import' }), may('user.create')),
    act(t('nav.changePassword'), IconKey, profile('password')),
    act(scheme('light'), IconSun, () => setColorScheme('light')),
    act(scheme('dark'), IconMoon, () => setColorScheme('dark')),
    act(scheme('auto'), IconDeviceDesktop, () => setColorScheme('auto')),
    act(t('nav.help'), IconKeyboard, onHelp),
    act(t('nav.signOut'), IconLogout, signOut),
  ].filter((entry) => entry !== false)
}
