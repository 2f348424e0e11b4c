import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { ResourceKind } from '@tenantry/contract'
import { api } from '../../app/api.ts'
import { kinds } from './kinds.ts'
import type { ResourceSearch } from './resource-search.ts'

/** While a page is looked at, what it shows is this old at most. Milliseconds. */
const refetchInterval = 3_000

export const resourcesQuery = (kind: ResourceKind, search: ResourceSearch) =>
  queryOptions({
    queryKey: ['resources', kind, search],
    queryFn: ({ signal }) => api(kinds[kind].list, { query: search, signal }),
    placeholderData: keepPreviousData,
    refetchInterval,
  })

export const resourceQuery = (kind: ResourceKind, id: string) =>
  queryOptions({
    queryKey: ['resource', kind, id],
    queryFn: ({ signal }) => api(kinds[kind].get, { params: { id }, signal }),
    refetchInterval,
  })
