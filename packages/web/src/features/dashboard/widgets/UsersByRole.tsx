import { IconUsersGroup } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../../../app/api.ts'
import { formatNumber } from '../../../app/format.ts'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { CardError, CardSkeleton } from './parts.tsx'

/** How many people hold each role; each leads to them. */
export function UsersByRole() {
  const { t } = useTranslation()
  const counts = useQuery({
    queryKey: ['users', 'by-role'],
    queryFn: ({ signal }) => api('countUsersByRole', { signal }),
  })
  if (counts.isPending) return <CardSkeleton />
  if (!counts.data) return <CardError error={counts.error} onRetry={() => void counts.refetch()} />
  const roles = [...counts.data.items].sort((a, b) => b.users - a.users)
  const most = Math.max(1, ...roles.map(({ users }) => users))
  if (roles.length === 0)
    return (
      <EmptyState
        within
        icon={<IconUsersGroup size={18} />}
        title={t('dashboard.roles.none')}
        text={t('dashboard.what.users_by_role')}
      />
    )
  return (
    <ul className="bare-list amounts">
      {roles.map(({ roleId, role, users }) => (
        <li key={roleId}>
          <Link to="/users" search={{ role: roleId }} className="amount-name">
            <bdi>{role}</bdi>
          </Link>
          <span className="use-bar" data-plain aria-hidden="true">
            <span style={{ width: `${(users / most) * 100}%` }} data-part="used" />
          </span>
          <span className="amount-text numbers">
            {t('dashboard.roles.users', { count: users, n: formatNumber(users) })}
          </span>
        </li>
      ))}
    </ul>
  )
}
