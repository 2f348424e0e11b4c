import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { User } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { Modal } from '../../ui/Dialog.tsx'
import { OneTimeSecret } from '../../ui/OneTimeSecret.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { refreshUsers } from './queries.ts'

/** Confirm, then reveal: Reset Password and Set-up link. The secret exists only once it is in force, and is shown once. */
export function RevealDialog({ user, kind, onClose }: { user: User; kind: 'reset' | 'link'; onClose: () => void }) {
  const { t } = useTranslation()
  const name = `${user.firstName} ${user.lastName}`
  const reveal = useMutation({
    mutationFn: async () => {
      const params = { id: user.id }
      if (kind === 'link') {
        const { url, expiresAt } = await api('sendSetUpLink', { params })
        return { value: url, expiresAt }
      }
      const { temporaryPassword, expiresAt } = await api('resetPassword', { params })
      return { value: temporaryPassword, expiresAt }
    },
    onSettled: () => refreshUsers(),
    gcTime: 0,
  })
  const shown = reveal.data !== undefined
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(`users.${kind}.title`)}
      closeOnClickOutside={!shown}
      closeOnEscape={!shown}
      withCloseButton={!shown}
    >
      <Stack>
        <ProblemAlert error={reveal.error} />
        {reveal.data ? (
          <>
            <OneTimeSecret label={kind === 'reset' ? t('users.reset.temporary') : t('secret.link')} {...reveal.data} />
            <Group justify="flex-end">
              <Button onClick={onClose}>{t('secret.stored')}</Button>
            </Group>
          </>
        ) : (
          <>
            <Text size="sm">{t(`users.${kind}.text`, { name, username: user.username })}</Text>
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                {t('action.cancel')}
              </Button>
              <Button loading={reveal.isPending} onClick={() => reveal.mutate()} data-autofocus>
                {t(`users.do.${kind}`)}
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </Modal>
  )
}
