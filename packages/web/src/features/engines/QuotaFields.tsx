import { ActionIcon, Button, Group, NumberInput, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { MemoryField } from '../../ui/MemoryField.tsx'
import { Optional } from '../../ui/Optional.tsx'
import type { GpuRow } from './allocation-values.ts'
import type { AllocationForm } from './ScopeFields.tsx'

/** What the tenant may use at once: GPUs by model, and the rest by number. */
export function QuotaFields({ form }: { form: AllocationForm }) {
  const { t } = useTranslation()
  const { values, errors, set } = form
  const { gpus } = values
  const change = (key: number, part: Partial<GpuRow>) =>
    set(
      'gpus',
      gpus.map((row) => (row.key === key ? { ...row, ...part } : row)),
    )
  const number = (name: 'cpus' | 'storageGiB', label: string) => (
    <NumberInput
      label={label}
      value={values[name]}
      onChange={(value) => set(name, value)}
      error={errors[name]}
      min={0}
      allowNegative={false}
      allowDecimal={false}
      placeholder={t('engines.quota.none')}
      hideControls
    />
  )
  return (
    <fieldset style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
      <Text component="legend" fw={600} size="sm" p={0}>
        <Optional>{t('engines.quota.title')}</Optional>
      </Text>
      <Text size="xs" c="dimmed" mb="xs">
        {t('engines.quota.help')}
      </Text>
      <Stack gap="sm">
        {gpus.map(({ key, model, count }, index) => (
          <Group key={key} gap="xs" wrap="nowrap" align="flex-end">
            <TextInput
              label={t('engines.quota.model')}
              placeholder="H100"
              value={model}
              onChange={(event) => change(key, { model: event.currentTarget.value })}
              autoComplete="off"
              flex={1}
              miw={0}
              // One that was just added is where one types next.
              autoFocus={model === '' && index === gpus.length - 1}
              error={Boolean(errors.gpus) && model.trim() === ''}
            />
            <NumberInput
              label={t('engines.quota.count')}
              value={count}
              onChange={(value) => change(key, { count: value })}
              min={0}
              allowNegative={false}
              allowDecimal={false}
              error={Boolean(errors.gpus) && count === ''}
              hideControls
              w={84}
              style={{ flex: 'none' }}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              aria-label={t('engines.quota.remove', { n: model || index + 1 })}
              onClick={() =>
                set(
                  'gpus',
                  gpus.filter((row) => row.key !== key),
                )
              }
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        {errors.gpus && (
          <Text size="xs" c="var(--status-bad)" role="alert">
            {errors.gpus}
          </Text>
        )}
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconPlus size={14} aria-hidden />}
          style={{ alignSelf: 'flex-start' }}
          onClick={() =>
            set('gpus', [...gpus, { key: Math.max(-1, ...gpus.map(({ key }) => key)) + 1, model: '', count: '' }])
          }
        >
          {t('engines.quota.add')}
        </Button>
        <SimpleGrid cols={{ base: 1, xs: 3 }}>
          {number('cpus', t('engines.quota.cpus'))}
          <MemoryField
            label={t('engines.quota.memory')}
            value={values.memory}
            onChange={(memory) => set('memory', memory)}
            error={errors.memory}
            empty={t('engines.quota.none')}
          />
          {number('storageGiB', t('engines.quota.storage'))}
        </SimpleGrid>
      </Stack>
    </fieldset>
  )
}
