import type { Permission, Role, User } from '@tenantry/contract'
import { expect, test } from 'vitest'
import { commandsFor } from './user-commands.ts'

const user = { id: 'u', status: 'active', role: { id: 'r', name: 'R' } } as User
const roles = (missing: Permission[] = []) => [{ id: 'r', missing }] as unknown as Role[]
const all = { userId: 'me', may: () => true, roles: roles() }
const names = (offered: ReturnType<typeof commandsFor>) => offered.map(({ command }) => command)

test('the menu is in its order, with what fits the state', () => {
  expect(names(commandsFor(user, all))).toEqual([
    'edit',
    'reset',
    'changeRole',
    'view',
    'quota',
    'disable',
    'signOut',
    'link',
    'delete',
  ])
  expect(names(commandsFor({ ...user, status: 'locked' }, all))).toContain('unlock')
  expect(names(commandsFor({ ...user, status: 'disabled' }, all))).toContain('enable')
  expect(names(commandsFor({ ...user, status: 'deleted' }, all))).toEqual(['view', 'restore'])
})

test('what one may not do is not offered', () => {
  expect(names(commandsFor(user, { ...all, may: (permission) => permission === 'user.view' }))).toEqual(['view'])
})

test('what would be refused is disabled with its reason', () => {
  const self = commandsFor(user, { ...all, userId: 'u' })
  expect(self.find(({ command }) => command === 'disable')?.refusal).toEqual({ reason: 'self' })
  expect(self.find(({ command }) => command === 'edit')?.refusal).toBeNull()
  const stronger = commandsFor(user, { ...all, roles: roles(['user.create']) })
  expect(stronger.filter(({ refusal }) => refusal === null).map(({ command }) => command)).toEqual(['view', 'quota'])
})
