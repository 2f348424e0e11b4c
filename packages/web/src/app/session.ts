import { MutationCache, QueryCache, QueryClient, queryOptions, useQuery } from '@tanstack/react-query'
import type { Permission, Session } from '@tenantry/contract'
import { ApiProblem, api } from './api.ts'

/** What is done when the server no longer knows who asks; set by the router. */
export const gate: { leave: (code: 'not_signed_in' | 'password_change_required') => Promise<void> } = {
  leave: async () => {},
}

const onError = (error: Error) => {
  if (!(error instanceof ApiProblem)) return
  if (error.code === 'not_signed_in' || error.code === 'password_change_required') void gate.leave(error.code)
  // What one may do has changed since the page was drawn.
  if (error.code === 'missing_permission') void queryClient.invalidateQueries({ queryKey: ['session'] })
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    // Whoever never had a session is sent to sign in by the router; who had one, and lost it, from here.
    onError: (error, query) => (query.queryKey[0] !== 'session' || query.state.data !== undefined) && onError(error),
  }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, error) =>
        count < 2 && error instanceof ApiProblem && [0, 502, 503, 504].includes(error.problem.status),
    },
  },
})

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => api('getSession', { signal }),
  staleTime: 30_000,
  refetchInterval: 60_000,
})

/** Whoever is signed in. Only within the pages that need it. */
export function useSession(): Session & { may: (permission: Permission) => boolean } {
  const { data } = useQuery(sessionQuery)
  if (!data) throw new Error('no session here')
  return { ...data, may: (permission) => data.permissions.includes(permission) }
}

/** Takes a session that was just opened as the one to go on with, and forgets everything of another. */
export function enter(session: Session): void {
  queryClient.clear()
  queryClient.setQueryData(sessionQuery.queryKey, session)
}

/** Goes on in another tenant with the same session: pages that are open see it, and what was there is forgotten. */
export function switchTo(session: Session): void {
  queryClient.setQueryData(sessionQuery.queryKey, session)
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
}
