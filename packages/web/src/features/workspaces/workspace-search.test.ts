import { expect, test } from 'vitest'
import { readWorkspaceSearch, readWorkspaceTab } from './workspace-search.ts'

test('what the address says of the list is taken as far as it is understood', () => {
  expect(
    readWorkspaceSearch({ q: 12, state: 'running,melted,failed', whose: 'all', sort: 'name', cursor: 'x' }),
  ).toEqual({
    q: '12',
    state: 'running,failed',
    whose: 'all',
    sort: 'name',
    cursor: 'x',
  })
  expect(readWorkspaceSearch({ q: '', state: 'melted', whose: 'hers', sort: '-created', cursor: {} })).toEqual({})
})

test('a tab that there is not is the first', () => {
  expect(readWorkspaceTab({ tab: 'access' })).toEqual({ tab: 'access' })
  expect(readWorkspaceTab({ tab: 'money' })).toEqual({})
})
