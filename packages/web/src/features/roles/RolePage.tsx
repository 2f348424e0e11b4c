import { Button, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconChevronLeft } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { type PermissionGroup, permissionGroups } from '@tenantry/contract/permissions'
import { useTranslation } from 'react-i18next'
import { ApiProblem } from '../../app/api.ts'
import { NotFound } from '../../app/errors.tsx'
import { useSession } from '../../app/session.ts'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { usersQuery } from '../users/queries.ts'
import { roleQuery } from './queries.ts'
import { RoleMenu } from './RoleMenu.tsx'
import { RoleState } from './RoleState.tsx'
import { useRoleCommands } from './use-role-commands.tsx'

/** View Details: what a role permits, and who holds it. */
export function RolePage() {
  const { t } = useTranslation()
  const { may } = useSession()
  const { id } = useParams({ from: '/shell/roles/$id' })
  const { run, dialogs } = useRoleCommands()
  const { data: role, error } = useQuery({ ...roleQuery(id), enabled: may('role.view') })
  if (!may('role.view')) return <NoAccess title={t('roles.title')} needs="role.view" />
  if (error instanceof ApiProblem && error.code === 'not_found') return <NotFound />
  if (error) return <ProblemAlert error={error} />
  if (!role) return <Skeleton h={300} radius={12} />
  const held = new Set<string>(role.permissions)
  const groups = (Object.keys(permissionGroups) as PermissionGroup[]).filter((group) =>
    Object.keys(permissionGroups[group]).some((name) => held.has(name)),
  )
  return (
    <>
      <Link to="/roles" className="back-link">
        <IconChevronLeft size={16} aria-hidden />
        {t('roles.all')}
      </Link>
      <PageHeader title={role.name} lead={role.description || t(`roles.scope.${role.scope}`)}>
        <RoleState role={role} />
        {!role.builtIn && may('role.update') && role.missing.length === 0 && (
          <Button variant="default" onClick={() => run('edit', role)}>
            {t('roles.do.edit')}
          </Button>
        )}
        <RoleMenu role={role} run={run} />
      </PageHeader>
      <Stack gap="lg">
        {may('user.view') && <Holders id={id} />}
        {groups.length === 0 && <Text c="dimmed">{t('roles.view.nothing')}</Text>}
        {groups.map((group) => (
          <section key={group}>
            <Title order={2} mb="xs">
              {t(`users.group.${group}`)}
            </Title>
            <ul className="card bare-list">
              {Object.entries(permissionGroups[group])
                .filter(([name]) => held.has(name))
                .map(([name, description]) => (
                  <li key={name} style={{ padding: '10px 16px', borderBottom: '1px solid var(--page-line)' }}>
                    <Text size="sm">{description.charAt(0).toUpperCase() + description.slice(1)}</Text>
                    <Text size="xs" c="dimmed">
                      <code>{name}</code>
                    </Text>
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </Stack>
      {dialogs}
    </>
  )
}

function Holders({ id }: { id: string }) {
  const { t } = useTranslation()
  const { data } = useQuery(usersQuery({ role: id, limit: 25 }))
  return (
    <section>
      <Title order={2} mb="xs">
        {t('roles.view.holders')}
      </Title>
      {!data && <Skeleton h={20} w="50%" />}
      {data?.items.length === 0 && <Text size="sm">{t('roles.view.nobody')}</Text>}
      <Text size="sm">
        {data?.items.map((user, index) => (
          <span key={user.id}>
            {index > 0 && ', '}
            <Link to="/users/$id" params={{ id: user.id }} style={{ color: 'inherit' }}>
              {user.username}
            </Link>
          </span>
        ))}
        {data?.next && (
          <>
            {' … '}
            <Link to="/users" search={{ role: id }} style={{ color: 'inherit' }}>
              {t('roles.view.seeAll')}
            </Link>
          </>
        )}
      </Text>
    </section>
  )
}
