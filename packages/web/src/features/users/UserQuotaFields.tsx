import { NumberInput, SimpleGrid } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { MemoryField } from '../../ui/MemoryField.tsx'
import { Optional } from '../../ui/Optional.tsx'
import type { useForm } from '../../ui/use-form.ts'
import type { QuotaForm } from './user-quota.ts'

/** What a person may use at once. */
export function UserQuotaFields({ form }: { form: ReturnType<typeof useForm<QuotaForm>> }) {
  const { t } = useTranslation()
  const number = (name: Exclude<keyof QuotaForm, 'memory'>, label: string) => (
    <NumberInput
      label={<Optional>{label}</Optional>}
      value={form.values[name]}
      onChange={(value) => form.set(name, value)}
      error={form.errors[name]}
      min={0}
      allowNegative={false}
      allowDecimal={false}
      placeholder={t('workspaces.quota.none')}
      hideControls
    />
  )
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      {number('gpus', t('workspaces.quota.gpus'))}
      {number('cpus', t('workspaces.quota.cpus'))}
      <MemoryField
        label={<Optional>{t('workspaces.quota.memory')}</Optional>}
        value={form.values.memory}
        onChange={(memory) => form.set('memory', memory)}
        error={form.errors.memory}
        empty={t('workspaces.quota.none')}
      />
      {number('storageGiB', t('workspaces.quota.storage'))}
      {number('workspaces', t('workspaces.quota.workspaces'))}
    </SimpleGrid>
  )
}
