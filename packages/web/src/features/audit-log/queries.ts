import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { auditActions } from '@tenantry/contract/audit-actions'
import { api } from '../../app/api.ts'
import { type AuditSearch, filterOf } from './audit-search.ts'

export const entriesQuery = (search: AuditSearch) => {
  const query = { ...filterOf(search), limit: 50, ...(search.cursor && { cursor: search.cursor }) }
  return queryOptions({
    queryKey: ['audit', search.tenant ?? '', query],
    queryFn: ({ signal }) =>
      search.tenant
        ? api('listTenantAuditEntries', { params: { id: search.tenant }, query, signal })
        : api('listAuditEntries', { query, signal }),
    placeholderData: keepPreviousData,
  })
}

export const entryQuery = (seq: number) =>
  queryOptions({
    queryKey: ['audit', 'one', seq],
    queryFn: ({ signal }) => api('getAuditEntry', { params: { seq }, signal }),
  })

/** How a person reads an action. */
export const labelOf = (action: string): string => (auditActions as Record<string, string>)[action] ?? action
