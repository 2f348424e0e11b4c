import { IconHistory } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../../app/api.ts'
import { ActivityList } from '../../../ui/ActivityList.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { CardError, CardSkeleton } from './parts.tsx'

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
      <EmptyState
        within
        icon={<IconHistory size={18} />}
        title={t('users.view.noActivity')}
        text={t('dashboard.what.activity')}
      />
    )
  return <ActivityList entries={activity.data.items} more={false} loading={false} onMore={() => {}} within />
}
