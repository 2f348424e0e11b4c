import { ActionIcon, Button } from '@mantine/core'
import { IconSpeakerphone, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../../app/api.ts'
import { formatInstant } from '../../../app/format.ts'
import { lazyPart } from '../../../app/lazy.ts'
import { queryClient, useSession } from '../../../app/session.ts'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { Instant } from '../../../ui/Instant.tsx'
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx'
import { announcementsQuery } from '../queries.ts'
import { CardError, CardSkeleton } from './parts.tsx'

const AnnounceDialog = lazyPart(async () => (await import('./AnnounceDialog.tsx')).AnnounceDialog)

/** What everybody of the tenant should know; those who look after the tenant write it here. */
export function Announcements() {
  const { t } = useTranslation()
  const { may, tenant } = useSession()
  const [writing, setWriting] = useState(false)
  const list = useQuery(announcementsQuery)
  const takeDown = useMutation({
    mutationFn: (id: string) => api('takeDownAnnouncement', { params: { id } }),
    onSettled: () => queryClient.invalidateQueries(announcementsQuery),
  })
  if (list.isPending) return <CardSkeleton />
  if (!list.data) return <CardError error={list.error} onRetry={() => void list.refetch()} />
  const mayWrite = may('tenant.update_settings')
  const write = mayWrite && (
    <Button variant="default" size="compact-sm" onClick={() => setWriting(true)}>
      {t('dashboard.announcements.write')}
    </Button>
  )
  const { items } = list.data
  return (
    <>
      <ProblemAlert error={takeDown.error} />
      {items.length === 0 ? (
        <EmptyState
          within
          icon={<IconSpeakerphone size={18} />}
          title={t('dashboard.announcements.none')}
          text={t(mayWrite ? 'dashboard.announcements.noneWrite' : 'dashboard.announcements.noneText', {
            tenant: tenant.name,
          })}
        >
          {write}
        </EmptyState>
      ) : (
        <ul className="bare-list">
          {items.map((item) => (
            <li key={item.id} style={{ padding: '8px 0', borderBottom: '1px solid var(--page-line)' }}>
              <span style={{ display: 'flex', justifyContent: 'space-between', gap: 8 }}>
                <b style={{ overflowWrap: 'anywhere' }}>
                  <bdi>{item.title}</bdi>
                </b>
                {mayWrite && (
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    size={24}
                    aria-label={t('dashboard.announcements.takeDown', { title: item.title })}
                    onClick={() => takeDown.mutate(item.id)}
                  >
                    <IconTrash size={14} aria-hidden />
                  </ActionIcon>
                )}
              </span>
              {item.text && (
                <p style={{ margin: '2px 0', overflowWrap: 'anywhere' }}>
                  <bdi>{item.text}</bdi>
                </p>
              )}
              <span className="dim">
                {item.author} · <Instant at={item.createdAt} />
                {item.until && ` · ${t('dashboard.announcements.until', { time: formatInstant(item.until) })}`}
              </span>
            </li>
          ))}
        </ul>
      )}
      {write && items.length > 0 && <div style={{ paddingTop: 8 }}>{write}</div>}
      {writing && (
        <Suspense>
          <AnnounceDialog onClose={() => setWriting(false)} />
        </Suspense>
      )}
    </>
  )
}
