import { Button, Group, Select, Skeleton, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { Role } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem, api } from '../../app/api.ts'
import { Modal } from '../../ui/Dialog.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { holdersQuery, refreshRoles, rolesQuery } from './queries.ts'

/** Delete: whoever holds the role gets another. */
export function DeleteRoleDialog({ role, onClose }: { role: Role; onClose: () => void }) {
  const { t } = useTranslation()
  const holders = useQuery(holdersQuery)
  const { data: roles = [] } = useQuery(rolesQuery)
  const [replacement, setReplacement] = useState<string | null>(null)
  const remove = useMutation({
    mutationFn: () => api('deleteRole', { params: { id: role.id }, query: replacement ? { replacement } : {} }),
    onSuccess: async ({ moved }) => {
      notifications.show({ message: t('roles.done.delete', { name: role.name, count: moved }), color: 'tide' })
      onClose()
      await refreshRoles()
    },
  })
  const count = holders.data?.get(role.id)?.count ?? 0
  // Deleted users hold it as well, who are not counted.
  const asked = count > 0 || (remove.error instanceof ApiProblem && remove.error.code === 'role_in_use')
  return (
    <Modal opened onClose={onClose} title={t('roles.delete.title', { name: role.name })}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          remove.mutate()
        }}
      >
        <Stack>
          <ProblemAlert error={remove.error ?? holders.error} />
          {holders.isPending && <Skeleton h={20} w="60%" />}
          {holders.data && (
            <Text size="sm">{count > 0 ? t('roles.delete.held', { count }) : t('roles.delete.free')}</Text>
          )}
          {asked && (
            <Select
              label={t('roles.delete.replacement')}
              data={roles
                .filter(({ id }) => id !== role.id)
                .map(({ id, name, assignable }) => ({ value: id, label: name, disabled: !assignable }))}
              value={replacement}
              onChange={setReplacement}
              allowDeselect={false}
            />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button
              type="submit"
              color="red.9"
              loading={remove.isPending}
              disabled={!holders.data || (asked && replacement === null)}
            >
              {t('roles.delete.go')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
