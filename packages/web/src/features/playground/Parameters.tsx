import { Button, Group, NumberInput, SegmentedControl, Stack, Text, Textarea } from '@mantine/core'
import type { ChatParameters, Model } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { announce } from '../../app/announce.ts'
import { formatNumber } from '../../app/format.ts'
import type { ChatState, ChatStore } from './chat-store.ts'
import { set, stopsOf, typedOf, wrongWith } from './parameters.ts'

type Props = { state: ChatState; store: ChatStore; models: Model[]; readOnly: boolean }

/** What a lane asks its model with. What is left empty is left to the model. */
export function Parameters({ state, store, models, readOnly }: Props) {
  const { t } = useTranslation()
  const { lanes } = state.content
  const n = Math.min(state.view.lane, lanes.length - 1)
  const lane = lanes[n]
  // Typed texts begin anew with another lane, and when they are set from elsewhere.
  const [resets, setResets] = useState(0)
  if (!lane) return null
  return (
    <Stack gap="md">
      {lanes.length > 1 && (
        <SegmentedControl
          size="xs"
          fullWidth
          orientation={lanes.length > 2 ? 'vertical' : 'horizontal'}
          aria-label={t('playground.parameters.lane')}
          data={lanes.map(({ title }, at) => ({ value: String(at), label: title }))}
          value={String(n)}
          onChange={(at) => store.look({ lane: Number(at) })}
        />
      )}
      <Fields
        key={`${n} ${resets}`}
        parameters={lane.parameters}
        contextLength={models.find(({ id }) => id === lane.modelId)?.contextLength ?? null}
        readOnly={readOnly}
        onChange={(parameters) => store.tune(n, parameters)}
      />
      {!readOnly && (
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              store.tune(n, {})
              setResets((before) => before + 1)
            }}
          >
            {t('playground.parameters.reset')}
          </Button>
          {lanes.length > 1 && (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => {
                store.tune('all', lane.parameters)
                announce(t('playground.parameters.applied'))
              }}
            >
              {t('playground.parameters.applyAll')}
            </Button>
          )}
        </Group>
      )}
    </Stack>
  )
}

type FieldsProps = {
  parameters: ChatParameters
  contextLength: number | null
  readOnly: boolean
  onChange: (parameters: ChatParameters) => void
}
function Fields({ parameters, contextLength, readOnly, onChange }: FieldsProps) {
  const { t } = useTranslation()
  const [stops, setStops] = useState(() => typedOf(parameters.stop))
  const wrong = wrongWith(parameters, contextLength)
  const error = (name: keyof typeof wrong) => {
    const what = wrong[name]
    return what && t(`playground.parameters.wrong.${what}`, { tokens: formatNumber(contextLength ?? 0) })
  }
  const number = (name: 'temperature' | 'top_p' | 'max_tokens' | 'seed') => ({
    label: t(`playground.parameters.${name}`),
    description: t(`playground.parameters.${name}Help`),
    placeholder: t('playground.parameters.left'),
    value: parameters[name] ?? '',
    readOnly,
    clampBehavior: 'strict' as const,
    error: error(name),
    onChange: (value: number | string) =>
      onChange(set(parameters, name, typeof value === 'number' ? value : undefined)),
  })
  return (
    <>
      <Textarea
        label={t('playground.parameters.system')}
        description={t('playground.parameters.systemHelp')}
        placeholder={t('playground.parameters.left')}
        autosize
        minRows={2}
        maxRows={10}
        readOnly={readOnly}
        value={parameters.system ?? ''}
        error={error('system')}
        onChange={(event) => onChange(set(parameters, 'system', event.currentTarget.value))}
      />
      <NumberInput {...number('temperature')} min={0} max={2} step={0.1} decimalScale={2} />
      <NumberInput {...number('top_p')} min={0} max={1} step={0.05} decimalScale={3} />
      <NumberInput
        {...number('max_tokens')}
        {...(contextLength !== null && {
          description: t('playground.parameters.max_tokensOf', { tokens: formatNumber(contextLength) }),
        })}
        min={1}
        max={10_000_000}
        step={256}
        allowDecimal={false}
      />
      <Textarea
        label={t('playground.parameters.stop')}
        description={t('playground.parameters.stopHelp')}
        placeholder={t('playground.parameters.left')}
        autosize
        minRows={1}
        maxRows={5}
        readOnly={readOnly}
        value={stops}
        error={error('stop')}
        onChange={(event) => {
          setStops(event.currentTarget.value)
          onChange(set(parameters, 'stop', stopsOf(event.currentTarget.value)))
        }}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      />
      <NumberInput
        {...number('seed')}
        min={Number.MIN_SAFE_INTEGER}
        max={Number.MAX_SAFE_INTEGER}
        allowDecimal={false}
      />
      {!readOnly && (
        <Text size="xs" c="dimmed">
          {t('playground.parameters.note')}
        </Text>
      )}
    </>
  )
}
