import { Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Permission, Role } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem, api } from '../../app/api.ts'
import { queryClient, useSession } from '../../app/session.ts'
import { ConflictAlert } from '../../ui/ConflictAlert.tsx'
import { Modal } from '../../ui/Dialog.tsx'
import { Optional } from '../../ui/Optional.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { useForm } from '../../ui/use-form.ts'
import { PermissionMatrix } from './PermissionMatrix.tsx'
import { refreshRoles, roleQuery } from './queries.ts'
import { type Review, RoleReview } from './RoleReview.tsx'

/** `role`: the one that is edited; `copyOf`: the one a new role begins as. */
type Props = { role?: Role; copyOf?: Role; onClose: (created?: Role) => void }

/** A role's name and what it permits. Of one that exists, what changes for whom is shown before it is saved. */
export function RoleDialog({ role, copyOf, onClose }: Props) {
  const { t } = useTranslation()
  const { may } = useSession()
  const from = role ?? copyOf
  const [version, setVersion] = useState(role?.version ?? 0)
  const [review, setReview] = useState<Review | null>(null)
  const form = useForm({
    name: role?.name ?? (copyOf ? t('roles.form.copyOf', { name: copyOf.name }) : ''),
    description: from?.description ?? '',
    permissions: new Set<Permission>(
      from?.permissions.filter((name) => role !== undefined || may(name)) ?? [],
    ) as ReadonlySet<Permission>,
  })
  const stale = form.problem instanceof ApiProblem && form.problem.code === 'changed_meanwhile'
  const body = () => ({ ...form.values, permissions: [...form.values.permissions] })

  const create = () =>
    form.submit(async () => {
      const created = await api('createRole', { body: body() })
      notifications.show({ message: t('roles.done.create', { name: created.name }), color: 'tide' })
      await refreshRoles()
      onClose(created)
    })
  const look = (id: string) =>
    form.submit(async () => {
      setReview(await api('previewRoleEdit', { params: { id }, body: { permissions: body().permissions } }))
    })
  const save = (id: string, ifMatch: number | '*') =>
    form.submit(async () => {
      try {
        const saved = await api('editRole', { params: { id }, body: body(), ifMatch })
        notifications.show({ message: t('roles.done.edit', { name: saved.name }), color: 'tide' })
        await refreshRoles()
        onClose()
      } catch (error) {
        setReview(null)
        throw error
      }
    })
  const showTheirs = async (id: string) => {
    const theirs = await queryClient.fetchQuery({ ...roleQuery(id), staleTime: 0 })
    setVersion(theirs.version)
    form.setValues({ name: theirs.name, description: theirs.description, permissions: new Set(theirs.permissions) })
    form.fail(null)
  }

  const title = role ? t('roles.form.editTitle', { name: role.name }) : t('roles.form.createTitle')
  return (
    <Modal opened onClose={() => onClose()} size="xl" title={review ? t('roles.review.title') : title}>
      <form
        ref={form.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (!role) void create()
          else if (!review) void look(role.id)
          else void save(role.id, version)
        }}
      >
        <Stack gap="md">
          {stale && role ? (
            <ConflictAlert
              title={t('users.edit.conflict', { username: role.name })}
              onReload={() => void showTheirs(role.id)}
              onOverwrite={() => void save(role.id, '*')}
            />
          ) : (
            <ProblemAlert error={form.problem} />
          )}
          {review ? (
            <RoleReview review={review} />
          ) : (
            <>
              <TextInput label={t('roles.form.name')} maxLength={60} data-autofocus {...form.text('name')} />
              <Textarea
                label={<Optional>{t('roles.form.description')}</Optional>}
                autosize
                maxLength={300}
                {...form.text('description')}
              />
              <div>
                <Text size="sm" fw={500} mb={6}>
                  {t('roles.form.permissions')}
                </Text>
                <PermissionMatrix
                  value={form.values.permissions}
                  onChange={(permissions) => form.set('permissions', permissions)}
                />
              </div>
            </>
          )}
          <Group justify="flex-end" gap="xs">
            {review ? (
              <Button variant="default" onClick={() => setReview(null)}>
                {t('roles.review.back')}
              </Button>
            ) : (
              <Button variant="default" onClick={() => onClose()}>
                {t('action.cancel')}
              </Button>
            )}
            <Button type="submit" loading={form.busy}>
              {!role ? t('action.submit') : review ? t('action.save') : t('roles.form.review')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
