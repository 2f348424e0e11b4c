import { Alert, Stack, Text, Title } from '@mantine/core'
import { takes } from '@tenantry/contract/bounds'
import type { ReactNode, Ref } from 'react'
import { useTranslation } from 'react-i18next'
import { BoundBar } from './BoundBar.tsx'
import { amountsInWords } from './in-words.ts'
import { type LaunchTemplate, type LaunchValues, type Offer, wantOf } from './launch-values.ts'

type Props = {
  values: LaunchValues
  template: LaunchTemplate
  profile: Offer | undefined
  /** Of the volume that is chosen, if one is. */
  volume: string | undefined
  reasons: string[]
  /** Where the reasons stand: gets the focus when somebody launches all the same. */
  refusal: Ref<HTMLDivElement>
  children: ReactNode
}

/** What is about to be launched, what it takes of every bound, and why it cannot be had, while one chooses. */
export function LaunchSummary({ values, template, profile, volume, reasons, refusal, children }: Props) {
  const { t } = useTranslation()
  const want = wantOf(values, profile)
  // What has no limit is not worth a line, unless it is all there is to say.
  const bounds = template.bounds.filter((bound) => takes(want, bound) > 0)
  const limited = bounds.filter(({ total }) => total !== null)
  const kept =
    values.home === 'none'
      ? t('workspaces.launch.keepsNone')
      : values.home === 'new'
        ? t('workspaces.launch.keepsNew', { name: values.volumeName, size: values.volumeGiB })
        : volume
          ? t('workspaces.launch.keeps', { name: volume })
          : t('workspaces.launch.choose')
  return (
    <section className="card launch-summary" aria-label={t('workspaces.launch.summary')}>
      <Stack gap="md">
        <div>
          <Title order={2} style={{ overflowWrap: 'anywhere' }}>
            <bdi>{values.name || t('workspaces.launch.summary')}</bdi>
          </Title>
          <Text size="sm" c="dimmed">
            <bdi>{template.name}</bdi> · <bdi>{template.engine}</bdi>
          </Text>
        </div>
        <Text size="sm" className="numbers">
          {amountsInWords(t, want).join(' · ')}
          <br />
          {kept}
        </Text>
        {template.warning && (
          <Alert
            color="yellow"
            variant="outline"
            p="sm"
            title={t('workspaces.launch.warning', { engine: template.engine })}
          >
            <Text size="sm">{template.warning}</Text>
          </Alert>
        )}
        <div>
          <Text size="sm" fw={600} mb={8}>
            {t('workspaces.launch.bounds')}
          </Text>
          <ul className="bound-bars">
            {(limited.length > 0 ? limited : bounds.filter(({ of }) => of === 'tenant')).map((bound) => (
              <BoundBar key={`${bound.of} ${bound.what} ${bound.model} ${bound.profile}`} bound={bound} want={want} />
            ))}
          </ul>
        </div>
        <div aria-live="polite">
          {reasons.length > 0 && (
            // biome-ignore lint/a11y/useSemanticElements: it is no set of fields
            <div
              ref={refusal}
              className="refusal"
              role="group"
              tabIndex={-1}
              aria-label={t('workspaces.launch.refused')}
            >
              <b>{t('workspaces.launch.refused')}</b>
              <ul>
                {reasons.map((reason) => (
                  <li key={reason}>{reason}</li>
                ))}
              </ul>
            </div>
          )}
        </div>
        {children}
      </Stack>
    </section>
  )
}
