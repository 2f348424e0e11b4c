import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { IconDeviceLaptop } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { formatRelative } from '../app/format.ts'
import { EmptyState } from './EmptyState.tsx'

type OpenSession = { id: string; current: boolean; device: string; address: string; lastSeenAt: string }

/** Where somebody is signed in. */
export function SessionList({ sessions, onEnd }: { sessions: OpenSession[]; onEnd?: (id: string) => void }) {
  const { t } = useTranslation()
  if (sessions.length === 0)
    return (
      <div className="card">
        <EmptyState
          within
          level={2}
          icon={<IconDeviceLaptop size={18} />}
          title={t('users.view.noSessions')}
          text={t('users.view.noSessionsText')}
        />
      </div>
    )
  return (
    <Stack component="ul" className="card bare-list" gap={0}>
      {sessions.map((session) => (
        <Group
          component="li"
          key={session.id}
          px="md"
          py="sm"
          justify="space-between"
          style={{ borderBottom: '1px solid var(--page-line)' }}
        >
          <Group gap="sm" wrap="nowrap">
            <IconDeviceLaptop size={20} stroke={1.6} aria-hidden />
            <div>
              <Text size="sm" fw={550}>
                {session.device}{' '}
                {session.current && (
                  <Badge size="xs" variant="outline">
                    {t('profile.current')}
                  </Badge>
                )}
              </Text>
              <Text size="xs" c="dimmed" className="numbers">
                {session.address} · {t('users.view.lastSeen', { when: formatRelative(session.lastSeenAt) })}
              </Text>
            </div>
          </Group>
          {onEnd && !session.current && (
            <Button
              size="compact-sm"
              variant="default"
              aria-label={t('profile.endNamed', { device: session.device })}
              onClick={() => onEnd(session.id)}
            >
              {t('profile.end')}
            </Button>
          )}
        </Group>
      ))}
    </Stack>
  )
}
