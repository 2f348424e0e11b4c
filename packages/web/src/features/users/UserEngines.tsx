import { Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconServer2 } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { CarryThrough } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { formatRelative } from '../../app/format.ts'
import { queryClient, useSession } from '../../app/session.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { userEnginesQuery } from './queries.ts'

const colors = { in_step: 'good', pending: 'info', failed: 'bad' } as const
const shapes = { in_step: 'dot', pending: 'ring', failed: 'square' } as const

/** How far each engine follows what was decided about somebody, and why not. */
export function UserEngines({ id }: { id: string }) {
  const { t } = useTranslation()
  const { may } = useSession()
  const list = useQuery(userEnginesQuery(id))
  const retry = useMutation({
    mutationFn: () => api('retryUserEngines', { params: { id } }),
    onSuccess: (answer) => queryClient.setQueryData(userEnginesQuery(id).queryKey, answer),
  })
  if (list.isPending) return <Skeleton h={120} radius={12} />
  const items = list.data?.items ?? []
  return (
    <Stack>
      <ProblemAlert error={list.error ?? retry.error} />
      {list.data && items.length === 0 && (
        <div className="card">
          <EmptyState
            icon={<IconServer2 size={22} />}
            title={t('resources.engines.none')}
            text={t('resources.engines.noneText')}
          />
        </div>
      )}
      {items.length > 0 && (
        <>
          <Group justify="space-between">
            <Text size="sm" c="dimmed">
              {t('resources.engines.lead')}
            </Text>
            {may('user.update') && (
              <Button variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
                {t('resources.engines.retry')}
              </Button>
            )}
          </Group>
          <ul className="card bare-list">
            {items.map((item) => (
              <Follower key={item.engineId} item={item} />
            ))}
          </ul>
        </>
      )}
    </Stack>
  )
}

function Follower({ item }: { item: CarryThrough }) {
  const { t } = useTranslation()
  const access = item.access || 'nothing'
  return (
    <li style={{ padding: '12px 16px', borderBottom: '1px solid var(--page-line)' }}>
      <Group justify="space-between" gap="xs">
        <Text fw={550} component="bdi">
          {item.engine}
        </Text>
        <span
          className="status"
          data-shape={shapes[item.state]}
          style={{ color: `var(--status-${colors[item.state]})` }}
        >
          <span>{t(`resources.engines.state.${item.state}`)}</span>
        </span>
      </Group>
      <Text size="sm">{t('resources.engines.access', { access })}</Text>
      {item.reason && (
        <Text size="sm" c="var(--status-bad)">
          {item.reason}
        </Text>
      )}
      <Text size="xs" c="dimmed">
        {item.nextTryAt
          ? t('resources.engines.again', { count: item.attempts, time: formatRelative(item.nextTryAt) })
          : t('resources.engines.updated', { time: formatRelative(item.updatedAt) })}
      </Text>
    </li>
  )
}
