import { notifications } from '@mantine/notifications'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ApiProblem, api } from '../../app/api.ts'
import { useSession } from '../../app/session.ts'
import { UndoNote } from '../../ui/UndoNote.tsx'
import { forgetChat, knownChat, startAnew } from './open-chats.ts'
import { refreshChats } from './queries.ts'

type Line = { id: string; title: string; shared: boolean }

/** What is done with a chat besides talking; `current` is the one that is open. */
export function useChatCommands(current: string | null) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { tenant } = useSession()
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work()
    } catch (error) {
      notifications.show({
        color: 'red',
        role: 'alert',
        autoClose: 10_000,
        title: error instanceof ApiProblem ? error.problem.title : t('error.title'),
        message: error instanceof ApiProblem ? (error.problem.detail ?? '') : '',
      })
    }
    void refreshChats()
  }
  const share = (line: Line): Promise<void> =>
    attempt(async () => {
      const { shared } = await api(line.shared ? 'unshareChat' : 'shareChat', { params: { id: line.id } })
      knownChat(line.id)?.keeper.describe({ shared })
      if (!shared) return void notifications.show({ color: 'tide', message: t('playground.history.unsharedDone') })
      // Who shares by mistake takes it back where they see what they did.
      const note = notifications.show({
        autoClose: 10_000,
        message: (
          <UndoNote
            message={t('playground.history.sharedDone', { tenant: tenant.name })}
            undo={() => {
              notifications.hide(note)
              void share({ ...line, shared })
            }}
          />
        ),
      })
    })
  const copyLink = async ({ id }: Line) => {
    const link = `${location.origin}/playground/${id}`
    const copied = await navigator.clipboard?.writeText(link).then(
      () => true,
      () => false,
    )
    notifications.show({
      message: t(copied ? 'playground.history.linkCopied' : 'playground.history.linkFailed', { link }),
    })
  }
  const restore = ({ id, title }: Line, wasOpen: boolean) =>
    attempt(async () => {
      await api('restoreChat', { params: { id } })
      // Whoever has gone elsewhere meanwhile, or begun another chat, is not taken away from it.
      if (wasOpen && window.location.pathname === '/playground')
        await navigate({ to: '/playground/$id', params: { id } })
      notifications.show({ color: 'tide', message: t('playground.history.restored', { title }) })
    })
  const remove = (line: Line) =>
    attempt(async () => {
      await api('deleteChat', { params: { id: line.id } })
      const wasOpen = current === line.id
      if (wasOpen) {
        startAnew()
        await navigate({ to: '/playground', search: {} })
      }
      forgetChat(line.id)
      const note = notifications.show({
        autoClose: 10_000,
        message: (
          <UndoNote
            message={t('playground.history.deleted', { title: line.title })}
            undo={() => {
              notifications.hide(note)
              void restore(line, wasOpen)
            }}
          />
        ),
      })
    })
  const begin = () => {
    startAnew()
    void navigate({ to: '/playground', search: {} })
  }
  return { share, copyLink, remove, begin }
}
