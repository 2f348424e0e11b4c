import { Checkbox, NumberInput, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core'
import { modelUses } from '@tenantry/contract'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { Optional } from '../../ui/Optional.tsx'
import type { ModelForm } from './EndpointFields.tsx'

/** What people see of a model, and what it is called in requests. */
export function DescribedFields({ form }: { form: ModelForm }) {
  const { t } = useTranslation()
  return (
    <>
      <TextInput
        label={t('models.form.title')}
        description={t('models.form.titleHelp')}
        maxLength={80}
        autoComplete="off"
        {...form.text('title')}
      />
      <TextInput
        label={t('models.form.name')}
        description={t('models.form.nameHelp')}
        maxLength={100}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        {...form.text('name')}
      />
      <Textarea
        label={<Optional>{t('models.form.description')}</Optional>}
        autosize
        maxLength={500}
        {...form.text('description')}
      />
      <UseFields form={form} />
      <NumberInput
        label={<Optional>{t('models.form.context')}</Optional>}
        description={t('models.form.contextHelp')}
        value={form.values.contextLength}
        onChange={(value) => form.set('contextLength', value)}
        error={form.errors.contextLength}
        min={1}
        max={100_000_000}
        allowNegative={false}
        allowDecimal={false}
        thousandSeparator=","
        hideControls
      />
    </>
  )
}

function UseFields({ form }: { form: ModelForm }) {
  const { t } = useTranslation()
  const wrong = useId()
  const { values, errors, set } = form
  return (
    <fieldset className="field-set">
      <legend>{t('models.form.uses')}</legend>
      <Stack gap={8}>
        {modelUses.map((use) => (
          <Checkbox
            key={use}
            label={t(`models.use.${use}`)}
            description={t(`models.useHelp.${use}`)}
            checked={values.uses.includes(use)}
            aria-invalid={Boolean(errors.uses)}
            {...(errors.uses && { 'aria-describedby': wrong })}
            onChange={(event) =>
              set(
                'uses',
                modelUses.filter((each) => (each === use ? event.currentTarget.checked : values.uses.includes(each))),
              )
            }
          />
        ))}
        {errors.uses && (
          <span className="wrong" id={wrong}>
            {errors.uses}
          </span>
        )}
      </Stack>
    </fieldset>
  )
}

type Amount = 'input' | 'output' | 'requestsPerMinute' | 'tokensPerMinute' | 'tokensPerMonth'

function AmountInput({ form, name, decimals = false }: { form: ModelForm; name: Amount; decimals?: boolean }) {
  const { t } = useTranslation()
  return (
    <NumberInput
      label={t(`models.form.${name}`)}
      value={form.values[name]}
      onChange={(value) => form.set(name, value)}
      error={form.errors[name]}
      placeholder={decimals ? undefined : t('models.form.noLimit')}
      min={decimals ? 0 : 1}
      max={decimals ? 100_000 : 1_000_000_000}
      allowNegative={false}
      allowDecimal={decimals}
      decimalScale={6}
      thousandSeparator=","
      hideControls
    />
  )
}

/** What a million tokens cost. */
export function PriceFields({ form }: { form: ModelForm }) {
  const { t } = useTranslation()
  return (
    <SimpleGrid cols={{ base: 1, xs: 3 }}>
      <AmountInput form={form} name="input" decimals />
      <AmountInput form={form} name="output" decimals />
      <TextInput
        label={t('models.form.currency')}
        maxLength={3}
        autoComplete="off"
        spellCheck={false}
        {...form.text('currency')}
        onChange={(event) => form.set('currency', event.currentTarget.value.toUpperCase())}
      />
    </SimpleGrid>
  )
}

/** What each person may use at most. */
export function LimitFields({ form }: { form: ModelForm }) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 3 }}>
      <AmountInput form={form} name="requestsPerMinute" />
      <AmountInput form={form} name="tokensPerMinute" />
      <AmountInput form={form} name="tokensPerMonth" />
    </SimpleGrid>
  )
}
