import { Button, Loader, Stack, Text, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { Tenant } from '@tenantry/contract'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem, api } from '../../app/api.ts'
import { dropFragment, rememberOrganization, takeFragment } from '../../app/remembered.ts'
import { enter, queryClient, sessionQuery } from '../../app/session.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { DoorPage } from '../../ui/DoorPage.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { PersonForm } from '../tenants/PersonForm.tsx'
import { TenantForm } from '../tenants/TenantForm.tsx'

type Step =
  | { at: 'admin' }
  | { at: 'tenant' }
  | { at: 'tenant-admin'; tenant: Tenant }
  | { at: 'done'; tenant: Tenant; username: string }

/** Platform Admin → first tenant → its Tenant Admin, with the one-time link from the log. */
export function FirstRunPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [token] = useState(() => takeFragment('setup'))
  const [step, setStep] = useState<Step>({ at: 'admin' })
  const link = useQuery({
    queryKey: ['first-run-link', token],
    queryFn: ({ signal }) => api('openFirstRunLink', { body: { token }, signal }),
    retry: false,
    enabled: step.at === 'admin',
    staleTime: Number.POSITIVE_INFINITY,
  })
  const { data: firstRun } = useQuery({
    queryKey: ['first-run'],
    queryFn: ({ signal }) => api('getFirstRun', { signal }),
  })
  const minLength = firstRun?.passwordPolicy.minLength ?? 15
  const already = link.error instanceof ApiProblem && link.error.code === 'set_up_already'
  // Whoever loads the page again between the steps goes on where they were: signed in, and without a tenant yet.
  const resumed = useQuery({ queryKey: ['first-run-resumed'], queryFn: isBetweenSteps, retry: false, enabled: already })
  useEffect(() => {
    if (resumed.data) setStep({ at: 'tenant' })
  }, [resumed.data])

  if (step.at === 'admin' && link.error && !(already && resumed.isPending)) {
    const known = already || (link.error instanceof ApiProblem && link.error.code === 'setup_token_required')
    return (
      <DoorPage title={t('signIn.firstRun.title')}>
        <Stack>
          {known ? (
            <Text size="sm">{already ? t('signIn.firstRun.already') : t('signIn.firstRun.invalidText')}</Text>
          ) : (
            <ProblemAlert error={link.error} />
          )}
          <Button component={Link} to="/sign-in" variant="default">
            {t('signIn.setUp.toSignIn')}
          </Button>
        </Stack>
      </DoorPage>
    )
  }
  if (step.at === 'admin' && !link.data) {
    return (
      <DoorPage title={t('signIn.firstRun.title')}>
        <Loader size="sm" mx="auto" display="block" />
      </DoorPage>
    )
  }
  if (step.at === 'admin') {
    return (
      <DoorPage wide title={t('signIn.firstRun.admin')} lead={<Lead step={1} text={t('signIn.firstRun.adminLead')} />}>
        <PersonForm
          key="admin"
          minLength={minLength}
          submit={t('action.continue')}
          save={async (person) => {
            const session = await api('setUpPlatform', { body: { token, ...person } })
            dropFragment('setup')
            rememberOrganization(session.tenant.slug)
            enter(session)
            setStep({ at: 'tenant' })
          }}
        />
      </DoorPage>
    )
  }
  if (step.at === 'tenant') {
    return (
      <DoorPage
        wide
        title={t('signIn.firstRun.tenant')}
        lead={<Lead step={2} text={t('signIn.firstRun.tenantLead')} />}
      >
        <TenantForm submit={t('action.continue')} onCreated={(tenant) => setStep({ at: 'tenant-admin', tenant })} />
        <Button component={Link} to="/dashboard" variant="subtle" color="gray" fullWidth mt="sm">
          {t('signIn.firstRun.skip')}
        </Button>
      </DoorPage>
    )
  }
  if (step.at === 'tenant-admin') {
    const { tenant } = step
    return (
      <DoorPage
        wide
        title={t('signIn.firstRun.tenantAdmin')}
        lead={<Lead step={3} text={t('signIn.firstRun.tenantAdminLead', { tenant: tenant.name })} />}
      >
        <PersonForm
          key="tenant-admin"
          canGenerate
          minLength={minLength}
          submit={t('action.continue')}
          save={async (person) => {
            await api('createTenantAdmin', { params: { id: tenant.id }, body: person })
            setStep({ at: 'done', tenant, username: person.username })
          }}
        />
      </DoorPage>
    )
  }
  const address = `${window.location.origin}/sign-in/${step.tenant.slug}`
  const message = t('signIn.firstRun.message', { address, organization: step.tenant.slug, username: step.username })
  return (
    <DoorPage wide title={t('signIn.firstRun.done')} lead={t('signIn.firstRun.doneLead', { name: step.username })}>
      <Stack>
        <Textarea aria-label={t('users.create.messageLabel')} value={message} readOnly autosize />
        <CopyButton value={message} />
        <Button
          onClick={async () => {
            await queryClient.invalidateQueries(sessionQuery)
            await navigate({ to: '/dashboard' })
          }}
        >
          {t('signIn.firstRun.toDashboard')}
        </Button>
      </Stack>
    </DoorPage>
  )
}

async function isBetweenSteps(): Promise<boolean> {
  const { permissions } = await api('getSession', {})
  if (!permissions.includes('tenant.create')) return false
  return (await api('listTenants', { query: { limit: 1 } })).items.length === 0
}

function Lead({ step, text }: { step: number; text: string }) {
  const { t } = useTranslation()
  return (
    <>
      <strong>{t('signIn.firstRun.step', { step })}</strong>
      <br />
      {text}
    </>
  )
}
