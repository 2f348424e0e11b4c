import type { ModelTest } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { TestSteps } from '../../ui/TestSteps.tsx'

/** What came of asking an endpoint. */
export function ModelTestSteps({ test }: { test: ModelTest }) {
  const { t } = useTranslation()
  const words = {
    title: t(test.ok ? 'models.test.passed' : 'models.test.refused'),
    steps: t('models.test.steps'),
    passed: t('models.test.ok'),
    failed: t('models.test.failed'),
  }
  return <TestSteps test={test} words={words} note="" />
}
