import { Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { User } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Modal } from '../../ui/Dialog.tsx'
import { rolesQuery } from './queries.ts'
import { RoleSelect } from './RoleSelect.tsx'

type Props = {
  user: User
  onClose: () => void
  changeRole: (user: User, role: { id: string; name: string }) => Promise<void>
}

/** Change Role → Apply. */
export function ChangeRoleDialog({ user, onClose, changeRole }: Props) {
  const { t } = useTranslation()
  const { data: roles = [] } = useQuery(rolesQuery)
  const [roleId, setRoleId] = useState(user.role.id)
  const chosen = roles.find(({ id }) => id === roleId)
  return (
    <Modal opened onClose={onClose} title={t('users.role.title')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          onClose()
          if (chosen && chosen.id !== user.role.id) void changeRole(user, { id: chosen.id, name: chosen.name })
        }}
      >
        <Stack>
          <Text size="sm">
            {t('users.role.lead', {
              name: `${user.firstName} ${user.lastName}`,
              username: user.username,
              role: user.role.name,
            })}
          </Text>
          <RoleSelect
            value={roleId}
            onChange={setRoleId}
            {...(chosen?.description && { description: chosen.description })}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit">{t('action.apply')}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
