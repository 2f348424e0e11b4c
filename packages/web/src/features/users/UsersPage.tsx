import { Button, Group, Select } from '@mantine/core'
import { IconFileExport, IconFileImport, IconUserPlus, IconUsers } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { User } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addressOf } from '../../app/api.ts'
import { formatNumber } from '../../app/format.ts'
import { useSession } from '../../app/session.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { BulkBar } from './BulkBar.tsx'
import { CreateUserDialog } from './CreateUserDialog.tsx'
import { countQuery, userQuery, usersQuery } from './queries.ts'
import { type OpenDialog, UserDialogs } from './UserDialogs.tsx'
import { UserFilters } from './UserFilters.tsx'
import { UsersTable } from './UsersTable.tsx'
import { tellRefusal, useUserCommands } from './use-user-commands.ts'
import { mostSelected, nextSort, selectedIds, type UserSearch } from './user-search.ts'

export function UsersPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { tenant, may } = useSession()
  const search = useSearch({ from: '/shell/users' }) as UserSearch
  const [dialog, setDialog] = useState<OpenDialog | null>(null)
  const commands = useUserCommands((command, user) => setDialog({ command, user }))
  const seeing = may('user.view')
  const list = useQuery({ ...usersQuery(search), enabled: seeing })
  const count = useQuery({ ...countQuery(search), enabled: seeing })
  const fresh = useQuery({ ...userQuery(search.fresh ?? ''), enabled: seeing && search.fresh !== undefined })

  const go = (change: Partial<Record<keyof UserSearch, unknown>>, replace = false) =>
    void navigate({ to: '/users', replace, search: (before) => clean({ ...before, ...change }) as UserSearch })
  const filter = (change: Partial<UserSearch>, replace = false) =>
    go({ cursor: undefined, fresh: undefined, ...change }, replace)
  const selected = new Set(selectedIds(search))
  const select = (ids: string[], on: boolean) => {
    const next = on ? new Set([...selected, ...ids]) : new Set([...selected].filter((id) => !ids.includes(id)))
    if (next.size > mostSelected) return tellRefusal(null, t('users.bulk.most', { count: mostSelected }))
    go({ selected: [...next].join(',') || undefined }, true)
  }
  const filtered = Boolean(search.q || search.role || search.status)
  const users = withFresh(list.data?.items, fresh.data)
  const { q, role, status, sort } = search
  const exported = addressOf('exportUsers', {
    ...(q && { q }),
    ...(role && { role }),
    ...(status && { status }),
    ...(sort && { sort }),
  })

  const createButton = may('user.create') && (
    <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => go({ create: true })}>
      {t('users.createUser')}
    </Button>
  )
  if (!seeing) return <NoAccess title={t('users.title')} needs="user.view" />
  return (
    <>
      <PageHeader title={t('users.title')} lead={t('users.lead', { tenant: tenant.name })}>
        {may('user.export') && (
          <Button
            component="a"
            href={exported}
            download
            variant="default"
            leftSection={<IconFileExport size={16} aria-hidden />}
          >
            {t('users.export')}
          </Button>
        )}
        {may('user.create') && (
          <>
            <Button
              component={Link}
              to="/users/import"
              variant="default"
              leftSection={<IconFileImport size={16} aria-hidden />}
            >
              {t('users.import')}
            </Button>
            {createButton}
          </>
        )}
      </PageHeader>
      <UserFilters search={search} onChange={filter} />
      <ProblemAlert error={list.error}>
        <Button
          variant="default"
          size="compact-sm"
          mt="xs"
          onClick={() => (search.cursor ? go({ cursor: undefined }) : list.refetch())}
        >
          {t('action.retry')}
        </Button>
      </ProblemAlert>
      {selected.size > 0 && <BulkBar ids={[...selected]} onClear={() => go({ selected: undefined }, true)} />}
      {!list.error && (
        <div className="card" style={{ opacity: list.isPlaceholderData ? 0.7 : 1, overflowX: 'auto' }}>
          {users?.length === 0 ? (
            <EmptyState
              icon={<IconUsers size={22} />}
              title={filtered ? t('users.noMatch') : t('users.empty')}
              text={filtered ? t('users.noMatchText') : t(may('user.create') ? 'users.emptyText' : 'users.emptyOther')}
              onClear={
                filtered ? () => filter({ q: undefined, role: undefined, status: undefined } as never) : undefined
              }
            >
              {!filtered && createButton}
            </EmptyState>
          ) : (
            <UsersTable
              users={users}
              rows={search.limit ?? 50}
              sort={search.sort ?? (search.q ? undefined : 'username')}
              onSort={(column) => filter({ sort: nextSort(search.sort, column) } as Partial<UserSearch>)}
              selected={selected}
              onSelect={select}
              fresh={search.fresh}
              run={commands.run}
              onOpen={(user) => commands.run('view', user)}
            />
          )}
        </div>
      )}
      <Group justify="space-between" mt="sm" gap="sm">
        <span
          className="numbers"
          style={{ fontSize: 'var(--mantine-font-size-sm)', color: 'var(--mantine-color-dimmed)' }}
          role="status"
        >
          {count.data &&
            (count.data.more
              ? t('users.countMore', { n: formatNumber(count.data.count) })
              : t('users.count', { count: count.data.count, n: formatNumber(count.data.count) }))}
        </span>
        <Group gap="xs">
          <Select
            aria-label={t('page.size')}
            data={['25', '50', '100']}
            value={String(search.limit ?? 50)}
            onChange={(value) => go({ cursor: undefined, limit: value === '50' ? undefined : Number(value) })}
            allowDeselect={false}
            w={78}
          />
          <Button
            variant="default"
            disabled={!list.data?.previous}
            onClick={() => go({ cursor: list.data?.previous, fresh: undefined })}
          >
            {t('page.previous')}
          </Button>
          <Button
            variant="default"
            disabled={!list.data?.next}
            onClick={() => go({ cursor: list.data?.next, fresh: undefined })}
          >
            {t('page.next')}
          </Button>
        </Group>
      </Group>
      <CreateUserDialog
        opened={search.create === true && may('user.create')}
        onClose={(id) => go({ create: undefined, ...(id && { fresh: id }) }, true)}
      />
      <UserDialogs
        open={dialog}
        onClose={() => setDialog(null)}
        changeRole={commands.changeRole}
        disable={commands.disable}
      />
    </>
  )
}

/** The list with somebody who was just created on top, wherever their place may be. */
const withFresh = (items: User[] | undefined, fresh: User | undefined): User[] | undefined =>
  items && fresh ? [fresh, ...items.filter(({ id }) => id !== fresh.id)] : items

const clean = (search: object) =>
  Object.fromEntries(
    Object.entries(search).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  )
