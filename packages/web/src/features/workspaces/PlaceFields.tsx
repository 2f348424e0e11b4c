import { Select, Text, TextInput } from '@mantine/core'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { Optional } from '../../ui/Optional.tsx'
import type { useForm } from '../../ui/use-form.ts'
import { minutesInWords } from './in-words.ts'
import type { Place, Placement, TemplateValues } from './template-values.ts'

type Props = { form: ReturnType<typeof useForm<TemplateValues>>; places: Place[]; place: Place | undefined }

/** On which engine, where there, and what is started. Only what there is can be chosen. */
export function PlaceFields({ form, places, place }: Props) {
  const { t } = useTranslation()
  const { values, errors, set, setValues } = form
  const { placement } = values
  // One that the engine no longer has stays to be seen until another is chosen.
  const gone = placement && !place?.placements.some((one) => sameOf(one) === sameOf(placement)) ? [placement] : []
  const offered = [...(place?.placements ?? []), ...gone]
  return (
    <>
      <Select
        label={t('workspaces.templates.engine')}
        data={places.map(({ engineId, engine, refused }) => ({
          value: engineId,
          label: engine,
          disabled: refused !== null && engineId !== values.engineId,
        }))}
        value={values.engineId || null}
        onChange={(engineId) => {
          const chosen = places.find((one) => one.engineId === engineId)
          if (chosen)
            setValues((before) => ({
              ...before,
              engineId: chosen.engineId,
              placement: chosen.placements[0] ?? null,
              // What another engine has of accelerators this one need not have.
              profiles: before.profiles.map((row) => ({ ...row, accelerator: '' })),
            }))
        }}
        allowDeselect={false}
        error={errors.engineId}
        renderOption={({ option }) => (
          <div>
            {option.label}
            {option.disabled && (
              <Text size="xs" c="dimmed">
                {places.find(({ engineId }) => engineId === option.value)?.refused}
              </Text>
            )}
          </div>
        )}
      />
      {place?.refused && (
        <Text size="sm" c="var(--status-warn)">
          {place.refused}
        </Text>
      )}
      <Select
        label={t('workspaces.templates.place')}
        data={offered.map((one) => ({ value: sameOf(one), label: placeInWords(t, one) }))}
        value={placement ? sameOf(placement) : null}
        onChange={(key) => set('placement', offered.find((one) => sameOf(one) === key) ?? null)}
        allowDeselect={false}
        error={errors.placement}
      />
      {(place?.needsImage || values.image !== '') && (
        <TextInput
          label={t('workspaces.templates.image')}
          description={t('workspaces.templates.imageHelp')}
          placeholder="quay.io/jupyter/pytorch-notebook:cuda12-latest"
          maxLength={500}
          autoComplete="off"
          spellCheck={false}
          {...form.text('image')}
        />
      )}
      <TextInput
        label={<Optional>{t('workspaces.templates.command')}</Optional>}
        description={t('workspaces.templates.commandHelp')}
        maxLength={1000}
        autoComplete="off"
        spellCheck={false}
        {...form.text('command')}
      />
    </>
  )
}

const sameOf = ({ where, account, qos, minutes }: Placement): string => JSON.stringify([where, account, qos, minutes])

/** “gpu · account acme · at most 8 hours”. */
const placeInWords = (t: TFunction, { where, account, qos, minutes }: Placement): string =>
  [
    where || t('workspaces.templates.placeMachine'),
    account !== null && t('workspaces.templates.account', { name: account }),
    qos !== null && t('workspaces.templates.qos', { name: qos }),
    minutes !== null && t('workspaces.templates.atMost', { time: minutesInWords(t, minutes) }),
  ]
    .filter((word) => word !== false)
    .join(' · ')
