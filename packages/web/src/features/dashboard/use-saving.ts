import { notifications } from '@mantine/notifications'
import type { Layout, LayoutAnswer } from '@tenantry/contract'
import { type LayoutView, saveable } from '@tenantry/contract/layout'
import { createElement, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem, api } from '../../app/api.ts'
import { queryClient, useSession } from '../../app/session.ts'
import { UndoNote } from '../../ui/UndoNote.tsx'
import { layoutQuery } from './queries.ts'

export type Which = 'own' | 'default'
type Props = {
  answer: LayoutAnswer
  view: LayoutView
  draft: Layout
  setDraft: (layout: Layout) => void
  onClose: () => void
  onReopen: (draft: Layout) => void
}

const show = (answer: LayoutAnswer) => queryClient.setQueryData(layoutQuery.queryKey, answer)
const fetchNow = () => queryClient.fetchQuery({ ...layoutQuery, staleTime: 0 })

/** Saves what was edited, or not; what others saved meanwhile is not lost without asking. */
export function useSaving({ answer, view, draft, setDraft, onClose, onReopen }: Props) {
  const { t } = useTranslation()
  const { tenant } = useSession()
  // What it was made from: a later answer that arrives behind the editor's back must not hide that somebody else saved.
  const [base, setBase] = useState(answer)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [conflict, setConflict] = useState<Which | null>(null)

  const tell = (message: string, undo?: () => void) =>
    notifications.show({
      color: 'tide',
      message: undo ? createElement(UndoNote, { message, undo }) : message,
      ...(undo && { autoClose: 12_000 }),
    })
  const attempt = async (which: Which | null, work: () => Promise<void>) => {
    setBusy(true)
    setError(null)
    try {
      await work()
    } catch (problem) {
      if (which && problem instanceof ApiProblem && problem.code === 'changed_meanwhile') setConflict(which)
      else {
        setConflict(null)
        setError(problem)
      }
    }
    setBusy(false)
  }

  const put = async (which: Which, revision: number) => {
    const body = { layout: saveable(draft, view), revision }
    if (which === 'own') {
      show(await api('saveLayout', { body }))
      tell(t('dashboard.done.save'))
      onClose()
    } else {
      const { defaultRevision } = await api('setDefaultLayout', { body })
      setBase({ ...base, defaultRevision })
      setConflict(null)
      tell(t('dashboard.done.setDefault', { tenant: tenant.name }))
      await queryClient.invalidateQueries({ queryKey: layoutQuery.queryKey })
    }
  }
  const restore = async (layout: Layout, revision: number) => {
    try {
      show(await api('saveLayout', { body: { layout, revision } }))
    } catch (problem) {
      const message = problem instanceof ApiProblem ? problem.message : t('dashboard.done.failed')
      notifications.show({ color: 'red', message })
    }
  }
  return {
    base,
    busy,
    error,
    conflict,
    save: () => attempt('own', () => put('own', base.revision)),
    setDefault: () => attempt('default', () => put('default', base.defaultRevision)),
    reset: () =>
      attempt(null, async () => {
        if (base.source === 'own') {
          const now = await api('resetLayout', {})
          show(now)
          tell(t('dashboard.done.reset'), () => void restore(base.layout, now.revision))
        } else tell(t('dashboard.done.reset'), () => onReopen(draft))
        onClose()
      }),
    cancel: (dirty: boolean) => {
      if (dirty) tell(t('dashboard.done.cancel'), () => onReopen(draft))
      onClose()
    },
    keepMine: () =>
      attempt(conflict, async () => {
        const now = await fetchNow()
        await put(conflict ?? 'own', conflict === 'default' ? now.defaultRevision : now.revision)
      }),
    takeTheirs: () =>
      attempt(null, async () => {
        if (conflict === 'default') {
          const theirs = await api('getDefaultLayout', {})
          setBase({ ...base, defaultRevision: theirs.defaultRevision })
          setDraft(theirs.layout)
          setConflict(null)
        } else {
          await fetchNow()
          onClose()
        }
        tell(t('dashboard.done.theirs'))
      }),
  }
}
