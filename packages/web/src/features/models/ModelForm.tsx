import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Link, useNavigate } from '@tanstack/react-router'
import type { Model } from '@tenantry/contract'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem, api } from '../../app/api.ts'
import { ConflictAlert } from '../../ui/ConflictAlert.tsx'
import { Optional } from '../../ui/Optional.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { useForm } from '../../ui/use-form.ts'
import { DescribedFields, LimitFields, PriceFields } from './DescribedFields.tsx'
import { EndpointFields } from './EndpointFields.tsx'
import { EndpointTest } from './EndpointTest.tsx'
import { changesOf, credentialChangeOf, describedOf, modelValues, newModel } from './model-values.ts'
import { placing } from './place-problem.ts'
import { showModel } from './queries.ts'
import { WhoFields } from './WhoFields.tsx'

/** Publishes a model, or changes `model`. */
export function ModelForm({ model }: { model?: Model }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  // As it was when the page opened: it is read on meanwhile.
  const [before, setBefore] = useState(model)
  const form = useForm(model ? modelValues(model) : newModel)
  const { values } = form
  const code = form.problem instanceof ApiProblem ? form.problem.code : null

  const send = (ifMatch: number | '*') =>
    before
      ? api('changeModel', { params: { id: before.id }, body: changesOf(values, before), ifMatch })
      : api('publishModel', { body: { ...describedOf(values), credential: values.credential.trim() || null } })
  const save = (ifMatch: number | '*') => {
    const wrong = {
      ...(before &&
        credentialChangeOf(values, before) === 'replace' &&
        values.credential.trim() === '' && { credential: t('models.form.credentialMissing') }),
      ...(values.who === 'roles' && values.roleIds.length === 0 && { roleIds: t('models.form.rolesMissing') }),
    }
    if (Object.keys(wrong).length > 0) return form.setErrors(wrong)
    void form.submit(
      placing(async () => {
        const saved = await send(ifMatch)
        notifications.show({
          message: t(`models.done.${before ? 'edit' : 'publish'}`, { name: saved.title }),
          color: 'tide',
        })
        void showModel(saved)
        await navigate({ to: '/models/$id', params: { id: saved.id } })
      }),
    )
  }
  const showTheirs = async () => {
    if (!before) return
    const theirs = await api('getModel', { params: { id: before.id } })
    setBefore(theirs)
    form.setValues(modelValues(theirs))
    form.fail(null)
  }
  return (
    <form
      ref={form.form}
      noValidate
      className="model-form"
      onSubmit={(event) => {
        event.preventDefault()
        save(before?.version ?? 0)
      }}
    >
      <Stack gap="xl" maw={680}>
        <Section title={t('models.form.where')}>
          <EndpointFields form={form} before={before} />
          <EndpointTest form={form} before={before} />
        </Section>
        <Section title={t('models.form.what')}>
          <DescribedFields form={form} />
        </Section>
        <Section title={<Optional>{t('models.form.price')}</Optional>} lead={t('models.form.priceHelp')}>
          <PriceFields form={form} />
        </Section>
        <Section title={<Optional>{t('models.form.limits')}</Optional>} lead={t('models.form.limitsHelp')}>
          <LimitFields form={form} />
        </Section>
        <Section title={t('models.form.access')}>
          <WhoFields form={form} />
        </Section>
        <Stack>
          {code === 'changed_meanwhile' && before ? (
            <ConflictAlert
              title={t('models.form.conflict', { name: before.title })}
              onReload={() => void form.submit(showTheirs)}
              onOverwrite={() => save('*')}
            />
          ) : (
            <ProblemAlert error={form.problem}>
              {code === 'no_secret_key' && <Text size="sm">{t('models.form.secretKey')}</Text>}
            </ProblemAlert>
          )}
          <Group gap="xs">
            <Button type="submit" loading={form.busy}>
              {before ? t('action.save') : t('models.form.save')}
            </Button>
            {before ? (
              <Button component={Link} to="/models/$id" params={{ id: before.id } as never} variant="default">
                {t('action.cancel')}
              </Button>
            ) : (
              <Button component={Link} to="/models" variant="default">
                {t('action.cancel')}
              </Button>
            )}
          </Group>
        </Stack>
      </Stack>
    </form>
  )
}

function Section({ title, lead, children }: { title: ReactNode; lead?: string; children: ReactNode }) {
  return (
    <section>
      <Title order={2} mb={lead ? 2 : 'sm'}>
        {title}
      </Title>
      {lead && (
        <p className="dim" style={{ marginBottom: 12 }}>
          {lead}
        </p>
      )}
      <Stack gap="md">{children}</Stack>
    </section>
  )
}
