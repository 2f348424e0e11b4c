import { queryOptions } from '@tanstack/react-query'
import { api } from '../../app/api.ts'
import { queryClient } from '../../app/session.ts'

const every = 3_000

export const enginesQuery = queryOptions({
  queryKey: ['engines', 'list'],
  queryFn: async ({ signal }) => (await api('listEngines', { signal })).items,
  staleTime: every,
  refetchInterval: every,
})

export const engineQuery = (id: string) =>
  queryOptions({
    queryKey: ['engines', 'one', id],
    queryFn: ({ signal }) => api('getEngine', { params: { id }, signal }),
    staleTime: every,
    refetchInterval: every,
  })

export const allocationsQuery = (engine: string) =>
  queryOptions({
    queryKey: ['engines', 'allocations', engine],
    queryFn: async ({ signal }) => (await api('listAllocations', { query: { engine }, signal })).items,
  })

/** All tenants that a part can be given to. */
export const tenantsQuery = queryOptions({
  queryKey: ['tenants', 'all'],
  queryFn: async ({ signal }) => {
    const found = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: Awaited<ReturnType<typeof api<'listTenants'>>> = await api('listTenants', {
        query: { limit: 100, ...(cursor && { cursor }) },
        signal,
      })
      found.push(...page.items)
      cursor = page.next
    }
    return found.filter(({ status }) => status === 'active' || status === 'suspended' || status === 'processing')
  },
})

export const refreshEngines = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['engines'] })
