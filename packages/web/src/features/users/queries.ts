import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { User } from '@tenantry/contract'
import { api } from '../../app/api.ts'
import { queryClient } from '../../app/session.ts'
import type { UserSearch } from './user-search.ts'

const filterOf = ({ q, role, status }: UserSearch) => ({
  ...(q && { q }),
  ...(role && { role }),
  ...(status && { status }),
})

export const usersQuery = (search: UserSearch) => {
  const { sort, cursor, limit } = search
  const query = { ...filterOf(search), ...(sort && { sort }), ...(cursor && { cursor }), limit: limit ?? 50 }
  return queryOptions({
    queryKey: ['users', 'list', query],
    queryFn: ({ signal }) => api('listUsers', { query, signal }),
    placeholderData: keepPreviousData,
  })
}

export const countQuery = (search: UserSearch) =>
  queryOptions({
    queryKey: ['users', 'count', filterOf(search)],
    queryFn: ({ signal }) => api('countUsers', { query: filterOf(search), signal }),
    placeholderData: keepPreviousData,
  })

export const userQuery = (id: string) =>
  queryOptions({ queryKey: ['users', 'one', id], queryFn: ({ signal }) => api('getUser', { params: { id }, signal }) })

export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: async ({ signal }) => (await api('listRoles', { signal })).items,
  staleTime: 60_000,
})

/** Asked again as long as something is on its way. */
export const userEnginesQuery = (id: string) =>
  queryOptions({
    queryKey: ['users', 'engines', id],
    queryFn: ({ signal }) => api('listUserEngines', { params: { id }, signal }),
    refetchInterval: ({ state }) => (state.data?.items.some((item) => item.state !== 'in_step') ? 2_000 : 15_000),
  })

export const activityQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['users', 'activity', id],
    queryFn: ({ pageParam, signal }) =>
      api('listUserActivity', {
        params: { id },
        query: { limit: 30, ...(pageParam && { cursor: pageParam }) },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  })

export const belongingsQuery = (id: string) =>
  queryOptions({
    queryKey: ['users', 'belongings', id],
    queryFn: ({ signal }) => api('getBelongings', { params: { id }, signal }),
    // What becomes of it is decided on what there is now.
    staleTime: 0,
    retry: false,
  })

/** How much each of several owns, counted anew whenever it is asked. */
export const belongingsCountQuery = (ids: string[]) =>
  queryOptions({
    // Apart from the users: what was asked before they went is not asked again after.
    queryKey: ['belongings', ids],
    queryFn: async ({ signal }) => (await api('countBelongings', { body: { ids }, signal })).items,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  })

export const userQuotasQuery = queryOptions({
  queryKey: ['user-quotas'],
  queryFn: ({ signal }) => api('getUserQuotas', { signal }),
})
/** What one may launch depends on it. */
export const refreshUserQuotas = async (): Promise<void> => {
  await Promise.all([
    queryClient.invalidateQueries(userQuotasQuery),
    queryClient.invalidateQueries({ queryKey: ['workspaces', 'choices'] }),
  ])
}

type Page = { items: User[]; next: string | null; previous: string | null }

/** Shows a user as changed in every list at once; answers how to undo it. */
export function showChanged(id: string, change: Partial<User>): () => void {
  const before = queryClient.getQueriesData<Page>({ queryKey: ['users', 'list'] })
  const one = queryClient.getQueryData<User>(userQuery(id).queryKey)
  const changed = (user: User) => (user.id === id ? { ...user, ...change } : user)
  queryClient.setQueriesData<Page>(
    { queryKey: ['users', 'list'] },
    (page) => page && { ...page, items: page.items.map(changed) },
  )
  if (one) queryClient.setQueryData(userQuery(id).queryKey, { ...one, ...change })
  return () => {
    for (const [key, page] of before) queryClient.setQueryData(key, page)
    if (one) queryClient.setQueryData(userQuery(id).queryKey, one)
  }
}

export const refreshUsers = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['users'] })
