import { notifications } from '@mantine/notifications'
import { useNavigate } from '@tanstack/react-router'
import type { Engine } from '@tenantry/contract'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { EditEngineDialog } from './EditEngineDialog.tsx'
import type { EngineCommand } from './EngineMenu.tsx'
import { tellProblem } from './EngineProblem.tsx'
import { refreshEngines } from './queries.ts'
import { RotateDialog } from './RotateDialog.tsx'
import { TestDialog } from './TestDialog.tsx'

/** What the row menu and the page of an engine do, and the dialogs for it. */
export function useEngineCommands(): { run: (command: EngineCommand, engine: Engine) => void; dialogs: ReactNode } {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [open, setOpen] = useState<{ command: EngineCommand; engine: Engine } | null>(null)
  const close = () => setOpen(null)
  const run = (command: EngineCommand, engine: Engine) => {
    if (command === 'view') void navigate({ to: '/engines/$id', params: { id: engine.id } })
    else setOpen({ command, engine })
  }
  const disconnect = async ({ id, name }: Engine) => {
    await api('disconnectEngine', { params: { id } })
    notifications.show({ message: t('engines.done.disconnect', { name }), color: 'tide' })
    close()
    await navigate({ to: '/engines' })
    await refreshEngines()
  }
  const dialogs = open && (
    <>
      {open.command === 'test' && <TestDialog engine={open.engine} onClose={close} />}
      {open.command === 'edit' && <EditEngineDialog engine={open.engine} onClose={close} />}
      {open.command === 'rotate' && <RotateDialog engine={open.engine} onClose={close} />}
      {open.command === 'disconnect' && (
        <ConfirmDialog
          title={t('engines.disconnect.title', { name: open.engine.name })}
          text={t('engines.disconnect.text')}
          word={{ word: open.engine.name, label: t('engines.disconnect.confirm', { name: open.engine.name }) }}
          submit={t('engines.do.disconnect')}
          refusal={tellProblem}
          work={() => disconnect(open.engine)}
          onClose={close}
        />
      )}
    </>
  )
  return { run, dialogs }
}
