import { Button, Skeleton } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { ApiProblem } from '../../../app/api.ts'

/** What every widget looks like before its data is there. */
export const CardSkeleton = () => (
  <div className="card-skeleton" aria-hidden="true">
    <Skeleton h={26} w="42%" />
    <Skeleton h={12} w="88%" />
    <Skeleton h={12} w="74%" />
    <Skeleton h={12} w="81%" />
  </div>
)

/** Why this widget, and it alone, has nothing to show. */
export function CardError({ error, title, onRetry }: { error?: unknown; title?: string; onRetry: () => void }) {
  const { t } = useTranslation()
  const problem = error instanceof ApiProblem ? error.problem : null
  return (
    <div className="card-notice" role="alert">
      <IconAlertTriangle size={22} stroke={1.4} color="var(--status-bad)" aria-hidden />
      <strong>{title ?? problem?.title ?? t('error.load')}</strong>
      {problem?.detail && <p>{problem.detail}</p>}
      <Button variant="default" size="compact-sm" mt={6} onClick={onRetry}>
        {t('action.retry')}
      </Button>
    </div>
  )
}
