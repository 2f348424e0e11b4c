import { SimpleGrid, Text, Title } from '@mantine/core'
import type { Workspace } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { Facts } from '../../ui/Facts.tsx'
import { Instant } from '../../ui/Instant.tsx'
import { PersonName } from '../../ui/PersonName.tsx'
import { useNow } from '../../ui/use-now.ts'
import { amountsInWords, elapsedInWords, minutesInWords } from './in-words.ts'

/** What it is made of, and how its last start went. */
export function WorkspaceOverview({ workspace }: { workspace: Workspace }) {
  const { t } = useTranslation()
  const { owner, profile, image, volume, datasets, idleMinutes, template, templateId } = workspace
  const none = t('workspaces.view.none')
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg" verticalSpacing="lg" style={{ alignItems: 'start' }}>
      <Facts
        facts={[
          [t('workspaces.view.owner'), <PersonName key="o" person={owner} />],
          [
            t('workspaces.view.template'),
            templateId === null ? t('workspaces.view.templateGone', { name: template }) : <bdi key="t">{template}</bdi>,
          ],
          [t('workspaces.view.profile'), <bdi key="p">{profile}</bdi>],
          [t('workspaces.view.resources'), amountsInWords(t, workspace).join(' · ')],
          [t('workspaces.view.image'), image && <code key="i">{image}</code>],
          [t('workspaces.view.volume'), volume ? `${volume.name} · ${volume.sizeGiB} GiB` : none],
          [t('workspaces.view.datasets'), datasets.join(', ') || none],
          [
            t('workspaces.view.idle'),
            idleMinutes === null
              ? t('workspaces.idle.never')
              : t('workspaces.idle.minutes', { time: minutesInWords(t, idleMinutes) }),
          ],
          [t('workspaces.view.created'), <Instant key="c" at={workspace.createdAt} />],
          [t('workspaces.view.started'), <Instant key="s" at={workspace.startedAt} />],
        ]}
      />
      <section>
        <Title order={2} mb="xs">
          {t('workspaces.view.lastStart')}
        </Title>
        <Phases workspace={workspace} />
      </section>
    </SimpleGrid>
  )
}

/** The phases of the last start with how long each took, and all of them together. */
function Phases({ workspace: { phases, state } }: { workspace: Workspace }) {
  const { t } = useTranslation()
  const going = state === 'queued' || state === 'starting'
  const now = useNow(going)
  const [first] = phases
  if (!first)
    return (
      <Text size="sm" c="dimmed">
        {t('workspaces.view.notStarted')}
      </Text>
    )
  const last = phases.at(-1)
  return (
    <>
      <ol className="card phases">
        {phases.map(({ phase, startedAt, endedAt }) => (
          <li key={phase} data-going={endedAt === null && going} data-failed={endedAt === null && state === 'failed'}>
            <span>{t(`workspaces.phase.${phase}`)}</span>
            <span className="dim numbers">
              {endedAt !== null
                ? t('workspaces.view.took', { time: elapsedInWords(t, startedAt, endedAt) })
                : going
                  ? t('workspaces.view.going', { time: elapsedInWords(t, startedAt, now) })
                  : t(`workspaces.state.${state}`)}
            </span>
          </li>
        ))}
      </ol>
      {last?.endedAt && (
        <Text size="xs" c="dimmed" mt="xs" className="numbers">
          {t('workspaces.view.total', { time: elapsedInWords(t, first.startedAt, last.endedAt) })}
        </Text>
      )}
    </>
  )
}
