import { notifications } from '@mantine/notifications'
import { useNavigate } from '@tanstack/react-router'
import type { User } from '@tenantry/contract'
import { createElement } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem, api } from '../../app/api.ts'
import { queryClient } from '../../app/session.ts'
import { UndoNote } from '../../ui/UndoNote.tsx'
import { goesOn, ownedBy } from './belongings.ts'
import { belongingsQuery, refreshUsers, showChanged } from './queries.ts'
import type { UserCommand } from './user-commands.ts'

/** Tells of a refusal where there is no form to put it to. */
export function tellRefusal(error: unknown, title: string): void {
  const message = error instanceof ApiProblem ? (error.problem.detail ?? error.problem.title) : ''
  notifications.show({ color: 'red', title, message, role: 'alert', autoClose: 10_000 })
}

/**
 * Carries out what needs no dialog, shown at once and taken back if it is refused; `open` is called for what needs one.
 */
export function useUserCommands(open: (command: UserCommand, user: User) => void) {
  const { t } = useTranslation()
  const navigate = useNavigate()

  const tell = (message: string, undo?: () => void) =>
    notifications.show({
      color: 'tide',
      message: undo ? createElement(UndoNote, { message, undo }) : message,
      ...(undo && { autoClose: 12_000 }),
    })

  const carryOut = async (
    user: User,
    change: Partial<User>,
    work: () => Promise<unknown>,
    done: string,
    undo?: () => void,
  ) => {
    const back = showChanged(user.id, change)
    try {
      await work()
      tell(done, undo)
    } catch (error) {
      back()
      tellRefusal(error, t('error.title'))
    }
    await refreshUsers()
  }

  const params = (user: User) => ({ params: { id: user.id } })
  const disable = (user: User, again = true): Promise<void> =>
    carryOut(
      user,
      { status: 'disabled' },
      () => api('disableUser', params(user)),
      t('users.done.disable', { username: user.username }),
      again ? () => void enable(user, false) : undefined,
    )
  const enable = (user: User, again = true): Promise<void> =>
    carryOut(
      user,
      { status: 'active' },
      () => api('enableUser', params(user)),
      t('users.done.enable', { username: user.username }),
      again ? () => void disable(user, false) : undefined,
    )

  /**
   * At once where nothing goes on without them; otherwise what is to become of it is asked first. What cannot be read does not
   * hold it up: to shut somebody out is urgent, and what they left is there to be stopped afterwards.
   */
  const disableOrAsk = async (user: User) => {
    const left = await queryClient.fetchQuery(belongingsQuery(user.id)).catch(() => null)
    if (left && goesOn(ownedBy(left))) open('disable', user)
    else await disable(user)
  }

  const changeRole = (user: User, role: { id: string; name: string }, again = true): Promise<void> =>
    carryOut(
      user,
      { role },
      () => api('changeRole', { ...params(user), body: { roleId: role.id } }),
      t('users.done.changeRole', { username: user.username, role: role.name }),
      again ? () => void changeRole(user, user.role, false) : undefined,
    )

  const run = (command: UserCommand, user: User): void => {
    if (command === 'view') void navigate({ to: '/users/$id', params: { id: user.id } })
    else if (command === 'disable') void disableOrAsk(user)
    else if (command === 'enable') void enable(user)
    else if (command === 'unlock')
      void carryOut(
        user,
        {},
        () => api('unlockUser', params(user)),
        t('users.done.unlock', { username: user.username }),
      )
    else if (command === 'restore')
      void carryOut(
        user,
        {},
        () => api('restoreUser', params(user)),
        t('users.done.restore', { username: user.username }),
      )
    else open(command, user)
  }
  return { run, changeRole, disable: (user: User) => disable(user) }
}
