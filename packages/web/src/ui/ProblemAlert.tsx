import { Alert, Group, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { Permission } from '@tenantry/contract'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem } from '../app/api.ts'
import { CopyButton } from './CopyButton.tsx'
import { Granters } from './Granters.tsx'

/** Refusals that say everything themselves: nobody looks them up in a log. */
const ordinary = new Set([
  'sign_in_refused',
  'wrong_password',
  'weak_password',
  'not_found',
  'link_invalid',
  'invalid_cursor',
])

/** What went wrong, in words, with what helps: what is missing, when to come back, the id to quote. */
export function ProblemAlert({ error, children }: { error: unknown; children?: ReactNode }) {
  const { t } = useTranslation()
  if (!error) return null
  const problem = error instanceof ApiProblem ? error.problem : null
  const id = error instanceof ApiProblem && !ordinary.has(error.code) ? error.requestId : null
  const fields = problem?.errors?.map(({ pointer, detail }) => `${pointer.replace(/^[/?]/, '')} ${detail}`) ?? []
  return (
    <Alert
      role="alert"
      color="red"
      variant="outline"
      icon={<IconAlertTriangle aria-hidden />}
      title={problem?.title ?? t('error.title')}
    >
      {problem?.detail && <Text size="sm">{problem.detail}</Text>}
      {!problem?.detail && fields.length > 0 && <Text size="sm">{fields.join('; ')}</Text>}
      {problem?.missing && problem.missing.length > 0 && (
        <Text size="sm">{t('error.missing', { list: problem.missing.slice(0, 6).join(', ') })}</Text>
      )}
      {problem?.code === 'missing_permission' && problem.missing?.[0] && (
        <Granters permission={problem.missing[0] as Permission} />
      )}
      {problem?.retryAfter !== undefined && (
        <Text size="sm">{t('error.retryIn', { seconds: problem.retryAfter })}</Text>
      )}
      {children}
      {id && (
        <Group mt="xs" gap="xs">
          <Text size="xs" c="dimmed" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
            {t('error.requestId', { id })}
          </Text>
          <CopyButton value={id} label={t('error.copyRequestId')} size="compact-xs" />
        </Group>
      )}
    </Alert>
  )
}
