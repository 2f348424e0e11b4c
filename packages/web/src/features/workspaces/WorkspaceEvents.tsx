import { Skeleton, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { formatClock } from '../../app/format.ts'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { eventsQuery } from './queries.ts'

/** What happened, the latest first. */
export function WorkspaceEvents({ id }: { id: string }) {
  const { t } = useTranslation()
  const { data, error } = useQuery(eventsQuery(id))
  if (!data) return error ? <ProblemAlert error={error} /> : <Skeleton h={160} radius={12} />
  if (data.length === 0) return <Text c="dimmed">{t('workspaces.view.noEvents')}</Text>
  return (
    <div className="card">
      <table className="data-table wrapping" aria-label={t('workspaces.view.events')}>
        <tbody>
          {data.map((event) => (
            <tr key={event.id}>
              <td data-cell="username" style={{ whiteSpace: 'normal' }}>
                {event.warning && (
                  <span className="event-warning">
                    <IconAlertTriangle size={14} aria-hidden />
                    {t('workspaces.view.warning')}
                  </span>
                )}
                <bdi>{event.text}</bdi>
              </td>
              <td className="numbers" style={{ width: 150, whiteSpace: 'nowrap' }}>
                <time dateTime={event.at}>{formatClock(event.at)}</time>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
