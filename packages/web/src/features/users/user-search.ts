import type { UserSort } from '@tenantry/contract'

/** Everything of the list that the address holds. */
export type UserSearch = {
  q?: string
  role?: string
  status?: string
  sort?: UserSort
  cursor?: string
  limit?: 25 | 50 | 100
  /** Ids, with commas between. */
  selected?: string
  /** A dialog that is open: a new user. */
  create?: true
  /** Somebody who was just created, shown on top wherever the list would have them. */
  fresh?: string
}

const sorts = ['username', 'name', 'email', 'role', 'status', 'lastLogin', 'created']

/** Reads the address; what it does not understand is left out. */
export function readUserSearch(search: Record<string, unknown>): UserSearch {
  const text = (name: string): string | undefined => {
    const value = search[name]
    return (typeof value === 'string' || typeof value === 'number') && value !== '' ? String(value) : undefined
  }
  const found: UserSearch = {}
  const [q, role, status, cursor, selected, fresh, sort] = [
    'q',
    'role',
    'status',
    'cursor',
    'selected',
    'fresh',
    'sort',
  ].map(text)
  if (q) found.q = q
  if (role) found.role = role
  if (status) found.status = status
  if (cursor) found.cursor = cursor
  if (selected) found.selected = selected
  if (fresh) found.fresh = fresh
  if (sort && sorts.includes(sort.replace(/^-/, ''))) found.sort = sort as UserSort
  const limit = Number(search.limit)
  if (limit === 25 || limit === 100) found.limit = limit
  if (search.create === true || search.create === 'true') found.create = true
  return found
}

/** What a click on a heading sorts by next: up, down, and again as it comes. */
export const nextSort = (current: string | undefined, column: string): UserSort | undefined => {
  if (current === column) return `-${column}` as UserSort
  return current === `-${column}` ? undefined : (column as UserSort)
}

/** How many may be selected: an address with more of them is longer than servers take. */
export const mostSelected = 300

export const selectedIds = (search: UserSearch): string[] => search.selected?.split(',').filter(Boolean) ?? []
