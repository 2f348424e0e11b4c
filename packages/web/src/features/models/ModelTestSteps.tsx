import type { ModelTest } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../app/format.ts'
import { TestSteps } from '../../ui/TestSteps.tsx'

/** What came of asking an endpoint. */
export function ModelTestSteps({ test }: { test: ModelTest }) {
  const { t } = useTranslation()
  const { firstTokenMs, totalMs, reportsUsage } = test
  const more = [
    firstTokenMs !== null && t('models.test.first', { ms: formatNumber(Math.round(firstTokenMs)) }),
    totalMs !== null && t('models.test.total', { ms: formatNumber(Math.round(totalMs)) }),
    reportsUsage !== null && t(reportsUsage ? 'models.test.usage' : 'models.test.noUsage'),
    test.metrics && t('models.test.metrics'),
  ].filter((word) => word !== false)
  const words = {
    title: t(test.ok ? 'models.test.passed' : 'models.test.refused'),
    steps: t('models.test.steps'),
    passed: t('models.test.ok'),
    failed: t('models.test.failed'),
  }
  return <TestSteps test={test} words={words} note={more.join(' · ')} />
}
