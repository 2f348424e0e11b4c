import { useQuery } from '@tanstack/react-query'
import type { Role } from '@tenantry/contract'
import { useSession } from '../../app/session.ts'
import { rolesQuery } from '../users/queries.ts'

/** The roles of the tenant, for whoever may read them; nobody else learns more than how many. */
export function useRoles(): Role[] {
  const { may } = useSession()
  const reading = may('role.view') || may('role.assign') || may('user.view')
  return useQuery({ ...rolesQuery, enabled: reading }).data ?? []
}
