import { useDebouncedValue } from '@mantine/hooks'
import { IconCube, IconListCheck, IconNotebook } from '@tabler/icons-react'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { modelsQuery } from '../features/models/queries.ts'
import { api } from './api.ts'
import type { Entry } from './palette-entries.ts'
import { useSession } from './session.ts'

const most = 5
// Names do not change while one types. Milliseconds.
const staleTime = 10_000
const soughtJobs = (q: string, all: boolean) =>
  queryOptions({
    queryKey: ['jobs', 'sought', q, all],
    queryFn: async ({ signal }) =>
      (await api('listJobs', { query: { q, ...(all && { whose: 'all' }), limit: most }, signal })).items,
    staleTime,
  })
const soughtWorkspaces = (q: string, all: boolean) =>
  queryOptions({
    queryKey: ['workspaces', 'sought', q, all],
    queryFn: async ({ signal }) =>
      (await api('listWorkspaces', { query: { q, ...(all && { whose: 'all' }), limit: most }, signal })).items,
    staleTime,
  })
/** Jobs, workspaces and models that a name finds: of everybody where one may see them, otherwise one's own. */
export function usePaletteThings(opened: boolean, query: string): Entry[] {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { may } = useSession()
  const words = query.trim().slice(0, 100)
  const [sought] = useDebouncedValue(words, 150)
  const seeking = opened && sought.length > 1
  const jobs = useQuery({
    ...soughtJobs(sought, may('job.view_all')),
    enabled: seeking && (may('job.view_own') || may('job.view_all')),
  })
  const workspaces = useQuery({
    ...soughtWorkspaces(sought, may('workspace.view_all')),
    enabled: seeking && (may('workspace.view_own') || may('workspace.view_all')),
  })
  // All that one may see come at once, as on their page; they need not be followed here.
  const all = useQuery({
    ...modelsQuery,
    refetchInterval: false,
    staleTime,
    enabled: seeking && (may('model.view') || may('model.publish')),
  })
  if (!seeking || sought !== words) return []

  const has = (text: string) => text.toLowerCase().includes(sought.toLowerCase())
  return [
    ...(jobs.data ?? []).map((job) => ({
      id: `job ${job.id}`,
      group: t('nav.jobs'),
      label: job.name,
      description: `${job.nativeId} · ${job.engine}`,
      icon: IconListCheck,
      run: () => navigate({ to: '/jobs/$id', params: { id: job.id } }),
    })),
    ...(workspaces.data ?? []).map(({ id, name, template, engine }) => ({
      id: `workspace ${id}`,
      group: t('nav.workspaces'),
      label: name,
      description: `${template} · ${engine}`,
      icon: IconNotebook,
      run: () => navigate({ to: '/workspaces/$id', params: { id } }),
    })),
    ...(all.data ?? [])
      .filter(({ title, name }) => has(title) || has(name))
      .slice(0, most)
      .map(({ id, title, name }) => ({
        id: `model ${id}`,
        group: t('nav.models'),
        label: title,
        description: name,
        icon: IconCube,
        run: () => navigate({ to: '/models/$id', params: { id } }),
      })),
  ]
}
