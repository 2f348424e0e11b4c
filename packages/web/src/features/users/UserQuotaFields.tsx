import { NumberInput, SimpleGrid } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { useForm } from '../../ui/use-form.ts'
import type { QuotaForm } from './user-quota.ts'

/** What a person may use at once. */
export function UserQuotaFields({ form }: { form: ReturnType<typeof useForm<QuotaForm>> }) {
  const { t } = useTranslation()
  const number = (name: keyof QuotaForm, label: string, decimals = false) => (
    <NumberInput
      label={label}
      value={form.values[name]}
      onChange={(value) => form.set(name, value)}
      error={form.errors[name]}
      min={0}
      allowNegative={false}
      allowDecimal={decimals}
      decimalScale={4}
      placeholder={t('workspaces.quota.none')}
      hideControls
    />
  )
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      {number('gpus', t('workspaces.quota.gpus'))}
      {number('cpus', t('workspaces.quota.cpus'))}
      {number('memoryGiB', t('workspaces.quota.memory'), true)}
      {number('storageGiB', t('workspaces.quota.storage'))}
      {number('workspaces', t('workspaces.quota.workspaces'))}
    </SimpleGrid>
  )
}
