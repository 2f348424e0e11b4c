import { Alert, Button, Group, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { Workspace } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { formatHour } from '../../app/format.ts'
import { idleInWords } from './in-words.ts'
import type { Run } from './use-workspace-commands.tsx'

/** Whether somebody works there. When it is about to stop: that, and the one click that keeps it. */
export function IdleLine({ workspace, run, busy }: { workspace: Workspace; run: Run; busy: boolean }) {
  const { t } = useTranslation()
  const { idle, state, reason, name, can } = workspace
  if (state === 'running' && idle.warned)
    return (
      <Alert color="yellow" variant="outline" p="xs" icon={<IconAlertTriangle aria-hidden />} role="status">
        <Group gap="xs" justify="space-between">
          <Text size="sm" flex="1 1 180px">
            {idle.stopsAt
              ? t('workspaces.idle.warned', { stops: formatHour(idle.stopsAt) })
              : t('workspaces.idle.warnedSoon')}
          </Text>
          {(can.open || can.stop) && (
            <Button
              size="compact-sm"
              variant="default"
              loading={busy}
              aria-label={t('workspaces.named.extend', { name })}
              onClick={() => run('extend', workspace)}
            >
              {t('workspaces.do.extend')}
            </Button>
          )}
        </Group>
      </Alert>
    )
  const words = idleInWords(t, workspace) ?? reason
  if (!words) return null
  return (
    <Text size="sm" c={state === 'failed' ? 'var(--status-bad)' : 'dimmed'} style={{ overflowWrap: 'anywhere' }}>
      <bdi>{words}</bdi>
    </Text>
  )
}
