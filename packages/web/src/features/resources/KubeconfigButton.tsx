import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import type { Resource } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { formatInstant } from '../../app/format.ts'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'

/** Downloads a kubeconfig for oneself. It holds a secret, so it is made anew each time and kept nowhere. */
export function KubeconfigButton({ resource }: { resource: Resource }) {
  const { t } = useTranslation()
  const make = useMutation({
    mutationFn: () => api('makeKubeconfig', { params: { id: resource.id } }),
    onSuccess: ({ kubeconfig, expiresAt }) => {
      const address = URL.createObjectURL(new Blob([kubeconfig], { type: 'application/yaml' }))
      const link = Object.assign(document.createElement('a'), {
        href: address,
        download: `${resource.name}.kubeconfig`,
      })
      link.click()
      setTimeout(() => URL.revokeObjectURL(address), 10_000)
      notifications.show({ message: t('resources.kubeconfig.done', { time: formatInstant(expiresAt) }) })
    },
  })
  return (
    <>
      <Button
        leftSection={<IconDownload size={16} aria-hidden />}
        loading={make.isPending}
        onClick={() => make.mutate()}
      >
        {t('resources.kubeconfig.download')}
      </Button>
      <ProblemAlert error={make.error} />
    </>
  )
}
