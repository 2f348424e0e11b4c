import type { User } from '@tenantry/contract'
import { ChangeRoleDialog } from './ChangeRoleDialog.tsx'
import { DeleteUserDialog } from './DeleteUserDialog.tsx'
import { DisableUserDialog } from './DisableUserDialog.tsx'
import { EditUserDialog } from './EditUserDialog.tsx'
import { RevealDialog } from './RevealDialog.tsx'
import { SignOutDialog } from './SignOutDialog.tsx'
import { UserQuotaDialog } from './UserQuotaDialog.tsx'
import type { UserCommand } from './user-commands.ts'

export type OpenDialog = { command: UserCommand; user: User }
type Props = {
  open: OpenDialog | null
  onClose: () => void
  changeRole: (user: User, role: { id: string; name: string }) => Promise<void>
  disable: (user: User) => Promise<void>
}

/** The dialog of a command, where it has one. */
export function UserDialogs({ open, onClose, changeRole, disable }: Props) {
  if (open === null) return null
  const { command, user } = open
  if (command === 'edit') return <EditUserDialog user={user} onClose={onClose} />
  if (command === 'reset') return <RevealDialog user={user} kind="reset" onClose={onClose} />
  if (command === 'link') return <RevealDialog user={user} kind="link" onClose={onClose} />
  if (command === 'changeRole') return <ChangeRoleDialog user={user} onClose={onClose} changeRole={changeRole} />
  if (command === 'disable') return <DisableUserDialog user={user} onClose={onClose} disable={disable} />
  if (command === 'quota') return <UserQuotaDialog user={user} onClose={onClose} />
  if (command === 'signOut') return <SignOutDialog user={user} onClose={onClose} />
  if (command === 'delete') return <DeleteUserDialog user={user} onClose={onClose} />
  return null
}
