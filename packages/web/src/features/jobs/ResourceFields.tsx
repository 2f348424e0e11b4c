import { Button, Group, NumberInput, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../app/format.ts'
import { MemoryField } from '../../ui/MemoryField.tsx'
import { Optional } from '../../ui/Optional.tsx'
import { readArray } from './array-text.ts'
import { arrayInWords } from './array-words.ts'
import { formatDuration, formatHours, readHours } from './durations.ts'
import { taskVariable } from './script-templates.ts'
import type { JobForm } from './use-job-form.ts'

/** Minutes that are offered to choose. */
const presets = [15, 60, 240, 720, 1440, 4320]

/** What a job takes, each within what there is where it runs. */
export function ResourceFields({ form }: { form: JobForm }) {
  const { t } = useTranslation()
  const { values, errors, place } = form
  const number = (name: 'gpuCount' | 'nodes' | 'cpus', most: string | null, more: { disabled?: boolean } = {}) => (
    <NumberInput
      label={t(`jobs.new.field.${name}`)}
      name={name}
      description={most && t('jobs.new.help.most', { n: most })}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      value={values[name]}
      onChange={(value) => form.set(name, value)}
      error={errors[name]}
      min={1}
      allowNegative={false}
      allowDecimal={false}
      disabled={more.disabled ?? false}
      hideControls
    />
  )
  const chosen = place?.gpus.filter(({ model }) => values.gpuModel === 'any' || model === values.gpuModel) ?? []
  const perNode = chosen.length > 0 ? formatNumber(Math.max(...chosen.map((one) => one.perNode))) : null
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <GpuModel form={form} />
        {number('gpuCount', perNode, { disabled: values.gpuModel === 'none' })}
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        {number('nodes', place ? formatNumber(Math.max(1, place.nodes)) : null)}
        {number('cpus', place ? formatNumber(place.cpus) : null)}
        <MemoryField
          label={t('jobs.new.field.memory')}
          name="memory"
          value={values.memory}
          onChange={(memory) => form.set('memory', memory)}
          most={place?.memoryMiB ?? null}
          error={errors.memory}
        />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TimeField form={form} />
        {(form.choices?.arrays !== false || values.array !== '') && <ArrayField form={form} />}
      </SimpleGrid>
    </Stack>
  )
}

function GpuModel({ form }: { form: JobForm }) {
  const { t } = useTranslation()
  const { values, errors, place } = form
  const gpus = place?.gpus ?? []
  const known = gpus.some(({ model }) => model === values.gpuModel)
  const one = gpus.find(({ model }) => model === values.gpuModel)
  const figures = (free: number, total: number) => ({ free: formatNumber(free), total: formatNumber(total) })
  return (
    <Select
      label={t('jobs.new.field.gpuModel')}
      data-field="gpuModel"
      description={one && t('jobs.new.gpuFree', figures(one.free, one.total))}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      data={[
        { value: 'none', label: t('jobs.new.noGpu') },
        ...gpus.map(({ model }) => ({ value: model, label: model })),
        ...(gpus.length > 1 || values.gpuModel === 'any' ? [{ value: 'any', label: t('jobs.new.anyGpu') }] : []),
        // What was chosen elsewhere and is not here: shown, so that it can be seen and changed.
        ...(known || ['none', 'any'].includes(values.gpuModel)
          ? []
          : [{ value: values.gpuModel, label: values.gpuModel, disabled: true }]),
      ]}
      value={values.gpuModel}
      onChange={(value) => value && form.change({ gpuModel: value, ...(values.gpuCount === '' && { gpuCount: 1 }) })}
      error={errors.gpuModel}
      allowDeselect={false}
      checkIconPosition="right"
      renderOption={({ option }) => {
        const gpu = gpus.find(({ model }) => model === option.value)
        return (
          <div>
            {option.label}
            {gpu && (
              <Text size="xs" c="dimmed" className="numbers">
                {t('jobs.new.gpuFree', figures(gpu.free, gpu.total))}
              </Text>
            )}
          </div>
        )
      }}
    />
  )
}

function TimeField({ form }: { form: JobForm }) {
  const { t } = useTranslation()
  const { values, place } = form
  const most = place?.maxMinutes ?? null
  const minutes = readHours(values.time)
  const offered = presets.filter((preset) => most === null || preset < most)
  if (most !== null) offered.push(most)
  return (
    <div>
      <TextInput
        label={t('jobs.new.field.time')}
        description={
          most === null ? t('jobs.new.help.time') : t('jobs.new.help.timeMax', { max: formatDuration(most * 60) })
        }
        autoComplete="off"
        {...form.text('time')}
      />
      <Text size="xs" c="dimmed" mt={4} mih={18} role="status" className="numbers">
        {minutes !== null && minutes > 0 && t('jobs.new.help.timeRead', { time: formatDuration(minutes * 60) })}
      </Text>
      <Group gap={6} mt={4} role="group" aria-label={t('jobs.new.preset')}>
        {offered.map((preset) => (
          <Button
            key={preset}
            variant="default"
            size="compact-xs"
            aria-pressed={minutes === preset}
            className="preset"
            onClick={() => form.set('time', formatHours(preset))}
          >
            {formatDuration(preset * 60)}
          </Button>
        ))}
      </Group>
    </div>
  )
}

function ArrayField({ form }: { form: JobForm }) {
  const { t } = useTranslation()
  const { values, errors, offer } = form
  const read = values.array.trim() === '' ? null : readArray(values.array)
  return (
    <div>
      <TextInput
        label={<Optional>{t('jobs.new.field.array')}</Optional>}
        description={t('jobs.new.help.array', { variable: taskVariable(offer?.engineKind) })}
        placeholder="0-99%10"
        autoComplete="off"
        {...form.text('array')}
      />
      <Text size="xs" c="dimmed" mt={4} mih={18} role="status" className="numbers">
        {read && 'count' in read && !errors.array && arrayInWords(read)}
      </Text>
    </div>
  )
}
