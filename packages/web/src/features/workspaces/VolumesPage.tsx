import './messages.ts'
import './workspaces.css'
import { ActionIcon, Button, SegmentedControl, Skeleton, Tooltip } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconDatabase, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { Volume } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { useSession } from '../../app/session.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { Instant } from '../../ui/Instant.tsx'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { PersonName } from '../../ui/PersonName.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { refreshWorkspaces, volumesQuery } from './queries.ts'
import { WorkspaceSections } from './WorkspaceSections.tsx'

const columns = ['name', 'size', 'workspace', 'engine', 'owner', 'created'] as const

/** Volumes, who uses them, and how they go. */
export function VolumesPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { user, may } = useSession()
  const { whose = 'mine' } = useSearch({ from: '/shell/workspaces/volumes' })
  const seeing = may('workspace.view_own') || may('workspace.view_all')
  const { data, error, isPending } = useQuery({ ...volumesQuery(whose), enabled: seeing })
  const [leaving, setLeaving] = useState<Volume | null>(null)
  if (!seeing) return <NoAccess title={t('workspaces.volumes.title')} needs="workspace.view_own" />
  const mayDelete = (volume: Volume) =>
    may('workspace.manage_all') || (may('workspace.delete_own') && volume.person?.id === user.id)
  const remove = async ({ id, name }: Volume) => {
    await api('deleteVolume', { params: { id } })
    notifications.show({ message: t('workspaces.done.deleteVolume', { name }), color: 'tide' })
    setLeaving(null)
    await refreshWorkspaces()
  }
  return (
    <>
      <PageHeader title={t('workspaces.volumes.title')} lead={t('workspaces.volumes.lead')}>
        {may('workspace.view_all') && (
          <SegmentedControl
            aria-label={t('workspaces.filter.whose')}
            data={[
              { value: 'mine', label: t('workspaces.filter.mineOnly') },
              { value: 'all', label: t('workspaces.filter.everybody') },
            ]}
            value={whose}
            onChange={(value) =>
              void navigate({ to: '/workspaces/volumes', search: value === 'all' ? { whose: 'all' } : {} })
            }
          />
        )}
      </PageHeader>
      <WorkspaceSections />
      <ProblemAlert error={error} />
      {isPending && <Skeleton h={200} radius={12} />}
      {data?.length === 0 && (
        <div className="card">
          <EmptyState
            icon={<IconDatabase size={22} />}
            title={t('workspaces.volumes.none')}
            text={t('workspaces.volumes.noneText')}
          >
            {may('workspace.create') && (
              <Button component={Link} to="/workspaces/new" variant="default">
                {t('workspaces.do.launch')}
              </Button>
            )}
          </EmptyState>
        </div>
      )}
      {data && data.length > 0 && (
        <div className="card" style={{ overflowX: 'auto' }}>
          <table className="data-table" aria-label={t('workspaces.volumes.table')}>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {t(`workspaces.volumes.column.${column}`)}
                  </th>
                ))}
                <th scope="col" style={{ width: 44 }}>
                  <span className="unseen">{t('action.more')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.map((volume) => (
                <tr key={volume.id}>
                  <td data-cell="username" style={{ fontWeight: 550 }}>
                    <bdi>{volume.name}</bdi>
                  </td>
                  <td data-label={t('workspaces.volumes.column.size')} className="numbers">
                    {t('workspaces.volumes.size', { n: volume.sizeGiB })}
                  </td>
                  <td data-label={t('workspaces.volumes.column.workspace')}>
                    {volume.workspace ? (
                      <Link to="/workspaces/$id" params={{ id: volume.workspace.id }} style={{ color: 'inherit' }}>
                        <bdi>{volume.workspace.name}</bdi>
                      </Link>
                    ) : (
                      <span className="dim">{t('workspaces.volumes.unused')}</span>
                    )}
                  </td>
                  <td data-label={t('workspaces.volumes.column.engine')}>
                    <bdi>{volume.engine}</bdi>
                  </td>
                  <td data-label={t('workspaces.volumes.column.owner')}>
                    <PersonName person={volume.person ?? { username: volume.owner, name: null }} />
                  </td>
                  <td data-label={t('workspaces.volumes.column.created')}>
                    <Instant at={volume.createdAt} />
                  </td>
                  <td data-cell="menu">
                    {mayDelete(volume) && (
                      <Tooltip
                        label={t('workspaces.volumes.inUse')}
                        disabled={volume.workspace === null}
                        events={{ hover: true, focus: true, touch: true }}
                        position="left"
                        multiline
                        w={180}
                      >
                        <ActionIcon
                          variant="subtle"
                          color="gray"
                          size={32}
                          aria-label={t('workspaces.volumes.delete', { name: volume.name })}
                          // It can still be reached: what is in the way is said then, and read out.
                          aria-disabled={volume.workspace !== null}
                          className="volume-delete"
                          onClick={() => volume.workspace === null && setLeaving(volume)}
                        >
                          <IconTrash size={16} aria-hidden />
                        </ActionIcon>
                      </Tooltip>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {leaving && (
        <ConfirmDialog
          title={t('workspaces.volumes.delete', { name: leaving.name })}
          text={t('workspaces.volumes.deleteText')}
          submit={t('workspaces.do.delete')}
          word={{ word: leaving.name, label: t('workspaces.volumes.type', { name: leaving.name }) }}
          work={() => remove(leaving)}
          onClose={() => setLeaving(null)}
        />
      )}
    </>
  )
}
