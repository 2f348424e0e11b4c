import { Button, Group, List, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { User } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { Modal } from '../../ui/Dialog.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { refreshUsers } from './queries.ts'
import { useSettlement } from './use-settlement.tsx'

/** Delete: shows first what the user owns and what becomes of it, then asks for the username. */
export function DeleteUserDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const owned = useQuery({
    queryKey: ['users', 'owned', user.id],
    queryFn: ({ signal }) => api('listOwned', { params: { id: user.id }, signal }),
  })
  const { field, pending, settle } = useSettlement(user, 'delete')
  const remove = useMutation({
    mutationFn: async () => {
      if (!(await settle())) return false
      await api('deleteUser', { params: { id: user.id } })
      return true
    },
    onSuccess: async (done) => {
      if (!done) return
      notifications.show({ message: t('users.done.delete', { username: user.username }), color: 'tide' })
      onClose()
      await refreshUsers()
    },
  })
  return (
    <Modal opened onClose={onClose} title={t('users.delete.title', { username: user.username })}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (typed === user.username) remove.mutate()
        }}
      >
        <Stack>
          <ProblemAlert error={remove.error ?? owned.error} />
          <Text size="sm">{t('users.delete.text')}</Text>
          {owned.isPending && <Skeleton h={20} w="60%" />}
          {owned.data?.items.length === 0 && <Text size="sm">{t('users.delete.nothing')}</Text>}
          {owned.data && owned.data.items.length > 0 && (
            <div>
              <Text size="sm">{t('users.delete.owns')}</Text>
              <List size="sm">
                {owned.data.items.map(({ kind, count }) => (
                  <List.Item key={kind}>{t(`users.delete.${kind}`, { count })}</List.Item>
                ))}
              </List>
            </div>
          )}
          {field}
          <TextInput
            label={t('users.delete.type', { username: user.username })}
            value={typed}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            data-autofocus
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button
              type="submit"
              color="red.9"
              loading={remove.isPending}
              disabled={typed !== user.username || pending}
            >
              {t('users.do.delete')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
