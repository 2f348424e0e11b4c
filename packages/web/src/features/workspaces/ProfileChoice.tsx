import { Stack, Text } from '@mantine/core'
import type { Accelerator } from '@tenantry/contract'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { Choice } from './Choice.tsx'
import { amountsInWords } from './in-words.ts'
import type { Offer } from './launch-values.ts'

const kinds = ['cpu', 'gpu', 'mig'] as const
const kindOf = (accelerator: Accelerator | null) => accelerator?.kind ?? 'cpu'

type Props = { profiles: Offer[]; value: string; onChange: (profile: Offer) => void; error?: string | undefined }

/** The profiles of a template: without GPU, with whole ones, with slices. What cannot be had says why. */
export function ProfileChoice({ profiles, value, onChange, error }: Props) {
  const { t } = useTranslation()
  const id = useId()
  return (
    <fieldset className="choices">
      <legend>{t('workspaces.launch.profile')}</legend>
      <Stack gap="md">
        {kinds.map((kind) => {
          const those = profiles.filter(({ accelerator }) => kindOf(accelerator) === kind)
          if (those.length === 0) return null
          return (
            // biome-ignore lint/a11y/useSemanticElements: a group within the fieldset of all of them
            <div key={kind} role="group" aria-labelledby={`${id}-${kind}`}>
              <Text size="xs" c="dimmed" mb={6} id={`${id}-${kind}`}>
                {t(`workspaces.launch.profileOf.${kind}`)}
              </Text>
              <div className="choice-grid">
                {those.map((profile) => (
                  <Choice
                    key={profile.id}
                    group={`${id}-profile`}
                    name={profile.name}
                    checked={profile.id === value}
                    refused={profile.refused}
                    onChoose={() => onChange(profile)}
                  >
                    {amountsInWords(t, profile).join(' · ')}
                  </Choice>
                ))}
              </div>
            </div>
          )
        })}
        {error && (
          <Text size="xs" c="var(--status-bad)" role="alert">
            {error}
          </Text>
        )}
      </Stack>
    </fieldset>
  )
}
