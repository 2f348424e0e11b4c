import { ActionIcon, Menu } from '@mantine/core'
import {
  IconArrowBackUp,
  IconDoorEnter,
  IconDots,
  IconHistory,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconTrash,
  IconUserPlus,
} from '@tabler/icons-react'
import type { Tenant } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'

export type TenantCommand = 'retry' | 'enter' | 'admin' | 'suspend' | 'resume' | 'delete' | 'restore' | 'audit'

/** The row's ellipsis: what may be done with the tenant as it is. */
export function TenantMenu({ tenant, run }: { tenant: Tenant; run: (command: TenantCommand, tenant: Tenant) => void }) {
  const { t } = useTranslation()
  const { may } = useSession()
  const { status } = tenant
  const there = status === 'active' || status === 'suspended'
  const items: [TenantCommand, typeof IconDots, boolean][] = [
    ['retry', IconRefresh, status === 'failed' && may('tenant.create')],
    ['enter', IconDoorEnter, there && may('tenant.enter')],
    ['admin', IconUserPlus, there && may('tenant.create')],
    ['audit', IconHistory, may('platform.audit')],
    ['suspend', IconPlayerPause, status === 'active' && may('tenant.suspend')],
    ['resume', IconPlayerPlay, status === 'suspended' && may('tenant.suspend')],
    ['restore', IconArrowBackUp, status === 'deleted' && may('tenant.delete')],
    ['delete', IconTrash, (there || status === 'failed') && may('tenant.delete')],
  ]
  return (
    <Menu position="bottom-end" width={220} withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={32} aria-label={t('tenants.actions', { slug: tenant.slug })}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {items
          .filter(([, , shown]) => shown)
          .map(([command, Icon]) => (
            <Menu.Item
              key={command}
              leftSection={<Icon size={16} aria-hidden />}
              {...(command === 'delete' && { color: 'red' })}
              onClick={() => run(command, tenant)}
            >
              {t(`tenants.do.${command}`)}
            </Menu.Item>
          ))}
      </Menu.Dropdown>
    </Menu>
  )
}
