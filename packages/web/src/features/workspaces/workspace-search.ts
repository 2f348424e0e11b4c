import type { WorkspaceState } from '@tenantry/contract'

export type WorkspaceSort = '-created' | 'created' | 'name' | '-name'
/** Everything of the list that the address holds. */
export type WorkspaceSearch = { q?: string; state?: string; whose?: 'all'; sort?: WorkspaceSort; cursor?: string }

/** In the order in which one looks for them. */
export const states: WorkspaceState[] = ['running', 'starting', 'queued', 'stopping', 'stopped', 'failed']
export const sorts: WorkspaceSort[] = ['-created', 'created', 'name', '-name']

/** Reads the address; what it does not understand is left out. */
export function readWorkspaceSearch(search: Record<string, unknown>): WorkspaceSearch {
  const text = (name: string) => {
    const value = search[name]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }
  const state = text('state')
    .split(',')
    .filter((one) => states.some((known) => known === one))
    .join(',')
  const sort = sorts.find((known) => known === search.sort)
  return {
    ...(text('q') && { q: text('q') }),
    ...(state && { state }),
    ...(search.whose === 'all' && { whose: 'all' as const }),
    ...(sort && sort !== '-created' && { sort }),
    ...(text('cursor') && { cursor: text('cursor') }),
  }
}

export const workspaceTabs = ['overview', 'logs', 'events', 'access', 'volume'] as const
export type WorkspaceTab = (typeof workspaceTabs)[number]
export const readWorkspaceTab = ({ tab }: Record<string, unknown>): { tab?: WorkspaceTab } => {
  const known = workspaceTabs.find((name) => name === tab)
  return known ? { tab: known } : {}
}
