import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Job } from '@tenantry/contract'
import { api } from '../../app/api.ts'
import { queryClient } from '../../app/session.ts'
import { goesOn, type JobSearch } from './job-search.ts'

/** Milliseconds. Events of the server come sooner; this is for when they do not. */
const listEvery = 30_000
const oneEvery = 5_000

export const jobsQuery = (search: JobSearch) =>
  queryOptions({
    queryKey: ['jobs', 'list', search],
    queryFn: ({ signal }) => api('listJobs', { query: search, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: listEvery,
  })

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ['jobs', 'one', id],
    queryFn: ({ signal }) => api('getJob', { params: { id }, signal }),
    refetchInterval: ({ state }) => (state.data && !goesOn(state.data) ? false : oneEvery),
  })

export const tasksQuery = (id: string, cursor: string | undefined) =>
  queryOptions({
    queryKey: ['jobs', 'tasks', id, cursor],
    queryFn: ({ signal }) => api('listJobTasks', { params: { id }, query: { ...(cursor && { cursor }) }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: listEvery,
  })

/** Where one may submit. What is free changes while one types. */
export const choicesQuery = queryOptions({
  queryKey: ['job-choices'],
  queryFn: async ({ signal }) => (await api('listJobChoices', { signal })).engines,
  refetchInterval: 15_000,
})

export const refreshJobs = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['jobs'] })

/** Until everything is read anew: what was just answered, where the job is shown. */
export const show = (job: Job): void => {
  queryClient.setQueryData(jobQuery(job.id).queryKey, (before) => before && { ...before, ...job })
}
