import { Checkbox } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useLocation, useNavigate } from '@tanstack/react-router'
import type { Workspace } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { queryClient } from '../../app/session.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { peopleInWords } from './in-words.ts'
import { refreshWorkspaces, workspaceQuery } from './queries.ts'

/** Delete: says what is lost, who loses it, and what is kept. Only where the volume goes as well does one type the name. */
export function DeleteDialog({ workspace, onClose }: { workspace: Workspace; onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const here = useLocation({ select: ({ pathname }) => pathname })
  const [withVolume, setWithVolume] = useState(false)
  const { id, name, volume } = workspace
  const people = peopleInWords(t, workspace)
  const said = [
    t(volume ? 'workspaces.delete.ends' : 'workspaces.delete.lost'),
    people && t('workspaces.delete.shared', { people }),
    volume && withVolume && t('workspaces.delete.withVolumeText', { volume: volume.name }),
    t('workspaces.delete.undone'),
    volume && !withVolume && t('workspaces.delete.kept', { volume: volume.name, size: volume.sizeGiB }),
  ]
  return (
    <ConfirmDialog
      title={t('workspaces.delete.title', { name })}
      text={said.filter(Boolean).join(' ')}
      submit={t('workspaces.do.delete')}
      word={withVolume ? { word: name, label: t('workspaces.delete.type', { name }) } : null}
      work={async () => {
        await api('deleteWorkspace', { params: { id }, query: { volume: withVolume ? 'delete' : 'keep' } })
        notifications.show({ message: t('workspaces.done.delete', { name }), color: 'tide' })
        onClose()
        if (here.includes(id)) await navigate({ to: '/workspaces' })
        queryClient.removeQueries(workspaceQuery(id))
        await refreshWorkspaces()
      }}
      onClose={onClose}
    >
      {volume && (
        <Checkbox
          label={t('workspaces.delete.withVolume', { volume: volume.name })}
          checked={withVolume}
          onChange={(event) => setWithVolume(event.currentTarget.checked)}
        />
      )}
    </ConfirmDialog>
  )
}
