import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Model } from '@tenantry/contract'
import { api } from '../../app/api.ts'
import { queryClient } from '../../app/session.ts'

/** Whether a model can be asked in a chat. */
export const isForChat = ({ usable, enabled, uses }: Model): boolean => usable && enabled && uses.includes('chat')

export const chatModelsQuery = queryOptions({
  queryKey: ['models', 'for-chat'],
  queryFn: ({ signal }) => api('listModels', { signal }),
  select: ({ items }) => items.filter(isForChat),
  refetchInterval: 30_000,
})

export const chatQuery = (id: string) =>
  queryOptions({
    queryKey: ['chats', 'one', id],
    queryFn: ({ signal }) => api('getChat', { params: { id }, signal }),
    // What is shown is kept by the page; this is for opening it.
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  })

export type Whose = 'mine' | 'shared'
export const chatsQuery = (whose: Whose, q: string) =>
  infiniteQueryOptions({
    queryKey: ['chats', 'list', whose, q],
    queryFn: ({ pageParam, signal }) =>
      api('listChats', {
        query: { whose, limit: 50, ...(q && { q }), ...(pageParam && { cursor: pageParam }) },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  })

export const refreshChats = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['chats', 'list'] })
