import { Button, Skeleton, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { User } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { SessionList } from '../../ui/SessionList.tsx'

/** Where somebody is signed in, and the way to end all of it. */
export function UserSessions({ user, endAll }: { user: User; endAll: (() => void) | null }) {
  const { t } = useTranslation()
  const { data, error } = useQuery({
    queryKey: ['users', 'sessions', user.id],
    queryFn: ({ signal }) => api('listUserSessions', { params: { id: user.id }, signal }),
  })
  if (error) return <ProblemAlert error={error} />
  if (!data) return <Skeleton h={120} radius={12} />
  return (
    <Stack align="stretch">
      <SessionList sessions={data.items} />
      {endAll && data.items.length > 0 && (
        <Button variant="default" style={{ alignSelf: 'flex-start' }} onClick={endAll}>
          {t('users.do.signOut')}
        </Button>
      )}
    </Stack>
  )
}
