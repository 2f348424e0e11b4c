import { notifications } from '@mantine/notifications'
import { useNavigate } from '@tanstack/react-router'
import type { Workspace } from '@tenantry/contract'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem, api } from '../../app/api.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { BlockedDialog } from './BlockedDialog.tsx'
import { DeleteDialog } from './DeleteDialog.tsx'
import { HandOverDialog } from './HandOverDialog.tsx'
import { stopInWords } from './in-words.ts'
import { postTicket, takeWindow } from './open-window.ts'
import { refreshWorkspaces, showWorkspace } from './queries.ts'

export type WorkspaceCommand =
  | 'view'
  | 'open'
  | 'start'
  | 'stop'
  | 'restart'
  | 'extend'
  | 'share'
  | 'handOver'
  | 'delete'
export type Run = (command: WorkspaceCommand, workspace: Workspace) => void

const operations = {
  start: 'startWorkspace',
  stop: 'stopWorkspace',
  restart: 'restartWorkspace',
  extend: 'extendWorkspace',
} as const
type Verb = keyof typeof operations

/** What card, menu, page and dashboard do with a workspace, and the dialogs for it. `busy`: whose verb is being carried out. */
export function useWorkspaceCommands(): { run: Run; busy: string | null; dialogs: ReactNode } {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [busy, setBusy] = useState<string | null>(null)
  const [asked, setAsked] = useState<{
    what: 'stop' | 'restart' | 'handOver' | 'delete' | 'blocked'
    about: Workspace
  } | null>(null)
  const close = () => setAsked(null)

  const tellRefusal = (error: unknown) =>
    notifications.show({
      color: 'red',
      role: 'alert',
      autoClose: 10_000,
      title: error instanceof ApiProblem ? error.problem.title : t('error.title'),
      message: error instanceof ApiProblem ? (error.problem.detail ?? '') : '',
    })
  const change = async (verb: Verb, { id, name }: Workspace) => {
    const changed = await api(operations[verb], { params: { id } })
    showWorkspace(changed)
    notifications.show({ message: t(`workspaces.done.${verb}`, { name }), color: 'tide' })
    void refreshWorkspaces()
  }
  const attempt = async (id: string, work: () => Promise<void>) => {
    setBusy(id)
    try {
      await work()
    } catch (error) {
      tellRefusal(error)
      void refreshWorkspaces()
    } finally {
      setBusy(null)
    }
  }
  const open = (workspace: Workspace) => {
    const opened = takeWindow(workspace.id, t('workspaces.opening', { name: workspace.name }))
    if (!opened) return setAsked({ what: 'blocked', about: workspace })
    close()
    void attempt(workspace.id, async () => {
      try {
        await postTicket(workspace.id, 'window')
      } catch (error) {
        opened.close()
        throw error
      }
    })
  }
  const run: Run = (command, workspace) => {
    const { id } = workspace
    if (command === 'view') void navigate({ to: '/workspaces/$id', params: { id } })
    else if (command === 'share') void navigate({ to: '/workspaces/$id', params: { id }, search: { tab: 'access' } })
    else if (command === 'open') open(workspace)
    else if (command === 'start' || command === 'extend') void attempt(id, () => change(command, workspace))
    else setAsked({ what: command, about: workspace })
  }
  const dialogs = asked && (
    <>
      {(asked.what === 'stop' || asked.what === 'restart') && (
        <ConfirmDialog
          title={t(`workspaces.sure.${asked.what}`, { name: asked.about.name })}
          submit={t(`workspaces.do.${asked.what}`)}
          text={stopInWords(t, asked.about)}
          work={async () => {
            await change(asked.what as Verb, asked.about)
            close()
          }}
          onClose={close}
        />
      )}
      {asked.what === 'handOver' && <HandOverDialog workspace={asked.about} onClose={close} />}
      {asked.what === 'delete' && <DeleteDialog workspace={asked.about} onClose={close} />}
      {asked.what === 'blocked' && (
        <BlockedDialog
          name={asked.about.name}
          onAgain={() => open(asked.about)}
          onHere={() => void attempt(asked.about.id, () => postTicket(asked.about.id, 'here'))}
          onClose={close}
        />
      )}
    </>
  )
  return { run, busy, dialogs }
}
