import { Button, Group, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { User } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem, api } from '../../app/api.ts'
import { useSession } from '../../app/session.ts'
import { ConflictAlert } from '../../ui/ConflictAlert.tsx'
import { Modal } from '../../ui/Dialog.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { useForm } from '../../ui/use-form.ts'
import { refreshUsers } from './queries.ts'
import { RoleSelect } from './RoleSelect.tsx'

/** Edit → Save. A form that has gone stale says so, and leaves the choice. */
export function EditUserDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation()
  const { may } = useSession()
  const [version, setVersion] = useState(user.version)
  const form = useForm({ email: user.email, firstName: user.firstName, lastName: user.lastName, roleId: user.role.id })
  const stale = form.problem instanceof ApiProblem && form.problem.code === 'changed_meanwhile'

  const save = (ifMatch: number | '*') =>
    form.submit(async () => {
      const { roleId, ...person } = form.values
      const body = roleId === user.role.id ? person : { ...person, roleId }
      await api('editUser', { params: { id: user.id }, body, ifMatch })
      notifications.show({ message: t('users.done.edit', { username: user.username }), color: 'tide' })
      onClose()
      await refreshUsers()
    })
  const showTheirs = async () => {
    const theirs = await api('getUser', { params: { id: user.id } })
    setVersion(theirs.version)
    form.setValues({
      email: theirs.email,
      firstName: theirs.firstName,
      lastName: theirs.lastName,
      roleId: theirs.role.id,
    })
    form.fail(null)
    await refreshUsers()
  }

  return (
    <Modal opened onClose={onClose} title={t('users.edit.title', { username: user.username })}>
      <form
        ref={form.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void save(version)
        }}
      >
        <Stack gap="md">
          {stale ? (
            <ConflictAlert
              title={t('users.edit.conflict', { username: user.username })}
              onReload={showTheirs}
              onOverwrite={() => void save('*')}
            />
          ) : (
            <ProblemAlert error={form.problem} />
          )}
          <TextInput label={t('field.email')} type="email" autoComplete="off" data-autofocus {...form.text('email')} />
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <TextInput label={t('field.firstName')} autoComplete="off" {...form.text('firstName')} />
            <TextInput label={t('field.lastName')} autoComplete="off" {...form.text('lastName')} />
          </SimpleGrid>
          <RoleSelect
            value={form.values.roleId}
            onChange={(id) => form.set('roleId', id)}
            error={form.errors.roleId}
            disabled={!may('role.assign')}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" loading={form.busy}>
              {t('action.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
