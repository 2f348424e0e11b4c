import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { useLocation, useNavigate } from '@tanstack/react-router'
import type { Model } from '@tenantry/contract'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { queryClient } from '../../app/session.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { modelQuery, refreshModels, showModel } from './queries.ts'
import { TestDialog } from './TestDialog.tsx'

export type ModelCommand = 'edit' | 'test' | 'enable' | 'disable' | 'withdraw'
type Commands = {
  run: (command: ModelCommand, model: Model) => void
  dialogs: ReactNode
  /** Why what was done without a dialog was refused. */
  problem: unknown
}

/** What is done with a model that is published, and the dialogs for it. */
export function useModelCommands(): Commands {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const here = useLocation({ select: ({ pathname }) => pathname })
  const [open, setOpen] = useState<{ command: ModelCommand; model: Model } | null>(null)
  const close = () => setOpen(null)
  const say = (command: 'enable' | 'disable' | 'withdraw', { title }: Model) =>
    notifications.show({ message: t(`models.done.${command}`, { name: title }), color: 'tide' })
  const enabling = useMutation({
    mutationFn: async (model: Model) => {
      await showModel(await api('enableModel', { params: { id: model.id } }))
      say('enable', model)
    },
  })
  const run = (command: ModelCommand, model: Model) => {
    if (command === 'edit') void navigate({ to: '/models/$id/edit', params: { id: model.id } })
    else if (command === 'enable') enabling.mutate(model)
    else setOpen({ command, model })
  }
  const disable = async (model: Model) => {
    const disabled = await api('disableModel', { params: { id: model.id } })
    say('disable', model)
    close()
    await showModel(disabled)
  }
  const withdraw = async (model: Model) => {
    await api('withdrawModel', { params: { id: model.id } })
    say('withdraw', model)
    close()
    if (here.includes(model.id)) await navigate({ to: '/models' })
    queryClient.removeQueries(modelQuery(model.id))
    await refreshModels()
  }
  const model = open?.model
  const dialogs = model && (
    <>
      {open.command === 'test' && <TestDialog model={model} onClose={close} />}
      {open.command === 'disable' && (
        <ConfirmDialog
          title={t('models.disable.title', { name: model.title })}
          text={t('models.disable.text')}
          submit={t('models.do.disable')}
          work={() => disable(model)}
          onClose={close}
        />
      )}
      {open.command === 'withdraw' && (
        <ConfirmDialog
          title={t('models.withdraw.title', { name: model.title })}
          text={t('models.withdraw.text')}
          submit={t('models.do.withdraw')}
          word={{ word: model.name, label: t('models.withdraw.type', { name: model.name }) }}
          work={() => withdraw(model)}
          onClose={close}
        />
      )}
    </>
  )
  return { run, dialogs, problem: enabling.error }
}
