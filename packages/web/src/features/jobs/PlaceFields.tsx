import { Select, SimpleGrid, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { choosePlace, optionsOf, type PlaceField, placeFields } from './choose-place.ts'
import { offerOf, onEngine } from './job-values.ts'
import type { OfferedEngine } from './offers.ts'
import { placeWord } from './place-word.ts'
import type { JobForm } from './use-job-form.ts'

/** The engine. Those that cannot be submitted to just now stand there as well, with the reason. */
export function EngineField({ form, offers }: { form: JobForm; offers: OfferedEngine[] }) {
  const { t } = useTranslation()
  const { values, errors } = form
  const reason = (id: string) => offerOf(offers, id)?.reason
  return (
    <Select
      label={t('jobs.new.field.engineId')}
      data-field="engineId"
      data={offers.map(({ engineId, engine, choices }) => ({ value: engineId, label: engine, disabled: !choices }))}
      value={values.engineId || null}
      onChange={(value) => value && form.change(onEngine(values, offerOf(offers, value)))}
      error={errors.engineId}
      allowDeselect={false}
      checkIconPosition="right"
      renderOption={({ option }) => (
        <div>
          {option.label}
          {reason(option.value) && (
            <Text size="xs" c="dimmed">
              {reason(option.value)}
            </Text>
          )}
        </div>
      )}
    />
  )
}

/** Partition, account and QOS: only what the engine takes. Choosing one puts the others right, and says so. */
export function PlaceFields({ form }: { form: JobForm }) {
  const { t } = useTranslation()
  const [said, setSaid] = useState('')
  const { values, errors, choices, offer, place } = form
  if (!choices) return null
  const { combinations } = choices
  // Where the engine knows none of it, there is nothing to choose.
  const shown = placeFields.filter((field) => field === 'where' || combinations.some((one) => one[field] !== ''))
  const label = (field: PlaceField) =>
    field === 'where' ? placeWord('jobs.new.field.where', offer?.engineKind) : t(`jobs.new.field.${field}`)
  const choose = (field: PlaceField, value: string) => {
    const { place: next, repaired } = choosePlace(combinations, values, { [field]: value })
    const changes = repaired
      .filter((one) => shown.includes(one))
      .map((one) => t('jobs.new.repairedOne', { field: label(one), value: next[one] || '—' }))
    setSaid(changes.length > 0 ? t('jobs.new.repaired', { changes: changes.join(', '), choice: value }) : '')
    form.change(next)
  }
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: shown.length }}>
        {shown.map((field) => {
          const { fitting, others } = optionsOf(combinations, values, field)
          const named = (options: string[]) =>
            options.filter((value) => value !== '').map((value) => ({ value, label: value }))
          return (
            <Select
              key={field}
              label={label(field)}
              data-field={field}
              data={
                named(others).length === 0
                  ? named(fitting)
                  : [
                      ...(named(fitting).length > 0 ? [{ group: t('jobs.new.fitting'), items: named(fitting) }] : []),
                      { group: t('jobs.new.others'), items: named(others) },
                    ]
              }
              value={values[field] || null}
              onChange={(value) => value && choose(field, value)}
              error={errors[field]}
              allowDeselect={false}
              searchable={combinations.length > 12}
              checkIconPosition="right"
            />
          )
        })}
      </SimpleGrid>
      <div role="status">
        {said && (
          <Text size="sm" mt="xs">
            {said}
          </Text>
        )}
        {place && !place.open && (
          <Text size="sm" mt="xs" c="var(--status-warn)">
            {t('jobs.new.closed')}
          </Text>
        )}
      </div>
    </>
  )
}
