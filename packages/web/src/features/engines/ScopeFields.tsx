import { Checkbox, TagsInput, Text, TextInput } from '@mantine/core'
import type { EngineKind } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { Optional } from '../../ui/Optional.tsx'
import type { useForm } from '../../ui/use-form.ts'
import type { AllocationValues } from './allocation-values.ts'

export type AllocationForm = ReturnType<typeof useForm<AllocationValues>>

/** Which part of an engine of a kind it shall be. */
export function ScopeFields({ kind, form }: { kind: EngineKind; form: AllocationForm }) {
  const { t } = useTranslation()
  const { values, errors, set } = form
  const plain = { autoComplete: 'off', autoCapitalize: 'none', spellCheck: false } as const
  const tags = (name: 'accounts' | 'partitions' | 'namespaces') => (
    <TagsInput
      label={t(`engines.scope.${name}`)}
      description={t(`engines.scope.${name}Help`)}
      value={values[name]}
      onChange={(list) => set(name, list)}
      error={errors[name]}
      splitChars={[',', ' ']}
      {...plain}
    />
  )
  if (kind === 'this_machine') return <Text size="sm">{t('engines.scope.machine')}</Text>
  if (kind === 'slurm') {
    return (
      <>
        {tags('accounts')}
        {tags('partitions')}
        <TextInput
          label={<Optional>{t('engines.scope.prefix')}</Optional>}
          description={t('engines.scope.prefixHelp')}
          {...plain}
          {...form.text('prefix')}
        />
      </>
    )
  }
  if (kind === 'ironic' || kind === 'nova') {
    const name = kind === 'ironic' ? 'lessee' : 'project'
    return (
      <TextInput
        label={t(`engines.scope.${name}`)}
        description={t(`engines.scope.${name}Help`)}
        {...plain}
        {...form.text(name)}
      />
    )
  }
  return (
    <>
      {kind === 'kubernetes' && (
        <Checkbox
          label={t('engines.scope.whole')}
          checked={values.whole}
          onChange={(event) => set('whole', event.currentTarget.checked)}
          error={values.whole && errors.namespaces}
        />
      )}
      {!values.whole && tags('namespaces')}
    </>
  )
}
