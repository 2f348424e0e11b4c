import type { EngineTest } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../app/format.ts'
import { TestSteps } from '../../ui/TestSteps.tsx'

/** What came of asking an engine. */
export function EngineTestSteps({ test }: { test: EngineTest }) {
  const { t } = useTranslation()
  const words = {
    title: test.ok ? t('engines.test.passed', { ms: formatNumber(test.latencyMs ?? 0) }) : t('engines.test.refused'),
    steps: t('engines.test.steps'),
    passed: t('engines.test.ok'),
    failed: t('engines.test.failed'),
  }
  const can = test.ok && test.capabilities.length > 0
  return (
    <TestSteps
      test={test}
      words={words}
      note={can ? t('engines.test.can', { list: test.capabilities.join(', ') }) : ''}
    />
  )
}
