import { Skeleton, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type PermissionGroup, permissionGroups } from '@tenantry/contract/permissions'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { formatInstant } from '../../app/format.ts'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'

/** What somebody may do, by group, and where each permission comes from. */
export function UserPermissions({ id }: { id: string }) {
  const { t } = useTranslation()
  const { data, error } = useQuery({
    queryKey: ['users', 'permissions', id],
    queryFn: ({ signal }) => api('listUserPermissions', { params: { id }, signal }),
  })
  if (error) return <ProblemAlert error={error} />
  if (!data) return <Skeleton h={240} radius={12} />
  if (data.items.length === 0) return <Text c="dimmed">{t('users.view.nothing')}</Text>
  const held = new Map<string, (typeof data.items)[number]>(data.items.map((item) => [item.permission, item]))
  const groups = (Object.keys(permissionGroups) as PermissionGroup[]).filter((group) =>
    Object.keys(permissionGroups[group]).some((name) => held.has(name)),
  )
  return (
    <Stack gap="lg">
      {groups.map((group) => (
        <section key={group}>
          <Title order={2} mb="xs">
            {t(`users.group.${group}`)}
          </Title>
          <ul className="card bare-list">
            {Object.entries(permissionGroups[group]).map(([name, description]) => {
              const item = held.get(name)
              if (!item) return null
              return (
                <li key={name} style={{ padding: '10px 16px', borderBottom: '1px solid var(--page-line)' }}>
                  <Text size="sm">{description.charAt(0).toUpperCase() + description.slice(1)}</Text>
                  <Text size="xs" c="dimmed">
                    <code>{name}</code> · {t('users.view.from', { role: item.from.name })},{' '}
                    {t('users.view.since', { when: formatInstant(item.since) })}
                  </Text>
                </li>
              )
            })}
          </ul>
        </section>
      ))}
    </Stack>
  )
}
