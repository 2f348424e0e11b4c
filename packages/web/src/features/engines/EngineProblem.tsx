import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ApiProblem } from '../../app/api.ts'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'

/** A refusal without a field, with what to do about it. */
export function EngineProblem({ error }: { error: unknown }) {
  const { t } = useTranslation()
  const code = error instanceof ApiProblem ? error.code : null
  return (
    <ProblemAlert error={error}>
      {code === 'no_secret_key' && <Text size="sm">{t('engines.problem.secretKey')}</Text>}
      {code === 'engine_in_use' && <Text size="sm">{t('engines.disconnect.inUse')}</Text>}
    </ProblemAlert>
  )
}

/** The same for a dialog that is told how to tell it. */
export const tellProblem = (error: unknown) => <EngineProblem error={error} />
