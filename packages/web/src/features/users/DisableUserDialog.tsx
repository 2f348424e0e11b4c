import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { User } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { Modal } from '../../ui/Dialog.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { useSettlement } from './use-settlement.tsx'

type Props = { user: User; onClose: () => void; disable: (user: User) => Promise<void> }

/** Disable, where something goes on without them: what is to become of it. */
export function DisableUserDialog({ user, onClose, disable }: Props) {
  const { t } = useTranslation()
  const { field, settle } = useSettlement(user, 'disable')
  const { username } = user
  const go = useMutation({
    mutationFn: async () => {
      if (!(await settle())) return
      onClose()
      await disable(user)
    },
  })
  return (
    <Modal opened onClose={onClose} title={t('workspaces.belongings.disableTitle', { username })}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          go.mutate()
        }}
      >
        <Stack>
          <ProblemAlert error={go.error} />
          <Text size="sm">{t('workspaces.belongings.disableText')}</Text>
          {field}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} data-autofocus>
              {t('action.cancel')}
            </Button>
            <Button type="submit" color="red.9" loading={go.isPending}>
              {t('users.do.disable')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
