import { Button, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import type { User } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { Modal } from '../../ui/Dialog.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { refreshUsers } from './queries.ts'

export function SignOutDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation()
  const signOut = useMutation({
    mutationFn: () => api('signOutUser', { params: { id: user.id } }),
    onSuccess: async ({ ended }) => {
      notifications.show({ message: t('users.done.signOut', { count: ended, username: user.username }), color: 'tide' })
      onClose()
      await refreshUsers()
    },
  })
  return (
    <Modal opened onClose={onClose} title={t('users.signOutConfirm.title')}>
      <Stack>
        <ProblemAlert error={signOut.error} />
        <Text size="sm">{t('users.signOutConfirm.text', { username: user.username })}</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button loading={signOut.isPending} onClick={() => signOut.mutate()} data-autofocus>
            {t('users.do.signOut')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
