import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Workspace, WorkspaceState } from '@tenantry/contract'
import { api } from '../../app/api.ts'
import { queryClient } from '../../app/session.ts'
import type { WorkspaceSearch } from './workspace-search.ts'

/** Events of the server tell of every change. While something is on its way, it is asked for besides. Milliseconds. */
const whileOnTheWay = 2_000

export const isOnItsWay = (state: WorkspaceState): boolean =>
  state === 'queued' || state === 'starting' || state === 'stopping'

export const workspacesQuery = (search: WorkspaceSearch) =>
  queryOptions({
    queryKey: ['workspaces', 'list', search],
    queryFn: ({ signal }) => api('listWorkspaces', { query: { ...search, limit: 24 }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.items.some((one) => isOnItsWay(one.state)) ? whileOnTheWay : false),
  })

/** The latest of whoever looks, for the dashboard. */
export const latestWorkspacesQuery = queryOptions({
  queryKey: ['workspaces', 'list', 'latest'],
  queryFn: ({ signal }) => api('listWorkspaces', { query: { limit: 10 }, signal }),
  refetchInterval: ({ state }) => (state.data?.items.some((one) => isOnItsWay(one.state)) ? whileOnTheWay : false),
})

export const workspaceQuery = (id: string) =>
  queryOptions({
    queryKey: ['workspaces', 'one', id],
    queryFn: ({ signal }) => api('getWorkspace', { params: { id }, signal }),
    refetchInterval: ({ state }) => (state.data && isOnItsWay(state.data.state) ? whileOnTheWay : false),
  })

/** What may be launched. Others launch meanwhile: it is asked for again now and then. */
export const choicesQuery = queryOptions({
  queryKey: ['workspaces', 'choices'],
  queryFn: ({ signal }) => api('listWorkspaceChoices', { signal }),
  refetchInterval: 15_000,
})

export const eventsQuery = (id: string) =>
  queryOptions({
    queryKey: ['workspaces', 'events', id],
    queryFn: async ({ signal }) => (await api('listWorkspaceEvents', { params: { id }, signal })).items,
  })

export const sharesQuery = (id: string) =>
  queryOptions({
    queryKey: ['workspaces', 'shares', id],
    queryFn: async ({ signal }) => (await api('listWorkspaceShares', { params: { id }, signal })).items,
  })

export const colleaguesQuery = (id: string, q: string) =>
  queryOptions({
    queryKey: ['workspaces', 'colleagues', id, q],
    queryFn: async ({ signal }) =>
      (await api('listWorkspaceColleagues', { params: { id }, query: { q }, signal })).items,
    placeholderData: keepPreviousData,
  })

export const volumesQuery = (whose: 'mine' | 'all') =>
  queryOptions({
    queryKey: ['workspaces', 'volumes', whose],
    queryFn: async ({ signal }) => (await api('listVolumes', { query: { whose }, signal })).items,
  })

export const templatesQuery = queryOptions({
  queryKey: ['workspaces', 'templates'],
  queryFn: async ({ signal }) => (await api('listTemplates', { signal })).items,
})

export const placementsQuery = queryOptions({
  queryKey: ['workspaces', 'placements'],
  queryFn: async ({ signal }) => (await api('listPlacements', { signal })).engines,
})

export const refreshWorkspaces = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['workspaces'] })

type Page = { items: Workspace[]; next: string | null; previous: string | null; total: number }

/** Shows a workspace as the server has just said it is, wherever it is shown. */
export function showWorkspace(workspace: Workspace): void {
  queryClient.setQueryData(workspaceQuery(workspace.id).queryKey, workspace)
  queryClient.setQueriesData<Page>(
    { queryKey: ['workspaces', 'list'] },
    (page) => page && { ...page, items: page.items.map((one) => (one.id === workspace.id ? workspace : one)) },
  )
}
