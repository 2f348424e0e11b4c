import { Button, Group, Stack, Text } from '@mantine/core'
import type { Model, ModelTest } from '@tenantry/contract'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { type ModelForm, UpstreamField } from './EndpointFields.tsx'
import { connectionOf, credentialChangeOf, nameFrom } from './model-values.ts'
import { placing } from './place-problem.ts'
import { TestSteps } from './TestSteps.tsx'

/** Asks the endpoint that is being typed, shows what came of it, and lets one of what it serves be chosen. */
export function EndpointTest({ form, before }: { form: ModelForm; before: Model | undefined }) {
  const { t } = useTranslation()
  const { values, setValues } = form
  const { address, ca, credential, credentialChange, model, uses } = values
  const [test, setTest] = useState<ModelTest | null>(null)
  const [served, setServed] = useState<ModelTest['models'] | null>(null)
  const [testing, setTesting] = useState(false)
  // What was tried is not what stands there any more.
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever a test is about
  useEffect(() => setTest(null), [address, ca, credential, credentialChange, model, uses])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another endpoint serves something else
  useEffect(() => setServed(null), [address])

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
    const change = credentialChangeOf(values, before)
    setTesting(true)
    await form.submit(
      placing(async () => {
        const answer = await api('testNewModel', {
          body: {
            ...connectionOf(values),
            model: model.trim() || null,
            uses,
            credential: (change === 'replace' && credential.trim()) || null,
            credentialOf: change === 'keep' && before ? before.id : null,
          },
        })
        setServed(answer.models)
        const only = answer.models.length === 1 && model.trim() === '' ? answer.models[0]?.id : undefined
        // Also without a choice: what is typed already may be one of those.
        if (only ?? model.trim()) choose(only ?? model.trim(), answer.models)
        setTest(answer)
      }),
    )
    setTesting(false)
  }
  return (
    <>
      <Stack gap="sm">
        <Group gap="sm" wrap="nowrap" align="center">
          <Button
            variant="default"
            loading={testing}
            disabled={form.busy && !testing}
            onClick={() => void ask()}
            style={{ flex: 'none' }}
          >
            {t('models.do.test')}
          </Button>
          <Text size="xs" c="dimmed">
            {t('models.test.help')}
          </Text>
        </Group>
        <div role="status">
          {testing && <Text size="sm">{t('models.test.asking')}</Text>}
          {test && <TestSteps test={test} />}
        </div>
      </Stack>
      <UpstreamField
        form={form}
        served={served?.map(({ id }) => id) ?? null}
        onChoose={(chosen) => choose(chosen, served ?? [])}
      />
    </>
  )
}
