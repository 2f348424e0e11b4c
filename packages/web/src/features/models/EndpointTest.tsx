import { Group, Stack, Text } from '@mantine/core'
import type { Model, ModelTest } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem, api } from '../../app/api.ts'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { AskButton } from './AskButton.tsx'
import { type ModelForm, UpstreamField } from './EndpointFields.tsx'
import { ModelTestSteps } from './ModelTestSteps.tsx'
import { connectionOf, credentialChangeOf, nameFrom } from './model-values.ts'
import { placeProblem } from './place-problem.ts'

type Tested = { answer: ModelTest; about: string; address: string; askedModel: boolean }

/** Asks the endpoint that is being typed, shows what came of it, and lets one of what it serves be chosen. */
export function EndpointTest({ form, before }: { form: ModelForm; before: Model | undefined }) {
  const { t } = useTranslation()
  const { values, setValues } = form
  const [tested, setTested] = useState<Tested | null>(null)
  const [testing, setTesting] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)
  const aboutWith = (model: string) => {
    const { address, ca, credential, credentialChange, uses } = values
    return JSON.stringify([address, ca, credential, credentialChange, uses, model])
  }
  // What was tried is not shown of what stands there no more; another endpoint serves something else.
  const test = tested?.about === aboutWith(values.model) ? tested : null
  const told = tested?.address === values.address && (tested.answer.ok || tested.answer.models.length > 0)
  const served = told ? tested.answer.models : null

  const choose = (chosen: string, from: ModelTest['models']) =>
    setValues((now) => {
      const length = from.find(({ id }) => id === chosen)?.contextLength ?? null
      return {
        ...now,
        model: chosen,
        name: now.name || nameFrom(chosen),
        contextLength: now.contextLength === '' && length !== null ? length : now.contextLength,
      }
    })
  const ask = async () => {
    const { address, credential, uses } = values
    const change = credentialChangeOf(values, before)
    const model = values.model.trim()
    setTesting(true)
    setTested(null)
    setProblem(null)
    try {
      const answer = await api('testNewModel', {
        body: {
          ...connectionOf(values),
          model: model || null,
          uses,
          credential: (change === 'replace' && credential.trim()) || null,
          credentialOf: change === 'keep' && before ? before.id : null,
        },
      })
      const [first, ...more] = answer.models
      const chosen = model || (first && more.length === 0 ? first.id : '')
      if (chosen) choose(chosen, answer.models)
      setTested({ answer, about: aboutWith(chosen), address, askedModel: model !== '' })
    } catch (error) {
      const placed = placeProblem(error)
      // What is about no field is said here, where one pressed, and not at the end of the form.
      if (placed instanceof ApiProblem && placed.problem.errors) form.fail(placed)
      else setProblem(placed)
    }
    setTesting(false)
  }
  return (
    <>
      <Stack gap="sm">
        <Group gap="sm" wrap="nowrap" align="center">
          <AskButton busy={testing} disabled={form.busy} onClick={() => void ask()} style={{ flex: 'none' }}>
            {t('models.do.test')}
          </AskButton>
          <Text size="xs" c="dimmed">
            {t('models.test.help')}
          </Text>
        </Group>
        <div role="status">
          {testing && <Text size="sm">{t('models.test.asking')}</Text>}
          {test && <ModelTestSteps test={test.answer} />}
        </div>
        <ProblemAlert error={problem} />
      </Stack>
      <UpstreamField
        form={form}
        served={served?.map(({ id }) => id) ?? null}
        onChoose={(chosen) => choose(chosen, served ?? [])}
      >
        {tested?.answer.ok && !tested.askedModel && values.model !== '' && (
          <Text size="xs" c="dimmed">
            {t('models.form.again')}
          </Text>
        )}
      </UpstreamField>
    </>
  )
}
