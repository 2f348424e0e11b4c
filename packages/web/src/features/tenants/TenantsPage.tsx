import { Button, Skeleton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconBuildingCommunity, IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { Tenant } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { formatRelative } from '../../app/format.ts'
import { useSession } from '../../app/session.ts'
import { Modal } from '../../ui/Dialog.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { Instant } from '../../ui/Instant.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { DeleteTenantDialog } from './DeleteTenantDialog.tsx'
import { PersonForm } from './PersonForm.tsx'
import { TenantForm } from './TenantForm.tsx'
import { TenantMenu } from './TenantMenu.tsx'
import { refreshTenants, useTenantCommands } from './use-tenant-commands.ts'

type Open = { what: 'tenant' } | { what: 'admin' | 'delete'; tenant: Tenant } | null

const colours: Partial<Record<Tenant['status'], string>> = {
  active: 'var(--status-good)',
  failed: 'var(--status-bad)',
}

export function TenantsPage() {
  const { t } = useTranslation()
  const { may, passwordPolicy } = useSession()
  const [open, setOpen] = useState<Open>(null)
  const list = useInfiniteQuery({
    queryKey: ['tenants'],
    queryFn: ({ pageParam, signal }) =>
      api('listTenants', { query: { limit: 100, ...(pageParam && { cursor: pageParam }) }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    // What is in the making is watched.
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some(({ status }) => status === 'processing')) ? 2_000 : false,
  })
  const tenants = list.data?.pages.flatMap((page) => page.items)
  const close = () => setOpen(null)
  const commands = useTenantCommands((what, tenant) => setOpen({ what, tenant }))
  const create = may('tenant.create') && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpen({ what: 'tenant' })}>
      {t('tenants.create')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('tenants.title')} lead={t('tenants.lead')}>
        {tenants?.length !== 0 && create}
      </PageHeader>
      <ProblemAlert error={list.error} />
      {list.isPending && <Skeleton h={200} radius={12} />}
      {tenants?.length === 0 && (
        <div className="card">
          <EmptyState
            icon={<IconBuildingCommunity size={22} />}
            title={t('tenants.empty')}
            text={t(create ? 'tenants.emptyText' : 'tenants.emptyOther')}
          >
            {create}
          </EmptyState>
        </div>
      )}
      {tenants && tenants.length > 0 && (
        <div className="card" style={{ overflowX: 'auto' }}>
          <table className="data-table" aria-label={t('tenants.table')}>
            <thead>
              <tr>
                <th scope="col">{t('tenants.slug')}</th>
                <th scope="col">{t('tenants.name')}</th>
                <th scope="col">{t('users.column.status')}</th>
                <th scope="col">{t('tenants.created')}</th>
                <th scope="col">
                  <span style={{ position: 'absolute', clipPath: 'inset(50%)' }}>{t('action.more')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {tenants.map((tenant) => (
                <tr key={tenant.id}>
                  <td data-cell="username">{tenant.slug}</td>
                  <td data-label={t('tenants.name')}>
                    <bdi>{tenant.name}</bdi>
                  </td>
                  <td data-label={t('users.column.status')}>
                    <span className="status" style={{ color: colours[tenant.status] ?? 'var(--status-idle)' }}>
                      <span>
                        {t(`tenants.status.${tenant.status}`)}
                        {tenant.statusReason && `: ${tenant.statusReason}`}
                        {tenant.eraseAt && `, ${t('tenants.eraseAt', { when: formatRelative(tenant.eraseAt) })}`}
                      </span>
                    </span>
                  </td>
                  <td data-label={t('tenants.created')}>
                    <Instant at={tenant.createdAt} />
                  </td>
                  <td data-cell="menu">
                    <TenantMenu tenant={tenant} run={commands.run} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.hasNextPage && (
        <Button variant="default" mt="sm" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('action.more')}
        </Button>
      )}
      <Modal opened={open?.what === 'tenant'} onClose={close} title={t('tenants.create')}>
        <TenantForm
          submit={t('tenants.create')}
          onCreated={(tenant) => {
            notifications.show({ message: t('tenants.done', { name: tenant.name }), color: 'tide' })
            void refreshTenants()
            setOpen(tenant.status === 'active' ? { what: 'admin', tenant } : null)
          }}
        />
      </Modal>
      {open?.what === 'delete' && (
        <DeleteTenantDialog
          tenant={open.tenant}
          onClose={close}
          onDeleted={() => {
            commands.tell('delete', open.tenant)
            close()
            void refreshTenants()
          }}
        />
      )}
      {open?.what === 'admin' && (
        <Modal opened onClose={close} title={t('tenants.createAdminFor', { tenant: open.tenant.name })}>
          <PersonForm
            canGenerate
            minLength={passwordPolicy.minLength}
            submit={t('tenants.createAdmin')}
            save={async (person) => {
              await api('createTenantAdmin', { params: { id: open.tenant.id }, body: person })
              notifications.show({ message: t('users.create.created', { username: person.username }), color: 'tide' })
              close()
            }}
          />
        </Modal>
      )}
    </>
  )
}
