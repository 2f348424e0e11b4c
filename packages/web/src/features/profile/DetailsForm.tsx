import { Button, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { User } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { ApiProblem, api } from '../../app/api.ts'
import { queryClient, sessionQuery } from '../../app/session.ts'
import { ConflictAlert } from '../../ui/ConflictAlert.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { useForm } from '../../ui/use-form.ts'

export function DetailsForm({ profile }: { profile: User }) {
  const { t } = useTranslation()
  const form = useForm({ email: profile.email, firstName: profile.firstName, lastName: profile.lastName })
  const stale = form.problem instanceof ApiProblem && form.problem.code === 'changed_meanwhile'
  const refresh = async () => {
    await queryClient.invalidateQueries({ queryKey: ['profile'] })
    await queryClient.invalidateQueries(sessionQuery)
  }
  const save = (ifMatch: number | '*') =>
    form.submit(async () => {
      await api('editProfile', { body: form.values, ifMatch })
      notifications.show({ message: t('profile.saved'), color: 'tide' })
      await refresh()
    })
  return (
    <form
      ref={form.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void save(profile.version)
      }}
    >
      <Stack className="card" p="md">
        {stale ? (
          <ConflictAlert title={t('profile.conflict')} onReload={refresh} onOverwrite={() => void save('*')} />
        ) : (
          <ProblemAlert error={form.problem} />
        )}
        <TextInput label={t('field.username')} value={profile.username} readOnly variant="filled" />
        <TextInput label={t('field.email')} type="email" autoComplete="email" {...form.text('email')} />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <TextInput label={t('field.firstName')} autoComplete="given-name" {...form.text('firstName')} />
          <TextInput label={t('field.lastName')} autoComplete="family-name" {...form.text('lastName')} />
        </SimpleGrid>
        <Button type="submit" loading={form.busy} style={{ alignSelf: 'flex-start' }}>
          {t('action.save')}
        </Button>
      </Stack>
    </form>
  )
}
