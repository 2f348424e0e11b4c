import { Button, Group, Skeleton, Text } from '@mantine/core'
import { IconServer2 } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { ResourceKind } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../app/format.ts'
import { useSession } from '../../app/session.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { kinds } from './kinds.ts'
import { resourcesQuery } from './queries.ts'
import { ResourceFilters } from './ResourceFilters.tsx'
import { ResourcesTable } from './ResourcesTable.tsx'
import { nextSort, type ResourceSearch } from './resource-search.ts'

export const BareMetalPage = () => <ResourcesPage kind="baremetal" />
export const VirtualMachinesPage = () => <ResourcesPage kind="vm" />
export const KubernetesPage = () => <ResourcesPage kind="kubernetes" />
export const SlurmPage = () => <ResourcesPage kind="slurm" />

/** All resources of one kind that the tenant has, of every engine. */
function ResourcesPage({ kind }: { kind: ResourceKind }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { tenant, may } = useSession()
  const { path, view } = kinds[kind]
  const search: ResourceSearch = useSearch({ from: `/shell${path}` })
  const list = useQuery({ ...resourcesQuery(kind, search), enabled: may(view) })
  const title = t(`resources.${kind}.title`)
  if (!may(view)) return <NoAccess title={title} needs={view} />
  const go = (change: object, replace = false) =>
    void navigate({
      to: path,
      replace,
      search: Object.fromEntries(
        Object.entries({ ...search, cursor: undefined, ...change }).filter(([, value]) => value !== undefined),
      ) as ResourceSearch,
    })
  const filtered = Boolean(search.q || search.state)
  const { items = [], next, previous, total = 0 } = list.data ?? {}
  return (
    <>
      <PageHeader title={title} lead={t(`resources.${kind}.lead`, { tenant: tenant.name })} />
      <ResourceFilters search={search} onChange={go} />
      <ProblemAlert error={list.error} />
      {list.isPending && <Skeleton h={240} radius={12} />}
      {list.data && items.length === 0 && (
        <div className="card">
          <EmptyState
            icon={<IconServer2 size={22} />}
            title={t(filtered ? 'resources.noMatch' : 'resources.empty')}
            text={t(filtered ? 'resources.noMatchText' : 'resources.emptyText')}
            onClear={filtered ? () => go({ q: undefined, state: undefined }) : undefined}
          >
            {!filtered && may('engine.view') && (
              <Button component={Link} to="/engines" variant="default">
                {t('nav.engines')}
              </Button>
            )}
          </EmptyState>
        </div>
      )}
      {items.length > 0 && (
        <div className="card" style={{ opacity: list.isPlaceholderData ? 0.7 : 1, overflowX: 'auto' }}>
          <ResourcesTable
            kind={kind}
            resources={items}
            sort={search.sort}
            onSort={(column) => go({ sort: nextSort(search.sort, column) })}
            onOpen={({ id }) => void navigate({ to: `${path}/$id`, params: { id } })}
          />
        </div>
      )}
      {items.length > 0 && (
        <Group justify="space-between" mt="sm" gap="xs">
          <Text size="sm" c="dimmed" className="numbers">
            {t('resources.total', { count: total, formatted: formatNumber(total) })}
          </Text>
          <Group gap="xs">
            <Button variant="default" disabled={!previous} onClick={() => go({ cursor: previous })}>
              {t('resources.previous')}
            </Button>
            <Button variant="default" disabled={!next} onClick={() => go({ cursor: next })}>
              {t('resources.next')}
            </Button>
          </Group>
        </Group>
      )}
    </>
  )
}
