import { Group, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core'
import {
  IconBoxMultiple,
  IconCpu,
  IconDeviceDesktopAnalytics,
  IconHexagons,
  IconLock,
  IconServer2,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { useSession } from '../../app/session.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'

const icons = {
  baremetal: IconServer2,
  vm: IconDeviceDesktopAnalytics,
  kubernetes: IconHexagons,
  slurm: IconBoxMultiple,
}
type Kind = keyof typeof icons

/** The landing page: one card for each kind of resource the person may see. */
export function DashboardPage() {
  const { t } = useTranslation()
  const { user, tenant } = useSession()
  const overview = useQuery({ queryKey: ['overview'], queryFn: ({ signal }) => api('getOverview', { signal }) })
  const lead = tenant.kind === 'platform' ? t('dashboard.leadPlatform') : t('dashboard.lead', { tenant: tenant.name })
  return (
    <>
      <PageHeader title={t('dashboard.title')} lead={`${t('dashboard.hello', { name: user.firstName })}. ${lead}`} />
      <ProblemAlert error={overview.error} />
      {overview.data?.cards.length === 0 && (
        <EmptyState icon={<IconLock size={22} />} title={t('dashboard.none')} text={t('dashboard.noneText')} />
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        {overview.isPending && Object.keys(icons).map((kind) => <Skeleton key={kind} h={214} radius={12} />)}
        {overview.data?.cards.map(({ kind }) => (
          <ResourceCard key={kind} kind={kind} />
        ))}
      </SimpleGrid>
    </>
  )
}

function ResourceCard({ kind }: { kind: Kind }) {
  const { t } = useTranslation()
  const { may } = useSession()
  const Icon = icons[kind]
  return (
    <Stack component="section" className="card" gap={0} aria-labelledby={`card-${kind}`}>
      <Group gap="sm" px="md" py="sm" wrap="nowrap" style={{ borderBottom: '1px solid var(--page-line)' }}>
        <Icon size={20} stroke={1.6} aria-hidden />
        <div>
          <Title order={2} fz="md" id={`card-${kind}`}>
            {t(`dashboard.kind.${kind}`)}
          </Title>
          <Text size="xs" c="dimmed">
            {t(`dashboard.what.${kind}`)}
          </Text>
        </div>
      </Group>
      <Stack align="center" ta="center" gap={6} px="lg" py={30}>
        <IconCpu size={26} stroke={1.2} color="var(--mantine-color-dimmed)" aria-hidden />
        <Text fw={550} size="sm">
          {t('dashboard.empty')}
        </Text>
        <Text size="sm" c="dimmed" maw={380}>
          {may('engine.connect') ? t('dashboard.emptyPlatform') : t('dashboard.emptyText')}
        </Text>
      </Stack>
    </Stack>
  )
}
