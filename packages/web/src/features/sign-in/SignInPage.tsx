import { Alert, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useRouter, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ApiProblem, api } from '../../app/api.ts'
import { rememberedOrganization, rememberOrganization } from '../../app/remembered.ts'
import { enter } from '../../app/session.ts'
import { DoorPage } from '../../ui/DoorPage.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { useForm } from '../../ui/use-form.ts'

export function SignInPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const router = useRouter()
  const { tenant } = useParams({ strict: false }) as { tenant?: string }
  const { from } = useSearch({ strict: false }) as { from?: string }
  const organization = tenant ?? rememberedOrganization()
  const form = useForm({ organization, usernameOrEmail: '', password: '' })
  const firstRun = useQuery({
    queryKey: ['first-run'],
    queryFn: ({ signal }) => api('getFirstRun', { signal }),
    staleTime: 60_000,
  })

  const signIn = () =>
    form.submit(async () => {
      const missing = (['organization', 'usernameOrEmail', 'password'] as const).filter(
        (name) => form.values[name] === '',
      )
      if (missing.length > 0)
        return form.setErrors(Object.fromEntries(missing.map((name) => [name, t('error.required')])))
      const session = await api('signIn', { body: form.values })
      rememberOrganization(session.tenant.slug)
      enter(session)
      if (session.passwordChangeRequired) await navigate({ to: '/change-password' })
      else if (from) router.history.push(from)
      else await navigate({ to: '/dashboard' })
    })
  const wait =
    form.problem instanceof ApiProblem && form.problem.code === 'too_many_attempts'
      ? form.problem.problem.retryAfter
      : undefined

  return (
    <DoorPage title={t('signIn.title')} lead={t('signIn.lead')}>
      <form
        ref={form.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void signIn()
        }}
      >
        <Stack gap="md">
          {firstRun.data?.needed && <Alert variant="light">{t('signIn.notSetUp')}</Alert>}
          {wait === undefined ? (
            <ProblemAlert error={form.problem} />
          ) : (
            <Alert role="alert" color="red" variant="outline">
              {t('signIn.wait', { seconds: wait })}
            </Alert>
          )}
          <TextInput
            label={t('field.organization')}
            autoComplete="organization"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus={organization === ''}
            {...form.text('organization')}
          />
          <TextInput
            label={t('signIn.usernameOrEmail')}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus={organization !== ''}
            {...form.text('usernameOrEmail')}
          />
          <PasswordInput
            label={t('field.password')}
            autoComplete="current-password"
            visibilityToggleButtonProps={{ 'aria-label': t('field.showPassword'), tabIndex: 0 }}
            {...form.text('password')}
          />
          <Button type="submit" loading={form.busy} fullWidth mt={4}>
            {t('signIn.submit')}
          </Button>
          <Text size="xs" c="dimmed" ta="center">
            {t('signIn.forgot')}
          </Text>
        </Stack>
      </form>
    </DoorPage>
  )
}
