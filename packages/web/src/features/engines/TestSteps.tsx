import { Stack, Text } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import type { EngineTest } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../app/format.ts'

/** What came of asking an engine, step by step. */
export function TestSteps({ test }: { test: EngineTest }) {
  const { t } = useTranslation()
  return (
    <Stack className="card" gap={4} p="sm">
      <Text size="sm" fw={600}>
        {test.ok ? t('engines.test.passed', { ms: formatNumber(test.latencyMs ?? 0) }) : t('engines.test.refused')}
      </Text>
      <ol className="results" aria-label={t('engines.test.steps')}>
        {test.steps.map(({ ok, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the order is what tells the steps apart
          <li key={index}>
            {ok ? (
              <IconCheck size={16} color="var(--status-good)" aria-hidden />
            ) : (
              <IconX size={16} color="var(--status-bad)" aria-hidden />
            )}
            <span style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
              <span className="unseen">{t(ok ? 'engines.test.ok' : 'engines.test.failed')} </span>
              {text}
            </span>
          </li>
        ))}
      </ol>
      {test.reason && (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {test.reason}
        </Text>
      )}
      {test.ok && test.capabilities.length > 0 && (
        <Text size="sm" c="dimmed">
          {t('engines.test.can', { list: test.capabilities.join(', ') })}
        </Text>
      )}
    </Stack>
  )
}
