import { Button, Group, SegmentedControl, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import type { SetUpLink, User } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { formatInstant } from '../../app/format.ts'
import { useSession } from '../../app/session.ts'
import { Modal } from '../../ui/Dialog.tsx'
import { HandOn } from '../../ui/HandOn.tsx'
import { OneTimeSecret } from '../../ui/OneTimeSecret.tsx'
import { PasswordFields } from '../../ui/PasswordFields.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { useForm } from '../../ui/use-form.ts'
import { refreshUsers, rolesQuery } from './queries.ts'
import { RoleSelect } from './RoleSelect.tsx'

type Created = { user: User; setUpLink: SetUpLink | null }

/** Create User: the form, then what to hand on. `onClose` gets the id of whoever was created. */
export function CreateUserDialog({ opened, onClose }: { opened: boolean; onClose: (createdId?: string) => void }) {
  const { t } = useTranslation()
  const [created, setCreated] = useState<Created | null>(null)
  const close = () => {
    onClose(created?.user.id)
    setCreated(null)
  }
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={created ? t('users.create.created', { username: created.user.username }) : t('users.create.title')}
      size="lg"
      // A click beside it does not throw away what was typed, or what is shown once.
      closeOnClickOutside={false}
      closeOnEscape={created === null}
      withCloseButton={created === null}
    >
      {created ? (
        <Next created={created} onDone={close} onAnother={() => setCreated(null)} />
      ) : (
        <Form
          onCancel={close}
          onCreated={(result) => {
            setCreated(result)
            void refreshUsers()
          }}
        />
      )}
    </Modal>
  )
}

function Form({ onCreated, onCancel }: { onCreated: (created: Created) => void; onCancel: () => void }) {
  const { t } = useTranslation()
  const { passwordPolicy } = useSession()
  const { data: roles = [] } = useQuery(rolesQuery)
  const usual =
    roles.find(({ name, builtIn, assignable }) => builtIn && assignable && name === 'Tenant User') ??
    roles.find(({ assignable }) => assignable)
  const narrow = useMediaQuery('(max-width: 400px)')
  const [how, setHow] = useState<'password' | 'link'>('password')
  const form = useForm({
    username: '',
    email: '',
    firstName: '',
    lastName: '',
    password: '',
    confirmPassword: '',
    roleId: '',
  })
  const roleId = form.values.roleId || (usual?.id ?? '')

  const submit = () =>
    form.submit(async () => {
      const { password, confirmPassword, ...person } = form.values
      if (how === 'password' && password !== confirmPassword)
        return form.setErrors({ confirmPassword: t('password.mismatch') })
      const credential = how === 'password' ? { password, confirmPassword } : {}
      onCreated(await api('createUser', { body: { ...person, roleId, ...credential } }))
    })

  return (
    <form
      ref={form.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <Stack gap="md">
        <ProblemAlert error={form.problem} />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <TextInput
            label={t('field.username')}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            data-autofocus
            {...form.text('username')}
          />
          <TextInput label={t('field.email')} type="email" autoComplete="off" {...form.text('email')} />
          <TextInput label={t('field.firstName')} autoComplete="off" {...form.text('firstName')} />
          <TextInput label={t('field.lastName')} autoComplete="off" {...form.text('lastName')} />
        </SimpleGrid>
        <div>
          <Text size="sm" fw={500} mb={4} id="how">
            {t('users.create.how')}
          </Text>
          <SegmentedControl
            aria-labelledby="how"
            fullWidth
            orientation={narrow ? 'vertical' : 'horizontal'}
            value={how}
            onChange={(value) => setHow(value as 'password' | 'link')}
            data={[
              { value: 'password', label: t('users.create.password') },
              { value: 'link', label: t('users.create.link') },
            ]}
          />
          <Text size="xs" c="dimmed" mt={6}>
            {how === 'password' ? t('users.create.passwordHelp') : t('users.create.linkHelp')}
          </Text>
        </div>
        {how === 'password' && (
          <PasswordFields
            canGenerate
            value={form.values}
            onChange={({ password, confirmPassword }) => {
              form.set('password', password)
              form.set('confirmPassword', confirmPassword)
            }}
            minLength={passwordPolicy.minLength}
            labels={{ password: t('field.password'), confirmPassword: t('field.confirmPassword') }}
            errors={form.errors}
          />
        )}
        <RoleSelect value={roleId} onChange={(id) => form.set('roleId', id)} error={form.errors.roleId} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={form.busy}>
            {t('action.submit')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Next({
  created: { user, setUpLink },
  onDone,
  onAnother,
}: {
  created: Created
  onDone: () => void
  onAnother: () => void
}) {
  const { t } = useTranslation()
  const { tenant } = useSession()
  const known = { organization: tenant.slug, username: user.username }
  const message = setUpLink
    ? t('users.create.messageLink', { ...known, url: setUpLink.url })
    : t('users.create.message', { ...known, address: `${window.location.origin}/sign-in/${tenant.slug}` })
  return (
    <Stack>
      {setUpLink && <OneTimeSecret label={t('secret.link')} value={setUpLink.url} expiresAt={setUpLink.expiresAt} />}
      {setUpLink?.mailed && <Text size="sm">{t('users.create.mailed', { email: user.email })}</Text>}
      {!setUpLink && user.temporaryUntil && (
        <Text size="sm">{t('users.create.expires', { when: formatInstant(user.temporaryUntil) })}</Text>
      )}
      <HandOn lead={setUpLink ? t('users.create.messageLeadLink') : t('users.create.messageLead')} message={message} />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onAnother}>
          {t('users.create.another')}
        </Button>
        <Button onClick={onDone} data-autofocus={!setUpLink || undefined}>
          {t('users.create.done')}
        </Button>
      </Group>
    </Stack>
  )
}
