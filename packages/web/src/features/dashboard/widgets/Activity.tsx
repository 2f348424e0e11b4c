import { IconHistory } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../../app/api.ts'
import { ActivityList } from '../../../ui/ActivityList.tsx'
import { CardEmpty, CardError, CardSkeleton } from './parts.tsx'

/** What whoever looks did lately, and what was done to them. */
export function Activity() {
  const { t } = useTranslation()
  const activity = useQuery({
    queryKey: ['profile', 'activity', 'latest'],
    queryFn: ({ signal }) => api('listOwnActivity', { query: { limit: 10 }, signal }),
  })
  if (activity.isPending) return <CardSkeleton />
  if (!activity.data) return <CardError error={activity.error} onRetry={() => void activity.refetch()} />
  if (activity.data.items.length === 0)
    return (
      <CardEmpty
        icon={<IconHistory size={26} stroke={1.2} color="var(--mantine-color-dimmed)" aria-hidden />}
        title={t('users.view.noActivity')}
      >
        {t('dashboard.what.activity')}
      </CardEmpty>
    )
  return <ActivityList entries={activity.data.items} more={false} loading={false} onMore={() => {}} within />
}
