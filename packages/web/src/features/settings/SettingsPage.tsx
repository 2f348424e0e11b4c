import { Button, Group, NumberInput, Skeleton, Stack, TagsInput, Text, Textarea, TextInput, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import type { AnswerOf, getTenantSettings } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { ApiProblem, api } from '../../app/api.ts'
import { queryClient, sessionQuery, useSession } from '../../app/session.ts'
import { ConflictAlert } from '../../ui/ConflictAlert.tsx'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { Optional } from '../../ui/Optional.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { useForm } from '../../ui/use-form.ts'
import { UserQuotas } from '../users/UserQuotas.tsx'

type Settings = AnswerOf<typeof getTenantSettings>
const queryKey = ['settings']

/** What the tenant decides for itself. */
export function SettingsPage() {
  const { t } = useTranslation()
  const { tenant, may } = useSession()
  const maySettings = may('tenant.view') && may('tenant.update_settings')
  const mayQuota = may('quota.assign')
  const { data, error } = useQuery({
    queryKey,
    queryFn: ({ signal }) => api('getTenantSettings', { signal }),
    enabled: maySettings,
    staleTime: 0,
    refetchOnWindowFocus: false,
  })
  if (!maySettings && !mayQuota) {
    return <NoAccess title={t('tenants.settings.title')} needs="tenant.update_settings" />
  }
  return (
    <>
      <PageHeader title={t('tenants.settings.title')} lead={t('tenants.settings.lead', { tenant: tenant.name })} />
      <ProblemAlert error={error} />
      {maySettings && !data && !error && <Skeleton h={360} maw={640} radius={12} />}
      {data && <SettingsForm key={data.version} settings={data} />}
      {mayQuota && (
        <div style={{ marginTop: maySettings ? 40 : 0 }}>
          <UserQuotas />
        </div>
      )}
    </>
  )
}

function SettingsForm({ settings: { slug, version, ...settings } }: { settings: Settings }) {
  const { t } = useTranslation()
  const form = useForm(settings)
  const stale = form.problem instanceof ApiProblem && form.problem.code === 'changed_meanwhile'
  const save = (ifMatch: number | '*') =>
    form.submit(async () => {
      const saved = await api('changeTenantSettings', { body: form.values, ifMatch })
      queryClient.setQueryData(queryKey, saved)
      void queryClient.invalidateQueries(sessionQuery)
      notifications.show({ message: t('tenants.settings.saved'), color: 'tide' })
    })
  const number = (
    name: 'passwordMinLength' | 'temporaryLife' | 'sessionIdle' | 'sessionLife',
    min: number,
    max: number,
    description?: string,
  ) => (
    <NumberInput
      label={t(`tenants.settings.${name}`)}
      description={description}
      name={name}
      min={min}
      max={max}
      allowDecimal={false}
      value={form.values[name]}
      error={form.errors[name]}
      onChange={(value) => form.set(name, Number(value))}
      maw={320}
    />
  )
  return (
    <form
      ref={form.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void save(version)
      }}
    >
      <Stack maw={640} gap="lg">
        {stale ? (
          <ConflictAlert
            title={t('tenants.settings.conflict')}
            onReload={() => void queryClient.invalidateQueries({ queryKey })}
            onOverwrite={() => void save('*')}
          />
        ) : (
          <ProblemAlert error={form.problem} />
        )}
        <section>
          <Title order={2} mb="sm">
            {t('tenants.settings.general')}
          </Title>
          <Stack gap="md">
            <Text size="sm" c="dimmed">
              {t('tenants.slug')}: <code>{slug}</code>
            </Text>
            <TextInput label={t('tenants.name')} maxLength={100} {...form.text('name')} />
            <Textarea
              label={<Optional>{t('tenants.description')}</Optional>}
              autosize
              maxLength={500}
              {...form.text('description')}
            />
          </Stack>
        </section>
        <section>
          <Title order={2} mb="sm">
            {t('tenants.settings.signIn')}
          </Title>
          <Stack gap="md">
            {number('passwordMinLength', 15, 64, t('tenants.settings.passwordHelp'))}
            {number('temporaryLife', 1, 168)}
            {number('sessionIdle', 1, 168)}
            {number('sessionLife', 1, 720)}
            <TagsInput
              label={<Optional>{t('tenants.settings.emailDomains')}</Optional>}
              description={t('tenants.settings.emailDomainsHelp')}
              value={form.values.emailDomains}
              error={form.errors.emailDomains}
              onChange={(domains) => form.set('emailDomains', domains)}
              maxTags={50}
            />
          </Stack>
        </section>
        <Group>
          <Button type="submit" loading={form.busy}>
            {t('action.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
