import { Alert, Button, Group, MultiSelect, Stack, Switch, Textarea, TextInput, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { Template } from '@tenantry/contract'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem, api } from '../../app/api.ts'
import { asSentence, ended } from '../../app/sentence.ts'
import { queryClient } from '../../app/session.ts'
import { ConflictAlert } from '../../ui/ConflictAlert.tsx'
import { Optional } from '../../ui/Optional.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { useForm } from '../../ui/use-form.ts'
import { rolesQuery } from '../users/queries.ts'
import { DatasetRows } from './DatasetRows.tsx'
import { LimitFields } from './LimitFields.tsx'
import { PlaceFields } from './PlaceFields.tsx'
import { ProfileRows } from './ProfileRows.tsx'
import { refreshWorkspaces, templatesQuery } from './queries.ts'
import {
  environmentOf,
  isWrong,
  memoryRead,
  newTemplate,
  type Place,
  templateOf,
  templateValues,
} from './template-values.ts'

/** `template`: the one that is changed; `copyOf`: the one a new one begins as. */
type Props = { places: Place[]; template?: Template; copyOf?: Template }

export function TemplateForm({ places, template, copyOf }: Props) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { data: roles = [] } = useQuery(rolesQuery)
  const [version, setVersion] = useState(template?.version ?? 0)
  // What the server has against a field of a row, by its place: `profiles/1/id`.
  const [marks, setMarks] = useState<Record<string, string>>({})
  const form = useForm(
    template
      ? templateValues(template)
      : copyOf
        ? { ...templateValues(copyOf), name: t('workspaces.templates.copyOf', { name: copyOf.name }) }
        : newTemplate(places.find(({ refused }) => refused === null) ?? places[0]),
  )
  const { values, errors, set } = form
  const stale = form.problem instanceof ApiProblem && form.problem.code === 'changed_meanwhile'
  const place = places.find(({ engineId }) => engineId === values.engineId)

  const save = (ifMatch: number | '*') => {
    const environment = environmentOf(values.environment)
    if (isWrong(environment)) {
      form.setErrors({ environment: t('workspaces.templates.environmentWrong', { n: environment.wrong }) })
      return
    }
    // The field itself says why.
    if (!memoryRead(values)) return form.form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
    void form.submit(async () => {
      setMarks({})
      const body = templateOf(values, environment)
      try {
        const { name } = template
          ? await api('changeTemplate', { params: { id: template.id }, body, ifMatch })
          : await api('createTemplate', { body })
        notifications.show({
          message: t(`workspaces.templates.done.${template ? 'edit' : 'create'}`, { name }),
          color: 'tide',
        })
        await refreshWorkspaces()
        await navigate({ to: '/workspaces/templates' })
      } catch (error) {
        if (error instanceof ApiProblem)
          setMarks(
            // What is wrong in a profile goes on from the name of its field.
            Object.fromEntries(
              (error.problem.errors ?? []).map(({ pointer, detail }) => [
                pointer.slice(1),
                pointer.startsWith('/profiles/') ? ended(detail) : asSentence(detail),
              ]),
            ),
          )
        throw nameTaken(error)
      }
    })
  }
  const showTheirs = async () => {
    const all = await queryClient.fetchQuery({ ...templatesQuery, staleTime: 0 })
    const theirs = all.find(({ id }) => id === template?.id)
    if (!theirs) return void navigate({ to: '/workspaces/templates' })
    setVersion(theirs.version)
    form.setValues(templateValues(theirs))
    form.fail(null)
  }
  if (places.length === 0 && !template)
    return (
      <Alert color="yellow" variant="outline">
        {t('workspaces.templates.noEngines')}
      </Alert>
    )
  return (
    <form
      ref={form.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        save(version)
      }}
    >
      <Stack gap="xl">
        <Section title={t('workspaces.templates.general')}>
          <TextInput label={t('workspaces.templates.name')} maxLength={60} autoComplete="off" {...form.text('name')} />
          <Textarea
            label={<Optional>{t('workspaces.templates.description')}</Optional>}
            autosize
            maxLength={300}
            {...form.text('description')}
          />
          <Switch
            label={t('workspaces.templates.offered')}
            checked={values.enabled}
            onChange={(event) => set('enabled', event.currentTarget.checked)}
          />
        </Section>
        <Section title={t('workspaces.templates.where')}>
          <PlaceFields form={form} places={places} place={place} />
        </Section>
        <Section title={t('workspaces.templates.profiles')} lead={t('workspaces.templates.profilesHelp')} wide>
          <ProfileRows
            rows={values.profiles}
            onChange={(rows) => set('profiles', rows)}
            gpus={place?.gpus ?? []}
            marks={marks}
            error={marks.profiles}
          />
        </Section>
        <Section title={t('workspaces.templates.limits')}>
          <LimitFields value={values.limits} onChange={(limits) => set('limits', limits)} marks={marks} />
        </Section>
        <Section
          title={<Optional>{t('workspaces.templates.datasets')}</Optional>}
          lead={t('workspaces.templates.datasetsHelp')}
        >
          <DatasetRows rows={values.datasets} onChange={(rows) => set('datasets', rows)} marks={marks} />
        </Section>
        <Section title={<Optional>{t('workspaces.templates.environment')}</Optional>}>
          <Textarea
            aria-label={t('workspaces.templates.environment')}
            description={t('workspaces.templates.environmentHelp')}
            autosize
            minRows={3}
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            {...form.text('environment')}
          />
        </Section>
        <Section title={<Optional>{t('workspaces.templates.roles')}</Optional>}>
          <MultiSelect
            aria-label={t('workspaces.templates.roles')}
            description={t('workspaces.templates.rolesHelp')}
            data={roles.map(({ id, name }) => ({ value: id, label: name }))}
            value={values.roleIds}
            onChange={(ids) => set('roleIds', ids)}
            error={errors.roleIds}
          />
        </Section>
        <Stack maw={640}>
          {stale && template ? (
            <ConflictAlert
              title={t('workspaces.templates.conflict', { name: template.name })}
              onReload={() => void form.submit(showTheirs)}
              onOverwrite={() => save('*')}
            />
          ) : (
            <ProblemAlert error={form.problem} />
          )}
          <Group gap="xs">
            <Button type="submit" loading={form.busy}>
              {t('action.save')}
            </Button>
            <Button component={Link} to="/workspaces/templates" variant="default">
              {t('action.cancel')}
            </Button>
          </Group>
        </Stack>
      </Stack>
    </form>
  )
}

type SectionProps = { title: ReactNode; lead?: string; wide?: boolean; children: ReactNode }
function Section({ title, lead, wide = false, children }: SectionProps) {
  return (
    <section style={{ maxWidth: wide ? undefined : 640 }}>
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

/** That the name is taken is said at the name. */
function nameTaken(error: unknown): unknown {
  if (!(error instanceof ApiProblem) || error.code !== 'template_name_taken') return error
  const { problem, requestId } = error
  const detail = problem.detail ?? problem.title
  return new ApiProblem({ ...problem, errors: [{ pointer: '/name', code: problem.code, detail }] }, requestId)
}
