import { notifications } from '@mantine/notifications'
import { useNavigate } from '@tanstack/react-router'
import type { Tenant } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { ApiProblem, api } from '../../app/api.ts'
import { queryClient, switchTo } from '../../app/session.ts'
import type { TenantCommand } from './TenantMenu.tsx'

export const refreshTenants = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['tenants'] })

/** What needs no dialog is done at once; the rest is asked for with `ask`. */
export function useTenantCommands(ask: (what: 'admin' | 'delete', tenant: Tenant) => void) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const tell = (command: 'retry' | 'suspend' | 'resume' | 'delete' | 'restore', { name }: Tenant) =>
    notifications.show({ message: t(`tenants.did.${command}`, { name }), color: 'tide' })
  const change = async (command: 'retry' | 'suspend' | 'resume' | 'restore', tenant: Tenant) => {
    const { statusReason } = await api(`${command}Tenant`, { params: { id: tenant.id } })
    if (statusReason === null) tell(command, tenant)
    else notifications.show({ message: statusReason, color: 'red' })
    await refreshTenants()
  }
  const go = async ({ id }: Tenant) => {
    const session = await api('enterTenant', { params: { id } })
    await navigate({ to: '/dashboard' })
    switchTo(session)
  }
  const run = (command: TenantCommand, tenant: Tenant) => {
    if (command === 'admin' || command === 'delete') return ask(command, tenant)
    if (command === 'audit') return void navigate({ to: '/audit', search: { tenant: tenant.id } })
    const done = command === 'enter' ? go(tenant) : change(command, tenant)
    done.catch((error) => {
      const message = error instanceof ApiProblem ? error.message : t('error.title')
      notifications.show({ message, color: 'red' })
      void refreshTenants()
    })
  }
  return { run, tell }
}
