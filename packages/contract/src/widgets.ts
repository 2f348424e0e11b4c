import type { Permission } from './permissions.ts'

type Widget = {
  /** Whoever holds one of these may have it; empty: everybody. */
  needs: readonly Permission[]
  /** In cells: how it begins, and how small and large it may be made. */
  size: { w: number; h: number }
  least: { w: number; h: number }
  most: { w: number; h: number }
}

/** Every widget of the dashboard, in the order of the default layout. */
export const widgets = {
  baremetal: {
    needs: ['baremetal.view'],
    size: { w: 6, h: 4 },
    least: { w: 3, h: 3 },
    most: { w: 12, h: 8 },
  },
  vm: { needs: ['vm.view'], size: { w: 6, h: 4 }, least: { w: 3, h: 3 }, most: { w: 12, h: 8 } },
  kubernetes: { needs: ['kubernetes.view'], size: { w: 6, h: 4 }, least: { w: 3, h: 3 }, most: { w: 12, h: 8 } },
  slurm: { needs: ['slurm.view'], size: { w: 6, h: 4 }, least: { w: 3, h: 3 }, most: { w: 12, h: 8 } },
  gpus: {
    needs: ['baremetal.view', 'vm.view', 'kubernetes.view', 'slurm.view'],
    size: { w: 6, h: 4 },
    least: { w: 4, h: 3 },
    most: { w: 12, h: 10 },
  },
  my_jobs: { needs: ['job.view_own'], size: { w: 6, h: 4 }, least: { w: 4, h: 3 }, most: { w: 12, h: 10 } },
  my_workspaces: {
    needs: ['workspace.view_own'],
    size: { w: 6, h: 4 },
    least: { w: 4, h: 3 },
    most: { w: 12, h: 10 },
  },
  quota: { needs: ['quota.view'], size: { w: 6, h: 4 }, least: { w: 4, h: 3 }, most: { w: 12, h: 8 } },
  announcements: { needs: [], size: { w: 6, h: 4 }, least: { w: 3, h: 3 }, most: { w: 12, h: 8 } },
  activity: { needs: [], size: { w: 6, h: 4 }, least: { w: 4, h: 3 }, most: { w: 12, h: 10 } },
  users_by_role: { needs: ['user.view'], size: { w: 6, h: 4 }, least: { w: 3, h: 3 }, most: { w: 12, h: 8 } },
} as const satisfies Record<string, Widget>

export type WidgetType = keyof typeof widgets
export const widgetTypes = Object.keys(widgets) as WidgetType[]
