/** Everything of a list that the address holds. */
export type ResourceSearch = { q?: string; state?: string; sort?: ResourceSort; cursor?: string }
export type ResourceSort = 'name' | '-name' | 'state' | '-state' | 'gpus' | '-gpus'
export type SortColumn = 'name' | 'state' | 'gpus'

const sorts: readonly string[] = ['name', '-name', 'state', '-state', 'gpus', '-gpus']

/** Reads the address; what it does not understand is left out. */
export function readResourceSearch(search: Record<string, unknown>): ResourceSearch {
  const text = (name: string) => {
    const value = search[name]
    return (typeof value === 'string' || typeof value === 'number') && value !== '' ? String(value) : undefined
  }
  const [q, state, sort, cursor] = ['q', 'state', 'sort', 'cursor'].map(text)
  return {
    ...(q && { q }),
    ...(state && { state }),
    ...(sort && sorts.includes(sort) && { sort: sort as ResourceSort }),
    ...(cursor && { cursor }),
  }
}

/** Up, down, and again as it comes: by name. */
export const nextSort = (current: ResourceSort | undefined, column: SortColumn): ResourceSort | undefined => {
  if (current === column) return `-${column}`
  return current === `-${column}` ? undefined : column
}
