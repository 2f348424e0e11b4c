import { Button } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { IconCompass } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ProblemAlert } from '../ui/ProblemAlert.tsx'

/** An address that leads nowhere. */
export const NotFoundPage = () => (
  <main>
    <NotFound />
  </main>
)

/** The same within a page that stands around it. `children`: where else to go from there. */
export function NotFound({ children }: { children?: ReactNode }) {
  const { t } = useTranslation()
  useDocumentTitle(`${t('error.notFound')} · Tenantry`)
  return (
    <EmptyState level={1} icon={<IconCompass size={22} />} title={t('error.notFound')} text={t('error.notFoundText')}>
      {children}
      <Button component={Link} to="/dashboard" variant="default">
        {t('error.home')}
      </Button>
    </EmptyState>
  )
}

export function PageFailed({ error }: { error: unknown }) {
  const { t } = useTranslation()
  return (
    <div style={{ maxWidth: 540, margin: '64px auto', padding: '0 16px' }}>
      <ProblemAlert error={error}>
        <p>{t('error.crashText')}</p>
        <Button variant="default" onClick={() => window.location.reload()}>
          {t('error.reload')}
        </Button>
      </ProblemAlert>
    </div>
  )
}
