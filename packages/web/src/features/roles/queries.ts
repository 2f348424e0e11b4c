import { queryOptions } from '@tanstack/react-query'
import { api } from '../../app/api.ts'
import { queryClient } from '../../app/session.ts'

export { rolesQuery } from '../users/queries.ts'

export const holdersQuery = queryOptions({
  queryKey: ['roles', 'holders'],
  queryFn: async ({ signal }) =>
    new Map((await api('countRoleHolders', { signal })).items.map((item) => [item.roleId, item])),
})

export const roleQuery = (id: string) =>
  queryOptions({
    queryKey: ['roles', 'one', id],
    queryFn: ({ signal }) => api('getRole', { params: { id }, signal }),
  })

export const refreshRoles = async (): Promise<void> => {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ['roles'] }),
    queryClient.invalidateQueries({ queryKey: ['users'] }),
  ])
}
