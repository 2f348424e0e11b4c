import {
  IconBoxMultiple,
  IconChartBar,
  IconChecklist,
  IconDeviceDesktopAnalytics,
  IconGauge,
  IconHexagons,
  IconHistory,
  IconNotebook,
  IconServer2,
  IconSpeakerphone,
  IconUsersGroup,
} from '@tabler/icons-react'
import type { WidgetType } from '@tenantry/contract'
import { type ComponentType, createElement, lazy } from 'react'
import { lazyPart } from '../../../app/lazy.ts'
import { ResourceCard } from './ResourceCard.tsx'

type Shown = {
  icon: typeof IconServer2
  widget: ComponentType
  /** The page that shows more of it. */
  to?: string
  search?: Record<string, string>
}

/** How each widget of the registry is drawn. The page does not wait for what stands further down. */
export const shownAs: Record<WidgetType, Shown> = {
  baremetal: { icon: IconServer2, widget: () => createElement(ResourceCard, { kind: 'baremetal' }), to: '/bare-metal' },
  vm: {
    icon: IconDeviceDesktopAnalytics,
    widget: () => createElement(ResourceCard, { kind: 'vm' }),
    to: '/virtual-machines',
  },
  kubernetes: {
    icon: IconHexagons,
    widget: () => createElement(ResourceCard, { kind: 'kubernetes' }),
    to: '/kubernetes',
  },
  slurm: { icon: IconBoxMultiple, widget: () => createElement(ResourceCard, { kind: 'slurm' }), to: '/slurm' },
  gpus: { icon: IconChartBar, widget: lazy(async () => ({ default: (await import('./Gpus.tsx')).Gpus })) },
  my_jobs: {
    icon: IconChecklist,
    widget: lazy(async () => ({ default: (await import('./MyJobs.tsx')).MyJobs })),
    to: '/jobs',
  },
  my_workspaces: {
    icon: IconNotebook,
    // Its dialogs need the rest of the kit's styles.
    widget: lazyPart(async () => (await import('./MyWorkspaces.tsx')).MyWorkspaces),
    to: '/workspaces',
  },
  quota: { icon: IconGauge, widget: lazy(async () => ({ default: (await import('./Quota.tsx')).Quota })) },
  announcements: {
    icon: IconSpeakerphone,
    widget: lazy(async () => ({ default: (await import('./Announcements.tsx')).Announcements })),
  },
  activity: {
    icon: IconHistory,
    widget: lazy(async () => ({ default: (await import('./Activity.tsx')).Activity })),
    to: '/profile',
    search: { tab: 'activity' },
  },
  users_by_role: {
    icon: IconUsersGroup,
    widget: lazy(async () => ({ default: (await import('./UsersByRole.tsx')).UsersByRole })),
    to: '/users',
  },
}
