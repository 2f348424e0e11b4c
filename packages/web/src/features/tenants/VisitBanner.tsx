import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { switchTo, useSession } from '../../app/session.ts'

/** Somebody of the platform is in a tenant: said on every page, and one click leads back. */
export function VisitBanner() {
  const { t } = useTranslation()
  const { tenant } = useSession()
  const navigate = useNavigate()
  const leave = useMutation({
    mutationFn: () => api('leaveTenant', {}),
    onSuccess: async (session) => {
      await navigate({ to: '/tenants' })
      switchTo(session)
    },
  })
  return (
    <section className="visit-banner" aria-label={t('tenants.visiting.leave')}>
      <span>{t('tenants.visiting.banner', { tenant: tenant.name })}</span>
      <Button size="compact-sm" color="dark" variant="filled" loading={leave.isPending} onClick={() => leave.mutate()}>
        {t('tenants.visiting.leave')}
      </Button>
    </section>
  )
}
