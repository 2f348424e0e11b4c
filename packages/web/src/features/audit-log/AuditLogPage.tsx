import { Button, Group, Select, Skeleton } from '@mantine/core'
import { IconFileExport, IconHistory } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { AuditEntry } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { addressOf, api } from '../../app/api.ts'
import { useSession } from '../../app/session.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { Instant } from '../../ui/Instant.tsx'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { AuditFilters } from './AuditFilters.tsx'
import { type AuditSearch, filterOf, noFilter } from './audit-search.ts'
import { EntryDrawer } from './EntryDrawer.tsx'
import { entriesQuery, entryQuery, labelOf } from './queries.ts'

/** The trail of the tenant; for the platform, of whichever tenant it chooses. */
export function AuditLogPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { tenant, may } = useSession()
  const search = useSearch({ from: '/shell/audit' }) as AuditSearch
  const seeing = may('audit.view')
  const list = useQuery({ ...entriesQuery(search), enabled: seeing })
  const here = list.data?.items.find(({ seq }) => seq === search.entry)
  const one = useQuery({
    ...entryQuery(search.entry ?? 0),
    enabled: seeing && search.entry !== undefined && !here && !search.tenant,
  })
  if (!seeing) return <NoAccess title={t('audit.title')} needs="audit.view" />

  const go = (change: object, replace = false) =>
    void navigate({
      to: '/audit',
      replace,
      search: (before) =>
        Object.fromEntries(
          Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined),
        ) as AuditSearch,
    })
  const filtered = Object.keys(filterOf(search)).length > 0
  const clear = () => go({ cursor: undefined, ...noFilter })
  const open = (entry: AuditEntry) => go({ entry: entry.seq })
  return (
    <>
      <PageHeader title={t('audit.title')} lead={t('audit.lead', { tenant: tenant.name })}>
        {may('platform.audit') && (
          <TenantSelect value={search.tenant} onChange={(id) => go({ tenant: id, cursor: undefined })} />
        )}
        {may('audit.export') && !search.tenant && (
          <>
            <Button
              component="a"
              href={addressOf('exportAuditEntries', filterOf(search))}
              download
              variant="default"
              leftSection={<IconFileExport size={16} aria-hidden />}
            >
              {t('audit.exportCsv')}
            </Button>
            <Button
              component="a"
              href={addressOf('exportAuditEntriesAsLines', filterOf(search))}
              download
              variant="default"
            >
              {t('audit.exportLines')}
            </Button>
          </>
        )}
      </PageHeader>
      <AuditFilters search={search} onChange={(change, replace) => go({ cursor: undefined, ...change }, replace)} />
      <ProblemAlert error={list.error} />
      {list.isPending && <Skeleton h={300} radius={12} />}
      {list.data?.items.length === 0 && (
        <div className="card">
          <EmptyState
            icon={<IconHistory size={22} />}
            title={t(filtered ? 'audit.noMatch' : 'audit.empty')}
            text={t(filtered ? 'audit.noMatchText' : 'audit.emptyText')}
            onClear={filtered ? clear : undefined}
          />
        </div>
      )}
      {list.data && list.data.items.length > 0 && (
        <div className="card" style={{ opacity: list.isPlaceholderData ? 0.7 : 1, overflowX: 'auto' }}>
          <Entries entries={list.data.items} onOpen={open} />
        </div>
      )}
      <Group justify="flex-end" mt="sm" gap="xs">
        <Button variant="default" disabled={!list.data?.previous} onClick={() => go({ cursor: list.data?.previous })}>
          {t('audit.entry.newer')}
        </Button>
        <Button variant="default" disabled={!list.data?.next} onClick={() => go({ cursor: list.data?.next })}>
          {t('audit.entry.older')}
        </Button>
      </Group>
      {search.entry !== undefined && (
        <EntryDrawer
          seq={search.entry}
          entry={here ?? one.data}
          error={one.error}
          onClose={() => go({ entry: undefined })}
        />
      )}
    </>
  )
}

function Entries({ entries, onOpen }: { entries: AuditEntry[]; onOpen: (entry: AuditEntry) => void }) {
  const { t } = useTranslation()
  const columns = ['at', 'actor', 'action', 'target', 'result', 'address'] as const
  return (
    <table className="data-table" aria-label={t('audit.table')}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {t(`audit.column.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.seq}>
            <td data-label={t('audit.column.at')}>
              <Instant at={entry.at} />
            </td>
            <td data-label={t('audit.column.actor')}>
              <bdi>{entry.actor.name}</bdi>
            </td>
            <td data-cell="username">
              <button type="button" className="link-button" onClick={() => onOpen(entry)}>
                {labelOf(entry.action)}
              </button>
            </td>
            <td data-label={t('audit.column.target')}>
              <bdi>{entry.target?.name ?? ''}</bdi>
            </td>
            <td data-label={t('audit.column.result')}>
              <span
                className="status"
                style={{ color: entry.result === 'refused' ? 'var(--status-bad)' : 'var(--status-good)' }}
              >
                <span>{t(entry.result === 'refused' ? 'audit.refused' : 'audit.success')}</span>
              </span>
            </td>
            <td data-label={t('audit.column.address')} className="numbers">
              {entry.address}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function TenantSelect({ value, onChange }: { value: string | undefined; onChange: (id: string | undefined) => void }) {
  const { t } = useTranslation()
  const { data } = useQuery({
    queryKey: ['tenants', 'first'],
    queryFn: ({ signal }) => api('listTenants', { query: { limit: 200 }, signal }),
  })
  return (
    <Select
      aria-label={t('audit.tenant')}
      placeholder={t('audit.platform')}
      data={data?.items.map(({ id, name, slug }) => ({ value: id, label: `${name} (${slug})` })) ?? []}
      value={value ?? null}
      onChange={(id) => onChange(id ?? undefined)}
      searchable
      clearable
      w={220}
    />
  )
}
