import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Model } from '@tenantry/contract'
import { api } from '../../app/api.ts'
import { queryClient } from '../../app/session.ts'
import type { KeySearch } from './model-search.ts'

/** How a model is changes by itself; only pages that are looked at ask again, sooner where it is not known yet. Milliseconds. */
const every = 15_000
const soon = 2_000
const often = (models: Model[] | undefined) =>
  models?.some(({ enabled, health }) => enabled && health.status === 'waiting') ? soon : every

export const modelsQuery = queryOptions({
  queryKey: ['models', 'list'],
  queryFn: async ({ signal }) => (await api('listModels', { signal })).items,
  refetchInterval: ({ state }) => often(state.data),
})

export const modelQuery = (id: string) =>
  queryOptions({
    queryKey: ['models', 'one', id],
    queryFn: ({ signal }) => api('getModel', { params: { id }, signal }),
    refetchInterval: ({ state }) => often(state.data && [state.data]),
  })

export const refreshModels = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['models'] })

/** Shows a model as the server has just said it is. */
export async function showModel(model: Model): Promise<void> {
  queryClient.setQueryData(modelQuery(model.id).queryKey, model)
  await refreshModels()
}

export const keysQuery = ({ q, whose, ended, cursor }: Omit<KeySearch, 'create'>) =>
  queryOptions({
    queryKey: ['model-keys', { q, whose, ended, cursor }],
    queryFn: ({ signal }) => api('listModelKeys', { query: { q, whose, ended, cursor }, signal }),
    placeholderData: keepPreviousData,
  })

export const refreshKeys = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['model-keys'] })

export type UsageAsked = { whose: 'mine' | 'all'; by: 'model' | 'user' | 'key'; from: string; to: string }
export const usageQuery = (asked: UsageAsked) =>
  queryOptions({
    queryKey: ['model-usage', asked],
    queryFn: ({ signal }) => api('getModelUsage', { query: asked, signal }),
    placeholderData: keepPreviousData,
  })
