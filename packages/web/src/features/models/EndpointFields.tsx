import { Autocomplete, PasswordInput, Textarea, TextInput } from '@mantine/core'
import type { Model } from '@tenantry/contract'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { formatInstant } from '../../app/format.ts'
import { Disclosure } from '../../ui/Disclosure.tsx'
import { Optional } from '../../ui/Optional.tsx'
import { RadioLines } from '../../ui/RadioLines.tsx'
import type { useForm } from '../../ui/use-form.ts'
import { credentialChangeOf, type ModelValues, movesAway } from './model-values.ts'

export type ModelForm = ReturnType<typeof useForm<ModelValues>>
/** `before`: as the model is published, where it is. */
type Props = { form: ModelForm; before: Model | undefined }
const plain = { autoComplete: 'off', autoCapitalize: 'none', spellCheck: false } as const

/** Where a model answers, and what is shown there. */
export function EndpointFields({ form, before }: Props) {
  const { t } = useTranslation()
  const { errors } = form
  return (
    <>
      <TextInput
        label={t('models.form.address')}
        description={t('models.form.addressHelp')}
        type="url"
        placeholder="https://inference.example.org/v1"
        maxLength={500}
        {...plain}
        {...form.text('address')}
      />
      <CredentialFields form={form} before={before} />
      <Disclosure summary={<Optional>{t('models.form.ca')}</Optional>} open={errors.ca ? true : undefined}>
        <Textarea
          aria-label={t('models.form.ca')}
          description={t('models.form.caHelp')}
          placeholder="-----BEGIN CERTIFICATE-----"
          autosize
          minRows={3}
          maxRows={8}
          autoComplete="off"
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          {...form.text('ca')}
        />
      </Disclosure>
    </>
  )
}

/** The key of the endpoint: given, or for one that is published left, replaced or dropped. */
function CredentialFields({ form, before }: Props) {
  const { t } = useTranslation()
  const { values, set } = form
  const kept = before?.endpoint?.credential === true
  const since = before?.endpoint?.credentialRotatedAt
  const moved = movesAway(values, before)
  const change = credentialChangeOf(values, before)
  const field = (
    <PasswordInput
      label={before ? t('models.form.newCredential') : <Optional>{t('models.form.credential')}</Optional>}
      description={before ? undefined : t('models.form.credentialHelp')}
      {...plain}
      autoComplete="new-password"
      {...form.text('credential')}
    />
  )
  if (!before) return field
  return (
    <>
      <RadioLines
        legend={t('models.form.credentialIs')}
        value={change}
        onChange={(value) => set('credentialChange', value)}
        options={[
          ...(kept && !moved
            ? [
                {
                  value: 'keep' as const,
                  label: t('models.form.keep'),
                  ...(since && { help: t('models.form.credentialSince', { when: formatInstant(since) }) }),
                },
              ]
            : []),
          {
            value: 'replace',
            label: t('models.form.replace'),
            ...(kept && moved && { help: t('models.form.keepNot') }),
          },
          { value: 'none', label: t('models.form.none') },
        ]}
      />
      {change === 'replace' && field}
      {change !== 'replace' && form.errors.credential && (
        <p className="wrong" role="alert" style={{ margin: 0 }}>
          {form.errors.credential}
        </p>
      )}
    </>
  )
}

type UpstreamProps = {
  form: ModelForm
  served: string[] | null
  onChoose: (model: string) => void
  children?: ReactNode
}

/** What the model is called at the endpoint: one of those it serves, or typed. */
export function UpstreamField({ form, served, onChoose, children }: UpstreamProps) {
  const { t } = useTranslation()
  const help =
    served === null
      ? t('models.form.modelHelp')
      : served.length === 0
        ? t('models.form.servedNone')
        : t('models.form.served', { count: served.length })
  return (
    <div>
      <Autocomplete
        label={t('models.form.model')}
        description={help}
        data={served ?? []}
        value={form.values.model}
        onChange={(model) => form.set('model', model)}
        onOptionSubmit={onChoose}
        error={form.errors.model}
        maxLength={300}
        limit={50}
        maxDropdownHeight={280}
        {...plain}
      />
      {children}
    </div>
  )
}
