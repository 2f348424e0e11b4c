import type { Job } from '@tenantry/contract'

export type JobSort = '-submitted' | 'submitted' | 'name' | '-name'
export type SortColumn = 'submitted' | 'name'

/** Everything of the list that the address holds. */
export type JobSearch = {
  q?: string
  /** States, with commas between. */
  state?: string
  engine?: string
  /** Without it: one's own. */
  whose?: 'all'
  sort?: JobSort
  cursor?: string
}

const sorts: readonly string[] = ['-submitted', 'submitted', 'name', '-name']

/** Reads the address; what it does not understand is left out. */
export function readJobSearch(search: Record<string, unknown>): JobSearch {
  const text = (name: string) => {
    const value = search[name]
    return (typeof value === 'string' || typeof value === 'number') && value !== '' ? String(value) : undefined
  }
  const [q, state, engine, sort, cursor] = ['q', 'state', 'engine', 'sort', 'cursor'].map(text)
  return {
    ...(q && { q }),
    ...(state && { state }),
    ...(engine && { engine }),
    ...(search.whose === 'all' && { whose: 'all' as const }),
    ...(sort && sorts.includes(sort) && { sort: sort as JobSort }),
    ...(cursor && { cursor }),
  }
}

/** The one way, the other, and again as it comes: the latest first. */
export function nextSort(current: JobSort | undefined, column: SortColumn): JobSort | undefined {
  if (column === 'submitted') return current === 'submitted' ? undefined : 'submitted'
  return current === 'name' ? '-name' : current === '-name' ? undefined : 'name'
}

export const jobTabs = ['overview', 'output', 'script', 'tasks'] as const
export type JobTab = (typeof jobTabs)[number]
export type JobPageSearch = { tab?: JobTab; stream?: 'stderr' }
export const readJobPageSearch = ({ tab, stream }: Record<string, unknown>): JobPageSearch => {
  const known = jobTabs.find((name) => name === tab)
  return { ...(known && { tab: known }), ...(stream === 'stderr' && { stream }) }
}

const uuid = /^[0-9a-f-]{36}$/i
/** `from`: the job that is submitted again with changes. */
export const readNewJobSearch = ({ from }: Record<string, unknown>): { from?: string } =>
  typeof from === 'string' && uuid.test(from) ? { from } : {}

/** An array, not a task of one. */
export const isArray = ({ array }: Job): boolean => array !== null && array.task === null
/** Whether it still changes. */
export const goesOn = ({ state }: Pick<Job, 'state'>): boolean =>
  ['pending', 'starting', 'running', 'stopping', 'degraded'].includes(state)
