import { Button, Loader, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem, api } from '../../app/api.ts'
import { formatInstant } from '../../app/format.ts'
import { dropFragment, rememberOrganization, takeFragment } from '../../app/remembered.ts'
import { enter } from '../../app/session.ts'
import { DoorPage } from '../../ui/DoorPage.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { NewPasswordForm } from './NewPasswordForm.tsx'

export function SetUpLinkPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [token] = useState(() => takeFragment('set-up'))
  const link = useQuery({
    queryKey: ['set-up-link', token],
    queryFn: ({ signal }) => api('openSetUpLink', { body: { token }, signal }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const invalid = link.error instanceof ApiProblem && link.error.code === 'link_invalid'
  if (invalid) {
    return (
      <DoorPage title={t('signIn.setUp.invalid')}>
        <Stack>
          <Text size="sm">{t('signIn.setUp.invalidText')}</Text>
          <Button component={Link} to="/sign-in" variant="default">
            {t('signIn.setUp.toSignIn')}
          </Button>
        </Stack>
      </DoorPage>
    )
  }
  if (!link.data) {
    return (
      <DoorPage title={t('product')}>
        {link.error ? <ProblemAlert error={link.error} /> : <Loader size="sm" mx="auto" display="block" />}
      </DoorPage>
    )
  }
  const { username, firstName, tenant, passwordPolicy, expiresAt } = link.data
  return (
    <DoorPage
      title={t('signIn.setUp.title', { tenant: tenant.name })}
      lead={t('signIn.setUp.lead', { name: firstName, username })}
    >
      <NewPasswordForm
        username={username}
        minLength={passwordPolicy.minLength}
        submit={t('signIn.setUp.submit')}
        choose={(body) => api('acceptSetUpLink', { body: { token, ...body } })}
        onDone={async (session) => {
          dropFragment('set-up')
          rememberOrganization(session.tenant.slug)
          enter(session)
          await navigate({ to: '/dashboard' })
        }}
      />
      <Text size="xs" c="dimmed" ta="center" mt="md">
        {t('signIn.setUp.until', { when: formatInstant(expiresAt) })}
      </Text>
    </DoorPage>
  )
}
