import { Stack, Text } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import type { ModelTest } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../app/format.ts'

/** What came of asking an endpoint, step by step. */
export function TestSteps({ test }: { test: ModelTest }) {
  const { t } = useTranslation()
  const { firstTokenMs, totalMs, reportsUsage } = test
  const more = [
    firstTokenMs !== null && t('models.test.first', { ms: formatNumber(Math.round(firstTokenMs)) }),
    totalMs !== null && t('models.test.total', { ms: formatNumber(Math.round(totalMs)) }),
    reportsUsage !== null && t(reportsUsage ? 'models.test.usage' : 'models.test.noUsage'),
    test.metrics && t('models.test.metrics'),
  ].filter((word) => word !== false)
  return (
    <Stack className="card" gap={4} p="sm">
      <Text size="sm" fw={600}>
        {t(test.ok ? 'models.test.passed' : 'models.test.refused')}
      </Text>
      <ol className="results" aria-label={t('models.test.steps')}>
        {test.steps.map(({ ok, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the order is what tells the steps apart
          <li key={index}>
            {ok ? (
              <IconCheck size={16} color="var(--status-good)" aria-hidden />
            ) : (
              <IconX size={16} color="var(--status-bad)" aria-hidden />
            )}
            <span style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
              <span className="unseen">{t(ok ? 'models.test.ok' : 'models.test.failed')} </span>
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
      {more.length > 0 && (
        <Text size="sm" c="dimmed">
          {more.join(' · ')}
        </Text>
      )}
    </Stack>
  )
}
