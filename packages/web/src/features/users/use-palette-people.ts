import { useDebouncedValue } from '@mantine/hooks'
import { IconUser } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import type { User } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Entry } from '../../app/palette-entries.ts'
import { useSession } from '../../app/session.ts'
import { commandIcons } from './command-icons.ts'
import { readPaletteQuery } from './palette-query.ts'
import { rolesQuery, userQuery, usersQuery } from './queries.ts'
import type { OpenDialog } from './UserDialogs.tsx'
import { useUserCommands } from './use-user-commands.ts'
import { commandsFor, type UserCommand, userCommands } from './user-commands.ts'

/**
 * What the palette offers about users: the menu of the one whose page is open, those a name finds, and a command with a name
 * behind it. The commands are those of the row menu.
 */
export function usePalettePeople(opened: boolean, query: string) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { user: me, may } = useSession()
  // Other pages have an id of something else in their address.
  const { id = '' } = useParams({ from: '/shell/users/$id', shouldThrow: false }) ?? {}
  const [dialog, setDialog] = useState<OpenDialog | null>(null)
  const { run, changeRole, disable } = useUserCommands((command, user) => setDialog({ command, user }))
  const seeing = opened && may('user.view')
  const { data: roles } = useQuery({ ...rolesQuery, enabled: seeing })
  const open = useQuery({ ...userQuery(id), enabled: seeing && id !== '' })
  const labels = userCommands.map((command) => [command, t(`users.do.${command}`)] as const)
  const { command, whom } = readPaletteQuery(query, labels)
  const [sought] = useDebouncedValue(whom, 150)
  const found = useQuery({ ...usersQuery({ q: sought, limit: 25 }), enabled: seeing && sought.length > 1 })

  const offered = (user: User) =>
    commandsFor(user, { userId: me.id, may, roles }).filter(({ refusal }) => refusal === null)
  const entry = (name: UserCommand, user: User, group: string): Entry => ({
    id: `${name} ${user.id}`,
    group,
    label: t('palette.commandFor', { command: t(`users.do.${name}`), username: user.username }),
    description: `${user.firstName} ${user.lastName}`,
    icon: commandIcons[name],
    run: () => run(name, user),
  })

  const words = query.trim().toLowerCase()
  const here =
    open.data && id !== ''
      ? offered(open.data)
          .filter((one) => one.command !== 'view' && t(`users.do.${one.command}`).toLowerCase().includes(words))
          .map((one) => entry(one.command, open.data, t('palette.here')))
      : []
  const people = whom.length > 1 && sought === whom && found.data ? found.data.items.slice(0, 8) : []
  const pages = people.map((user) => ({
    id: user.id,
    group: t('palette.users'),
    label: `${user.firstName} ${user.lastName}`,
    description: `${user.username} · ${user.email}`,
    icon: IconUser,
    run: () => navigate({ to: '/users/$id', params: { id: user.id } }),
  }))
  const commands = people
    .filter((user) => command !== null && offered(user).some((one) => one.command === command))
    .map((user) => entry(command as UserCommand, user, t('palette.do')))
  return {
    here,
    found: command === null ? pages : commands,
    dialogs: { open: dialog, onClose: () => setDialog(null), changeRole, disable },
  }
}
