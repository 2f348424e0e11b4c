import { Button, Skeleton } from '@mantine/core'
import { IconShieldPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../app/format.ts'
import { useSession } from '../../app/session.ts'
import { Instant } from '../../ui/Instant.tsx'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { holdersQuery, rolesQuery } from './queries.ts'
import { RoleDialog } from './RoleDialog.tsx'
import { RoleMenu } from './RoleMenu.tsx'
import { RoleState } from './RoleState.tsx'
import { useRoleCommands } from './use-role-commands.tsx'

export function RolesPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { tenant, may } = useSession()
  const { create } = useSearch({ from: '/shell/roles' })
  const { run, dialogs } = useRoleCommands()
  const list = useQuery({ ...rolesQuery, enabled: may('role.view') })
  const holders = useQuery({ ...holdersQuery, enabled: may('role.view') })
  if (!may('role.view')) return <NoAccess title={t('roles.title')} needs="role.view" />
  const open = (on: boolean) => void navigate({ to: '/roles', search: on ? { create: true } : {}, replace: !on })
  const count = (id: string) => {
    const held = holders.data?.get(id)
    return held ? `${formatNumber(held.count)}${held.more ? '+' : ''}` : '…'
  }
  const columns = ['name', 'description', 'scope', 'status', 'users', 'permissions', 'changed'] as const
  return (
    <>
      <PageHeader title={t('roles.title')} lead={t('roles.lead', { tenant: tenant.name })}>
        {may('role.create') && (
          <Button leftSection={<IconShieldPlus size={16} aria-hidden />} onClick={() => open(true)}>
            {t('roles.create')}
          </Button>
        )}
      </PageHeader>
      <ProblemAlert error={list.error ?? holders.error} />
      {list.isPending && <Skeleton h={200} radius={12} />}
      {list.data && (
        <div className="card" style={{ overflowX: 'auto' }}>
          <table className="data-table wrapping" aria-label={t('roles.table')}>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {t(`roles.column.${column}`)}
                  </th>
                ))}
                <th scope="col" style={{ width: 44 }}>
                  <span className="unseen">{t('action.more')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {list.data.map((role) => (
                <tr key={role.id}>
                  <td data-cell="username" data-label={t('roles.column.name')}>
                    <Link
                      to="/roles/$id"
                      params={{ id: role.id }}
                      style={{ color: 'inherit', fontWeight: 550, textDecoration: 'none' }}
                    >
                      <bdi>{role.name}</bdi>
                    </Link>
                  </td>
                  <td data-label={t('roles.column.description')} style={{ whiteSpace: 'normal', minWidth: 180 }}>
                    <bdi>{role.description}</bdi>
                  </td>
                  <td data-label={t('roles.column.scope')}>{t(`roles.scope.${role.scope}`)}</td>
                  <td data-label={t('roles.column.status')}>
                    <RoleState role={role} />
                  </td>
                  <td data-label={t('roles.column.users')} className="numbers">
                    {may('user.view') ? (
                      <Link to="/users" search={{ role: role.id }} style={{ color: 'inherit' }}>
                        {count(role.id)}
                      </Link>
                    ) : (
                      count(role.id)
                    )}
                  </td>
                  <td data-label={t('roles.column.permissions')} className="numbers">
                    {role.permissions.length}
                  </td>
                  <td data-label={t('roles.column.changed')}>
                    {role.builtIn ? t('roles.builtIn') : <Instant at={role.updatedAt} />}
                  </td>
                  <td data-cell="menu">
                    <RoleMenu role={role} run={run} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {create && may('role.create') && <RoleDialog onClose={() => open(false)} />}
      {dialogs}
    </>
  )
}
