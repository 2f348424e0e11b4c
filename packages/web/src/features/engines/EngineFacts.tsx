import { Alert, Group, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { Engine } from '@tenantry/contract'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../app/format.ts'
import { Instant } from '../../ui/Instant.tsx'
import { Age } from './Age.tsx'
import type { CredentialType } from './credentials.ts'
import { EngineStatus } from './EngineStatus.tsx'

/** How an engine is, and how it is spoken with. */
export function EngineFacts({ engine }: { engine: Engine }) {
  const { t } = useTranslation()
  const { health, latencyMs, version, api, ca, kind } = engine
  const none = t('engines.none')
  const facts: [string, ReactNode][] = [
    [t('engines.view.status'), <EngineStatus key="s" status={health.status} />],
    [t('engines.view.asOf'), <Age key="a" asOf={health.asOf} />],
    [t('engines.view.version'), version ?? none],
    [t('engines.view.api'), api ?? none],
    [t('engines.view.latency'), latencyMs === null ? none : t('engines.view.ms', { ms: formatNumber(latencyMs) })],
  ]
  if (kind !== 'this_machine') {
    facts.push(
      [t('engines.view.signIn'), t(`engines.credential.${engine.credentialType as CredentialType}`)],
      [t('engines.view.rotated'), <Instant key="r" at={engine.credentialRotatedAt} />],
      [t('engines.view.ca'), t(ca === null ? 'engines.view.caSystem' : 'engines.view.caOwn')],
    )
  }
  facts.push([t('engines.view.connected'), <Instant key="c" at={engine.createdAt} />])
  return (
    <>
      {health.reason && health.status !== 'ok' && (
        <Alert
          color={health.status === 'failing' ? 'red' : 'yellow'}
          variant="outline"
          mb="sm"
          icon={<IconAlertTriangle aria-hidden />}
        >
          {health.reason}
        </Alert>
      )}
      <dl className="card facts">
        {facts.map(([name, value]) => (
          <Group key={name} py={10} gap="md" wrap="nowrap" align="baseline">
            <Text component="dt" size="sm" c="dimmed" w={{ base: 110, xs: 160 }} style={{ flex: 'none' }}>
              {name}
            </Text>
            <Text component="dd" size="sm" m={0} style={{ overflowWrap: 'anywhere' }}>
              {value}
            </Text>
          </Group>
        ))}
      </dl>
    </>
  )
}
