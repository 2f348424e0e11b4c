import { Alert, Group, Stack, Text } from '@mantine/core'
import type { User } from '@tenantry/contract'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { formatInstant } from '../../app/format.ts'
import { Instant } from '../../ui/Instant.tsx'
import { StatusBadge } from '../../ui/StatusBadge.tsx'

/** Who somebody is, and what about their sign-in needs to be known. */
export function UserOverview({ user }: { user: User }) {
  const { t } = useTranslation()
  const expired = user.temporaryUntil !== null && new Date(user.temporaryUntil) < new Date()
  const facts: [string, ReactNode][] = [
    [t('users.column.username'), user.username],
    [t('users.column.email'), user.email],
    [t('users.column.role'), user.role.name],
    [t('users.column.status'), <StatusBadge key="s" status={user.status} />],
    [t('users.column.lastLogin'), <Instant key="l" at={user.lastLoginAt} />],
    [t('users.column.created'), <Instant key="c" at={user.createdAt} />],
    [t('users.view.updated'), <Instant key="u" at={user.updatedAt} />],
  ]
  return (
    <Stack maw={760}>
      {user.lockedUntil && (
        <Alert color="yellow" variant="outline">
          {t('users.view.lockedUntil', { when: formatInstant(user.lockedUntil) })}
        </Alert>
      )}
      {user.temporaryUntil && (
        <Alert color={expired ? 'yellow' : 'gray'} variant="outline">
          {expired
            ? t('users.view.temporaryExpired')
            : t('users.view.temporaryUntil', { when: formatInstant(user.temporaryUntil) })}
        </Alert>
      )}
      {user.eraseAt && (
        <Alert color="yellow" variant="outline">
          {t('users.view.eraseAt', { when: formatInstant(user.eraseAt) })}
        </Alert>
      )}
      <dl className="card facts">
        {facts.map(([name, value]) => (
          <Group key={name} py={10} gap="md" wrap="nowrap" align="baseline">
            <Text component="dt" size="sm" c="dimmed" w={110} style={{ flex: 'none' }}>
              {name}
            </Text>
            <Text component="dd" size="sm" m={0} style={{ overflowWrap: 'anywhere' }}>
              {value}
            </Text>
          </Group>
        ))}
      </dl>
    </Stack>
  )
}
