import { Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import type { JobDetail } from '@tenantry/contract'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { formatMemory, formatNumber } from '../../app/format.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { PersonName } from '../../ui/PersonName.tsx'
import { formatDuration } from './durations.ts'
import { nativeState } from './end-reason.ts'
import { gpusInWords } from './JobCells.tsx'
import { JobTimeline } from './JobTimeline.tsx'
import { ownerOf } from './owner.ts'
import { placeWord } from './place-word.ts'

const fewNodes = 8

/** What it asked for, where it is, and what happened to it when. */
export function JobOverview({ job }: { job: JobDetail }) {
  const { t } = useTranslation()
  const asked: [string, ReactNode][] = [
    [t('jobs.one.fact.gpus'), gpusInWords(job) || t('jobs.noGpu')],
    [t('jobs.one.fact.cpus'), formatNumber(job.cpus)],
    [t('jobs.one.fact.memory'), job.memoryMiB > 0 && formatMemory(job.memoryMiB)],
    [t('jobs.one.fact.nodeCount'), formatNumber(job.nodeCount)],
    [
      t('jobs.one.fact.limit'),
      job.timeLimitMinutes === null ? t('jobs.one.noLimit') : formatDuration(job.timeLimitMinutes * 60),
    ],
    [placeWord('jobs.one.fact.where', job.engineKind), job.where],
    [t('jobs.one.fact.account'), job.account],
    [t('jobs.one.fact.qos'), job.qos],
    [t('jobs.one.fact.array'), job.submitted?.array],
    [t('jobs.one.fact.image'), job.submitted?.image],
  ]
  const nodes = job.nodes.slice(0, fewNodes).join(', ')
  const more = job.nodeCount - fewNodes
  const details: [string, ReactNode, copied?: string | null][] = [
    [t('jobs.one.detail.engine'), job.engine],
    [t('jobs.one.detail.owner'), <PersonName key="o" person={ownerOf(job)} />],
    [
      t('jobs.one.detail.nodes'),
      nodes && (more > 0 ? `${nodes} ${t('jobs.one.moreNodes', { n: formatNumber(more) })}` : nodes),
    ],
    [t('jobs.one.detail.native'), job.nativeId, job.nativeId],
    [t('jobs.one.detail.id'), job.id, job.id],
    [t('jobs.one.detail.workingDirectory'), job.workingDirectory, job.workingDirectory],
    [t('jobs.one.detail.stdout'), job.standardOutput, job.standardOutput],
    [t('jobs.one.detail.stderr'), job.standardError !== job.standardOutput && job.standardError, job.standardError],
    [t('jobs.one.detail.nativeState'), nativeState(job)],
  ]
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
      <Stack gap="lg" miw={0}>
        <Facts title={t('jobs.one.asked')} facts={asked} />
        <JobTimeline job={job} />
      </Stack>
      <Facts title={t('jobs.one.details')} facts={details} />
    </SimpleGrid>
  )
}

function Facts({ title, facts }: { title: string; facts: [string, ReactNode, copied?: string | null][] }) {
  return (
    <section style={{ minWidth: 0 }}>
      <Title order={2} mb="xs">
        {title}
      </Title>
      <dl className="card facts">
        {facts
          .filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== false)
          .map(([name, value, copied]) => (
            <Group key={name} py={10} gap="md" wrap="nowrap" align="baseline" className="fact">
              <Text component="dt" size="sm" c="dimmed" w={130} style={{ flex: 'none' }}>
                {name}
              </Text>
              <Text
                component="dd"
                size="sm"
                m={0}
                className="numbers"
                style={{ overflowWrap: 'anywhere', flex: 1, minWidth: 0 }}
              >
                <bdi>{value}</bdi> {copied && <CopyButton value={copied} size="compact-xs" ml={4} />}
              </Text>
            </Group>
          ))}
      </dl>
    </section>
  )
}
