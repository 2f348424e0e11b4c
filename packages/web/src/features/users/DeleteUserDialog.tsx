import { List, Skeleton, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import type { User } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { refreshUsers } from './queries.ts'
import { useSettlement } from './use-settlement.tsx'

/** Delete: shows first what the user owns and what becomes of it, then asks for the username. */
export function DeleteUserDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation()
  const owned = useQuery({
    queryKey: ['users', 'owned', user.id],
    queryFn: ({ signal }) => api('listOwned', { params: { id: user.id }, signal }),
  })
  const { field, pending, settle } = useSettlement(user, 'delete')
  const { username } = user
  return (
    <ConfirmDialog
      title={t('users.delete.title', { username })}
      text={t('users.delete.text')}
      word={{ word: username, label: t('users.delete.type', { username }) }}
      submit={t('users.do.delete')}
      pending={pending}
      work={async () => {
        if (!(await settle())) return
        await api('deleteUser', { params: { id: user.id } })
        notifications.show({ message: t('users.done.delete', { username }), color: 'tide' })
        onClose()
        await refreshUsers()
      }}
      onClose={onClose}
    >
      <ProblemAlert error={owned.error} />
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
    </ConfirmDialog>
  )
}
