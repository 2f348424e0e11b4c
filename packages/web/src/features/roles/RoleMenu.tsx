import { ActionIcon, Menu, Text } from '@mantine/core'
import { IconBan, IconCircleCheck, IconCopy, IconDots, IconEye, IconPencil, IconTrash } from '@tabler/icons-react'
import type { Role } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'

export type RoleCommand = 'view' | 'edit' | 'duplicate' | 'disable' | 'enable' | 'delete'

/** The row's ellipsis. What cannot be done stays visible, with the reason. */
export function RoleMenu({ role, run }: { role: Role; run: (command: RoleCommand, role: Role) => void }) {
  const { t } = useTranslation()
  const { may } = useSession()
  const changing = (permission: 'role.update' | 'role.delete') => {
    if (role.builtIn) return t('roles.isBuiltIn')
    if (!may(permission)) return t('roles.notPermitted')
    return role.missing.length > 0 ? t('roles.exceeds') : null
  }
  const items: [RoleCommand, typeof IconEye, string | null][] = [
    ['view', IconEye, null],
    ['edit', IconPencil, changing('role.update')],
    ['duplicate', IconCopy, may('role.create') ? null : t('roles.notPermitted')],
    role.enabled ? ['disable', IconBan, changing('role.update')] : ['enable', IconCircleCheck, changing('role.update')],
    ['delete', IconTrash, changing('role.delete')],
  ]
  return (
    <Menu position="bottom-end" width={250} withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={32} aria-label={t('roles.actions', { name: role.name })}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {items.map(([command, Icon, refusal]) => (
          <Menu.Item
            key={command}
            leftSection={<Icon size={16} aria-hidden />}
            disabled={refusal !== null}
            {...(command === 'delete' && refusal === null && { color: 'red' })}
            onClick={() => run(command, role)}
          >
            {t(`roles.do.${command}`)}
            {refusal !== null && (
              <Text size="xs" c="dimmed">
                {refusal}
              </Text>
            )}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
