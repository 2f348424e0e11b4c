import { expect, test } from 'vitest'
import { nextSort, readUserSearch, selectedIds } from './user-search.ts'

test('an address that holds nonsense is a list without it', () => {
  expect(readUserSearch({ q: 7, sort: 'password', limit: 1e9, create: 'yes', cursor: {}, status: null })).toEqual({
    q: '7',
  })
})

test('what the address holds comes back as it was', () => {
  const search = {
    q: 'ada',
    role: 'r1,r2',
    status: 'active',
    sort: '-name',
    cursor: 'c',
    limit: 100,
    selected: 'a,b',
    create: true,
  } as const
  expect(readUserSearch({ ...search })).toEqual(search)
  expect(selectedIds(readUserSearch({ selected: 'a,b,' }))).toEqual(['a', 'b'])
})

test('a heading sorts up, then down, then not', () => {
  expect([undefined, 'name', '-name', 'email'].map((sort) => nextSort(sort, 'name'))).toEqual([
    'name',
    '-name',
    undefined,
    'name',
  ])
})
