import { Button, Group, MultiSelect, NumberInput, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { AnswerOf, createModelKey } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { useSession } from '../../app/session.ts'
import { Modal } from '../../ui/Dialog.tsx'
import { Optional } from '../../ui/Optional.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { RadioLines } from '../../ui/RadioLines.tsx'
import { useForm } from '../../ui/use-form.ts'
import { KeySecret } from './KeySecret.tsx'
import { type Days, days, endOf, formatDate, type KeyValues, keyOf, newKey } from './key-values.ts'
import { modelsQuery, refreshKeys } from './queries.ts'

/** Create Key; then its secret, this once. */
export function NewKeyDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const form = useForm(newKey)
  const [made, setMade] = useState<AnswerOf<typeof createModelKey> | null>(null)
  const create = () => {
    if (form.values.which === 'these' && form.values.modelIds.length === 0)
      return form.setErrors({ modelIds: t('models.keys.form.modelsMissing') })
    void form.submit(async () => {
      setMade(await api('createModelKey', { body: keyOf(form.values) }))
      void refreshKeys()
    })
  }
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t(made ? 'models.keys.made.title' : 'models.keys.create')}
      closeOnClickOutside={false}
      closeOnEscape={!made}
      withCloseButton={!made}
    >
      {made ? (
        <KeySecret made={made} onClose={onClose} />
      ) : (
        <form
          ref={form.form}
          noValidate
          className="model-form"
          onSubmit={(event) => {
            event.preventDefault()
            create()
          }}
        >
          <Stack>
            <KeyFields form={form} />
            <ProblemAlert error={form.problem} />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                {t('action.cancel')}
              </Button>
              <Button type="submit" loading={form.busy}>
                {t('models.keys.create')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  )
}

function KeyFields({ form }: { form: ReturnType<typeof useForm<KeyValues>> }) {
  const { t } = useTranslation()
  const { values, errors, set } = form
  const { may } = useSession()
  const seeing = may('model.view') || may('model.publish')
  const { data: models = [] } = useQuery({ ...modelsQuery, enabled: seeing })
  const end = endOf(values.days)
  const amount = (name: 'requestsPerMinute' | 'tokensPerMonth') => (
    <NumberInput
      label={<Optional>{t(`models.keys.form.${name}`)}</Optional>}
      value={values[name]}
      onChange={(value) => set(name, value)}
      error={errors[name]}
      placeholder={t('models.form.noLimit')}
      min={1}
      max={1_000_000_000}
      allowNegative={false}
      allowDecimal={false}
      thousandSeparator=","
      hideControls
    />
  )
  return (
    <>
      <TextInput
        label={t('models.keys.form.name')}
        description={t('models.keys.form.nameHelp')}
        maxLength={60}
        autoComplete="off"
        data-autofocus
        {...form.text('name')}
      />
      <RadioLines
        legend={t('models.keys.form.models')}
        value={values.which}
        onChange={(which) => set('which', which)}
        options={[
          { value: 'all', label: t('models.keys.form.all') },
          ...(seeing ? [{ value: 'these' as const, label: t('models.keys.form.these') }] : []),
        ]}
      />
      {values.which === 'these' && (
        <MultiSelect
          aria-label={t('models.keys.form.these')}
          data={models.filter(({ usable }) => usable).map(({ id, title }) => ({ value: id, label: title }))}
          value={values.modelIds}
          onChange={(ids) => set('modelIds', ids)}
          error={errors.modelIds}
          placeholder={values.modelIds.length === 0 ? t('models.keys.form.modelsPick') : ''}
        />
      )}
      <div>
        <Select
          label={t('models.keys.form.expires')}
          data={days.map((value) => ({ value, label: t(`models.keys.form.days.${value}`) }))}
          value={values.days}
          onChange={(value) => value && set('days', value as Days)}
          error={errors.days}
          allowDeselect={false}
          checkIconPosition="right"
        />
        <Text size="xs" c="dimmed" mt={4} role="status">
          {end ? t('models.keys.form.until', { when: formatDate(end) }) : t('models.keys.form.forever')}
        </Text>
      </div>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        {amount('requestsPerMinute')}
        {amount('tokensPerMonth')}
      </SimpleGrid>
    </>
  )
}
