import { ActionIcon, Menu, Text } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { User } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'
import { commandIcons } from './command-icons.ts'
import { rolesQuery } from './queries.ts'
import { commandsFor, type Offered, type UserCommand } from './user-commands.ts'

/** The row's ellipsis. What cannot be done stays visible, with the reason. */
export function UserMenu({ user, run }: { user: User; run: (command: UserCommand, user: User) => void }) {
  const { t } = useTranslation()
  const { user: me, may } = useSession()
  const { data: roles } = useQuery(rolesQuery)
  const offered = commandsFor(user, { userId: me.id, may, roles })
  const why = ({ refusal }: Offered) => {
    if (refusal === null) return null
    return refusal.reason === 'self'
      ? t('users.cannot.self')
      : t('users.cannot.rights', { missing: refusal.missing.slice(0, 3).join(', ') })
  }
  return (
    <Menu position="bottom-end" width={230} returnFocus>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('users.actionsFor', { username: user.username })}
          data-row-menu
        >
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {offered.map((entry) => {
          const Icon = commandIcons[entry.command]
          const reason = why(entry)
          return (
            <Menu.Item
              key={entry.command}
              leftSection={<Icon size={16} stroke={1.7} aria-hidden />}
              disabled={reason !== null}
              style={entry.command === 'delete' ? { color: 'var(--mantine-color-error)' } : undefined}
              onClick={() => run(entry.command, user)}
            >
              {t(`users.do.${entry.command}`)}
              {reason && (
                <Text size="xs" c="dimmed" style={{ whiteSpace: 'normal' }}>
                  {reason}
                </Text>
              )}
            </Menu.Item>
          )
        })}
      </Menu.Dropdown>
    </Menu>
  )
}
