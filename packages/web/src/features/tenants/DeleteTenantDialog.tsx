import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { Tenant } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { Modal } from '../../ui/Dialog.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'

type Props = { tenant: Tenant; onClose: () => void; onDeleted: () => void }

/** Delete: asks for the slug. */
export function DeleteTenantDialog({ tenant, onClose, onDeleted }: Props) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const remove = useMutation({
    mutationFn: () => api('deleteTenant', { params: { id: tenant.id }, query: { slug: typed } }),
    onSuccess: onDeleted,
  })
  return (
    <Modal opened onClose={onClose} title={t('tenants.delete.title', { name: tenant.name })}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (typed === tenant.slug) remove.mutate()
        }}
      >
        <Stack>
          <ProblemAlert error={remove.error} />
          <Text size="sm">{t('tenants.delete.text')}</Text>
          <TextInput
            label={t('tenants.delete.confirm', { slug: tenant.slug })}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" color="red" disabled={typed !== tenant.slug} loading={remove.isPending}>
              {t('tenants.do.delete')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
