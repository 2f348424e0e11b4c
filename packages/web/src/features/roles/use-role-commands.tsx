import { notifications } from '@mantine/notifications'
import { useNavigate } from '@tanstack/react-router'
import type { Role } from '@tenantry/contract'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem, api } from '../../app/api.ts'
import { DeleteRoleDialog } from './DeleteRoleDialog.tsx'
import { refreshRoles } from './queries.ts'
import { RoleDialog } from './RoleDialog.tsx'
import type { RoleCommand } from './RoleMenu.tsx'

/** What the row menu and the page of a role do, and the dialogs for it. */
export function useRoleCommands(): { run: (command: RoleCommand, role: Role) => void; dialogs: ReactNode } {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [open, setOpen] = useState<{ command: 'edit' | 'duplicate' | 'delete'; role: Role } | null>(null)
  const close = () => setOpen(null)

  const turn = async (role: Role, enabled: boolean) => {
    try {
      await api('editRole', { params: { id: role.id }, body: { enabled }, ifMatch: role.version })
      const message = t(enabled ? 'roles.done.enable' : 'roles.done.disable', { name: role.name })
      notifications.show({ message, color: 'tide' })
    } catch (error) {
      const message = error instanceof ApiProblem ? error.message : t('error.title')
      notifications.show({ message, color: 'red' })
    }
    await refreshRoles()
  }
  const run = (command: RoleCommand, role: Role) => {
    if (command === 'view') void navigate({ to: '/roles/$id', params: { id: role.id } })
    else if (command === 'disable' || command === 'enable') void turn(role, command === 'enable')
    else setOpen({ command, role })
  }
  const dialogs = (
    <>
      {open?.command === 'edit' && <RoleDialog role={open.role} onClose={close} />}
      {open?.command === 'duplicate' && <RoleDialog copyOf={open.role} onClose={close} />}
      {open?.command === 'delete' && <DeleteRoleDialog role={open.role} onClose={close} />}
    </>
  )
  return { run, dialogs }
}
