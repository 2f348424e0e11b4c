import { Button, Checkbox, Group, Select, Stack, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useNavigate } from '@tanstack/react-router'
import { useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem, api } from '../../app/api.ts'
import { Optional } from '../../ui/Optional.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { useForm } from '../../ui/use-form.ts'
import { CoresField, MemoryAmountField } from './AmountField.tsx'
import { Choice } from './Choice.tsx'
import { HomeChoice } from './HomeChoice.tsx'
import { minutesInWords } from './in-words.ts'
import { LaunchSummary } from './LaunchSummary.tsx'
import {
  amountsOf,
  bodyOf,
  type Choices,
  idleChoices,
  type LaunchValues,
  memoryOutside,
  reasonsAgainst,
  valuesFor,
} from './launch-values.ts'
import { ProfileChoice } from './ProfileChoice.tsx'
import { refreshWorkspaces, showWorkspace } from './queries.ts'

/** The choice that leaves the time to the template. */
const longest = 'longest'

/** Fields that the server names otherwise than the form. */
const fieldOf: Record<string, keyof LaunchValues> = { memoryMiB: 'memory', idleMinutes: 'idle', volume: 'volumeId' }
/** Refusals that are about one field. */
const fieldByCode: Record<string, keyof LaunchValues> = {
  workspace_name_taken: 'name',
  volume_name_taken: 'volumeId',
  volume_in_use: 'volumeId',
}

/** The choices, and beside them what comes of them. */
export function LaunchForm({ choices, taken }: { choices: Choices; taken: string[] }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const id = useId()
  const refusal = useRef<HTMLDivElement>(null)
  const first = choices.templates.find(({ refused }) => refused === null) ?? choices.templates[0]
  if (!first) throw new Error('no template to launch')
  const form = useForm<LaunchValues>(valuesFor(first, choices, taken))
  // A name that was typed stays as another template is chosen.
  const [named, setNamed] = useState(false)
  const { values, errors, set, setValues } = form
  const template = choices.templates.find((one) => one.id === values.templateId) ?? first
  const profile = template.profiles.find((one) => one.id === values.profileId)
  const volume = choices.volumes.find((one) => one.id === values.volumeId)
  const reasons = reasonsAgainst(values, template, profile)
  const { limits } = template

  const launch = () => {
    if (reasons.length > 0) return refusal.current?.focus()
    // The field itself says why.
    if (memoryOutside(values.memory, limits.memoryMiB))
      return form.form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
    if (values.home === 'existing' && !values.volumeId)
      return form.setErrors({ volumeId: t('workspaces.launch.choose') })
    void form.submit(async () => {
      try {
        const workspace = await api('launchWorkspace', { body: bodyOf(values) })
        showWorkspace(workspace)
        notifications.show({ message: t('workspaces.done.launch', { name: workspace.name }), color: 'tide' })
        await navigate({ to: '/workspaces/$id', params: { id: workspace.id } })
        void refreshWorkspaces()
      } catch (error) {
        void refreshWorkspaces()
        throw placed(error)
      }
    })
  }
  return (
    <form
      ref={form.form}
      noValidate
      className="launch"
      onSubmit={(event) => {
        event.preventDefault()
        launch()
      }}
    >
      <Stack gap="xl" miw={0}>
        <TextInput
          label={t('workspaces.launch.name')}
          maxLength={60}
          autoComplete="off"
          maw={460}
          {...form.text('name')}
          onChange={(event) => {
            setNamed(true)
            set('name', event.currentTarget.value)
          }}
        />
        <fieldset className="choices">
          <legend>{t('workspaces.launch.template')}</legend>
          <div className="choice-grid">
            {choices.templates.map((one) => (
              <Choice
                key={one.id}
                group={`${id}-template`}
                name={one.name}
                checked={one.id === template.id}
                refused={one.refused}
                onChoose={() =>
                  setValues(({ name }) => ({ ...valuesFor(one, choices, taken), ...(named && { name }) }))
                }
              >
                {[one.description, one.engine].filter(Boolean).join(' · ')}
              </Choice>
            ))}
          </div>
        </fieldset>
        <ProfileChoice
          profiles={template.profiles}
          value={values.profileId}
          onChange={(one) => setValues((before) => ({ ...before, ...amountsOf(one) }))}
          error={errors.profileId}
        />
        <fieldset className="choices">
          <legend>{t('workspaces.launch.resources')}</legend>
          <Stack gap="sm" maw={460}>
            <CoresField
              value={values.cpus}
              onChange={(value) => set('cpus', value)}
              most={limits.cpus}
              error={errors.cpus}
            />
            <MemoryAmountField
              value={values.memory}
              onChange={(value) => set('memory', value)}
              most={limits.memoryMiB}
              error={errors.memory}
            />
          </Stack>
        </fieldset>
        <HomeChoice form={form} template={template} volumes={choices.volumes} error={errors.volumeId} />
        {template.datasets.length > 0 && (
          <Checkbox.Group
            label={<Optional>{t('workspaces.launch.datasets')}</Optional>}
            description={t('workspaces.launch.datasetsHelp')}
            value={values.datasets}
            onChange={(datasets) => set('datasets', datasets)}
            error={errors.datasets}
          >
            <Group gap="md" mt="xs">
              {template.datasets.map((name) => (
                <Checkbox key={name} value={name} label={name} />
              ))}
            </Group>
          </Checkbox.Group>
        )}
        <Select
          label={t('workspaces.launch.idle')}
          data={[
            ...idleChoices(limits.idleMinutes).map((minutes) => ({
              value: String(minutes),
              label: t('workspaces.launch.after', { time: minutesInWords(t, minutes) }),
            })),
            {
              value: longest,
              label:
                limits.idleMinutes === null
                  ? t('workspaces.launch.never')
                  : t('workspaces.launch.longest', { time: minutesInWords(t, limits.idleMinutes) }),
            },
          ]}
          value={values.idle || longest}
          onChange={(idle) => set('idle', idle && idle !== longest ? idle : '')}
          allowDeselect={false}
          error={errors.idle}
          maw={460}
        />
      </Stack>
      <LaunchSummary
        values={values}
        template={template}
        profile={profile}
        volume={volume?.name}
        reasons={reasons}
        refusal={refusal}
      >
        <ProblemAlert error={form.problem} />
        <Button type="submit" loading={form.busy} fullWidth>
          {t('workspaces.launch.go')}
        </Button>
      </LaunchSummary>
    </form>
  )
}

/** A refusal with its fields called as the form calls them. */
function placed(error: unknown): unknown {
  if (!(error instanceof ApiProblem)) return error
  const { problem } = error
  const field = fieldByCode[problem.code]
  const errors = field
    ? [{ pointer: `/${field}`, code: problem.code, detail: problem.detail ?? problem.title }]
    : problem.errors?.map((one) => {
        const name = one.pointer.slice(1).split('/')[0] ?? ''
        return { ...one, pointer: `/${fieldOf[name] ?? name}` }
      })
  return errors ? new ApiProblem({ ...problem, errors }, error.requestId) : error
}
