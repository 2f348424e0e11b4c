import { queryOptions } from '@tanstack/react-query'
import type { Permission } from '@tenantry/contract'
import { defaultLayout, type LayoutView, type WidgetRegistry } from '@tenantry/contract/layout'
import { widgets } from '@tenantry/contract/widgets'
import { api } from '../../app/api.ts'
import { useSession } from '../../app/session.ts'

/** Changed by the events of the server; asked for again now and then all the same. */
export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: ({ signal }) => api('getOverview', { signal }),
  refetchInterval: 60_000,
})

export const layoutQuery = queryOptions({
  queryKey: ['dashboard', 'layout'],
  queryFn: ({ signal }) => api('getLayout', { signal }),
  staleTime: 60_000,
})

export const jobsQuery = queryOptions({
  queryKey: ['jobs', 'own', 'latest'],
  queryFn: ({ signal }) => api('listOwnJobs', { signal }),
})

export const announcementsQuery = queryOptions({
  queryKey: ['announcements'],
  queryFn: ({ signal }) => api('listAnnouncements', { signal }),
  refetchInterval: 60_000,
})

export const registry: WidgetRegistry = widgets
export const productLayout = defaultLayout(registry)

export const resourceRights: Permission[] = ['baremetal.view', 'vm.view', 'kubernetes.view', 'slurm.view']

/** The widgets there are, and what whoever is signed in may see of them. */
export function useView(): LayoutView {
  const { may } = useSession()
  // The platform itself has no resources; whoever runs it sees where they would be.
  return {
    registry,
    may: (permission) => may(permission) || (resourceRights.includes(permission) && may('engine.view')),
  }
}
