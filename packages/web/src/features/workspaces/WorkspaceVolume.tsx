import { Stack, Text } from '@mantine/core'
import { IconDatabaseOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Workspace } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { PersonName } from '../../ui/PersonName.tsx'

/** Where its files are kept, or that they are not. */
export function WorkspaceVolume({ workspace: { volume, engine, owner, mine } }: { workspace: Workspace }) {
  const { t } = useTranslation()
  if (!volume)
    return (
      <div className="card">
        <EmptyState
          icon={<IconDatabaseOff size={22} />}
          title={t('workspaces.view.noVolume')}
          text={t('workspaces.view.noVolumeText')}
        />
      </div>
    )
  return (
    <Stack maw={760}>
      <Text size="sm">{t('workspaces.view.volumeText')}</Text>
      <Facts
        facts={[
          [t('workspaces.volumes.column.name'), <bdi key="n">{volume.name}</bdi>],
          [t('workspaces.volumes.column.size'), t('workspaces.volumes.size', { n: volume.sizeGiB })],
          [t('workspaces.volumes.column.engine'), <bdi key="e">{engine}</bdi>],
          [t('workspaces.volumes.column.owner'), <PersonName key="o" person={owner} />],
        ]}
      />
      <Text size="sm">
        <Link to="/workspaces/volumes" search={mine ? {} : { whose: 'all' }} style={{ color: 'inherit' }}>
          {t('workspaces.view.toVolumes')}
        </Link>
      </Text>
    </Stack>
  )
}
