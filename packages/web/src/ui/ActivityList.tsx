import { Button, Skeleton, Stack, Text } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import type { ActivityEntry } from '@tenantry/contract'
import { auditActions } from '@tenantry/contract/audit-actions'
import { useTranslation } from 'react-i18next'
import { ActivityChange } from './ActivityChange.tsx'
import { EmptyState } from './EmptyState.tsx'
import { Instant } from './Instant.tsx'

type Props = {
  entries: ActivityEntry[] | undefined
  more: boolean
  loading: boolean
  onMore: () => void
  /** Within something that has a frame, and little room. */
  within?: boolean
}

/** What happened, newest first. */
export function ActivityList({ entries, more, loading, onMore, within = false }: Props) {
  const { t } = useTranslation()
  if (!entries) return <Skeleton h={160} radius={12} />
  if (entries.length === 0)
    return (
      <div className="card">
        <EmptyState
          within
          level={2}
          icon={<IconHistory size={18} />}
          title={t('users.view.noActivity')}
          text={t('users.view.noActivityText')}
        />
      </div>
    )
  return (
    <Stack align="flex-start">
      <div className={within ? 'activity-within' : 'card'} style={{ width: '100%' }}>
        <table className="data-table wrapping" aria-label={t('users.view.activity')}>
          <tbody>
            {entries.map((entry) => (
              <tr key={entry.id}>
                <td style={{ whiteSpace: 'normal' }}>
                  <Text size="sm" fw={550} component="span">
                    {labelOf(entry.action)}
                  </Text>
                  {entry.result === 'refused' && (
                    <Text size="sm" component="span" c="var(--status-bad)">
                      {` · ${t('users.view.refused')}`}
                    </Text>
                  )}
                  {entry.target && entry.target.name !== entry.actor.name && (
                    <Text size="sm" component="span">
                      {' '}
                      {entry.target.name}
                    </Text>
                  )}
                  <ActivityChange details={entry.details} />
                </td>
                <td>{t('users.view.by', { name: entry.actor.name })}</td>
                {!within && <td className="numbers">{entry.address}</td>}
                <td>
                  <Instant at={entry.at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more && (
        <Button variant="default" loading={loading} onClick={onMore}>
          {t('action.more')}
        </Button>
      )}
    </Stack>
  )
}

const labelOf = (action: string): string => (auditActions as Record<string, string>)[action] ?? action
