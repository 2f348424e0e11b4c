import { Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconChevronLeft } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { Resource, ResourceKind } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { ApiProblem } from '../../app/api.ts'
import { NotFound } from '../../app/errors.tsx'
import { formatClock, formatInstant, formatMemory, formatNumber } from '../../app/format.ts'
import { useSession } from '../../app/session.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { ResourceStateBadge } from '../../ui/ResourceStateBadge.tsx'
import { UseBar } from '../../ui/UseBar.tsx'
import { KubeconfigButton } from './KubeconfigButton.tsx'
import { kinds } from './kinds.ts'
import { PowerButtons } from './PowerButtons.tsx'
import { resourceQuery } from './queries.ts'

export const MachinePage = () => <ResourcePage kind="baremetal" />
export const VirtualMachinePage = () => <ResourcePage kind="vm" />
export const ClusterSharePage = () => <ResourcePage kind="kubernetes" />
export const SlurmNodePage = () => <ResourcePage kind="slurm" />

/** One resource: how it is, what it has, what can be done about it. */
function ResourcePage({ kind }: { kind: ResourceKind }) {
  const { t } = useTranslation()
  const { may } = useSession()
  const { path, view } = kinds[kind]
  const { id } = useParams({ from: `/shell${path}/$id` })
  const { data: resource, error } = useQuery({ ...resourceQuery(kind, id), enabled: may(view) })
  if (!may(view)) return <NoAccess title={t(`resources.${kind}.title`)} needs={view} />
  if (error instanceof ApiProblem && error.code === 'not_found') return <NotFound />
  if (!resource) return error ? <ProblemAlert error={error} /> : <Skeleton h={300} radius={12} />
  return (
    <>
      <Link to={path} className="back-link">
        <IconChevronLeft size={16} aria-hidden />
        {t(`resources.${kind}.all`)}
      </Link>
      <PageHeader title={resource.name} lead={`${t(`resources.${kind}.one`)} · ${resource.engine}`}>
        <ResourceStateBadge state={resource.state} />
        <PowerButtons kind={kind} resource={resource} />
        {kind === 'kubernetes' && may('kubernetes.kubeconfig') && <KubeconfigButton resource={resource} />}
      </PageHeader>
      <Stack gap="lg">
        <ProblemAlert error={error} />
        {resource.reason && (
          <Text size="sm" role="status">
            <bdi>{resource.reason}</bdi>
          </Text>
        )}
        <Amounts resource={resource} />
        <Facts resource={resource} />
      </Stack>
    </>
  )
}

function Amounts({ resource: { gpus, cpus, memoryMiB } }: { resource: Resource }) {
  const { t } = useTranslation()
  const rows = [
    ...gpus.map((gpu) => ({ name: [gpu.model, gpu.profile].filter(Boolean).join(' '), ...gpu, format: formatNumber })),
    ...(cpus ? [{ name: t('resources.cores'), ...cpus, format: formatNumber }] : []),
    ...(memoryMiB ? [{ name: t('resources.memory'), ...memoryMiB, format: formatMemory }] : []),
  ]
  if (rows.length === 0) return null
  return (
    <section>
      <Title order={2} mb="xs">
        {t('resources.amounts')}
      </Title>
      <div className="card" style={{ overflowX: 'auto' }}>
        <table className="data-table plain" aria-label={t('resources.amounts')}>
          <thead>
            <tr>
              {(['what', 'used', 'free', 'total'] as const).map((column) => (
                <th key={column} scope="col">
                  {t(`resources.${column}`)}
                </th>
              ))}
              <td aria-hidden="true" />
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, used, free, total, format }) => (
              <tr key={name}>
                <th scope="row" data-cell="username">
                  <bdi>{name}</bdi>
                </th>
                <td className="numbers" data-label={t('resources.used')}>
                  {format(used)}
                </td>
                <td className="numbers" data-label={t('resources.free')}>
                  {format(free)}
                </td>
                <td className="numbers" data-label={t('resources.total')}>
                  {format(total)}
                </td>
                <td aria-hidden="true" style={{ minWidth: 120 }}>
                  <UseBar used={used} free={free} total={total} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Facts({ resource }: { resource: Resource }) {
  const { t } = useTranslation()
  const facts = [
    { name: t('resources.native'), value: resource.nativeState.join(' ') },
    ...resource.facts,
    { name: t('resources.engine'), value: resource.engine },
    { name: t('resources.nativeId'), value: resource.nativeId },
    ...(resource.createdAt ? [{ name: t('resources.created'), value: formatInstant(resource.createdAt) }] : []),
  ].filter(({ value }) => value !== '')
  return (
    <section>
      <Title order={2} mb="xs">
        {t('resources.facts')}
      </Title>
      <dl className="card facts">
        {facts.map(({ name, value }) => (
          <Group key={name} py={10} gap="md" wrap="nowrap" align="baseline">
            <Text component="dt" size="sm" c="dimmed" w={150} style={{ flex: 'none' }}>
              {name}
            </Text>
            <Text component="dd" size="sm" m={0} style={{ overflowWrap: 'anywhere', flex: 1 }}>
              <bdi>{value}</bdi> {name === t('resources.nativeId') && <CopyButton value={value} size="compact-xs" />}
            </Text>
          </Group>
        ))}
      </dl>
      {resource.asOf && (
        <Text size="xs" c="dimmed" mt="xs" className="numbers">
          {t('resources.asOf', { time: formatClock(resource.asOf) })}
        </Text>
      )}
    </section>
  )
}
