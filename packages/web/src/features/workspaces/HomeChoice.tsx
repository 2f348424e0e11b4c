import { Group, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { useForm } from '../../ui/use-form.ts'
import { Choice } from './Choice.tsx'
import type { Choices, LaunchTemplate, LaunchValues } from './launch-values.ts'

type Props = {
  form: ReturnType<typeof useForm<LaunchValues>>
  template: LaunchTemplate
  volumes: Choices['volumes']
  /** What the server or the form has against the volume. */
  error: string | undefined
}

/** Where the files are kept: a volume that is there, a new one, or nowhere. */
export function HomeChoice({ form, template, volumes, error }: Props) {
  const { t } = useTranslation()
  const id = useId()
  const { values, set } = form
  const here = volumes.filter(({ engineId }) => engineId === template.engineId)
  const most = template.limits.volumeGiB
  const choice = (home: LaunchValues['home'], name: string, text: string, refused: string | null = null) => (
    <Choice
      group={`${id}-home`}
      name={name}
      checked={values.home === home}
      refused={refused}
      onChoose={() => set('home', home)}
    >
      {text}
    </Choice>
  )
  return (
    <fieldset className="choices">
      <legend>{t('workspaces.launch.home')}</legend>
      <Text size="sm" c="dimmed" mb="sm">
        {t('workspaces.launch.homeHelp')}
      </Text>
      <Stack gap="sm">
        <div className="choice-grid">
          {choice(
            'existing',
            t('workspaces.launch.existing'),
            t('workspaces.launch.existingText'),
            here.length === 0 ? t('workspaces.launch.noneThere', { engine: template.engine }) : null,
          )}
          {choice(
            'new',
            t('workspaces.launch.new'),
            t('workspaces.launch.newText'),
            most === 0 ? t('workspaces.launch.noneNew') : null,
          )}
          {choice('none', t('workspaces.launch.none'), t('workspaces.launch.noneLost'))}
        </div>
        {values.home === 'existing' && (
          <Select
            label={t('workspaces.launch.volume')}
            placeholder={t('workspaces.launch.choose')}
            data={here.map((volume) => ({
              value: volume.id,
              label: [
                t('workspaces.launch.volumeSize', { name: volume.name, size: volume.sizeGiB }),
                ...(volume.workspace ? [t('workspaces.launch.volumeUsed', { workspace: volume.workspace.name })] : []),
              ].join(' · '),
              disabled: volume.workspace !== null,
            }))}
            value={values.volumeId || null}
            onChange={(volumeId) => set('volumeId', volumeId ?? '')}
            allowDeselect={false}
            error={error}
            maw={460}
          />
        )}
        {values.home === 'new' && (
          <Group align="flex-start" gap="sm" maw={460} wrap="nowrap">
            <TextInput
              label={t('workspaces.launch.volumeName')}
              value={values.volumeName}
              onChange={(event) => set('volumeName', event.currentTarget.value)}
              maxLength={60}
              autoComplete="off"
              error={error}
              flex={1}
              miw={0}
            />
            <NumberInput
              label={t('workspaces.launch.volumeGiB')}
              description={t('workspaces.launch.upTo', { most })}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              value={values.volumeGiB}
              onChange={(value) => set('volumeGiB', value)}
              min={1}
              max={most}
              allowDecimal={false}
              allowNegative={false}
              w={130}
            />
          </Group>
        )}
      </Stack>
    </fieldset>
  )
}
