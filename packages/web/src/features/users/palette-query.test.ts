import { expect, test } from 'vitest'
import { readPaletteQuery } from './palette-query.ts'

const labels = [
  ['reset', 'Reset Password'],
  ['changeRole', 'Change Role'],
  ['disable', 'Disable'],
  ['signOut', 'Sign out everywhere'],
] as const

test('a command and whom it is for', () => {
  expect(readPaletteQuery('disable ada', labels)).toEqual({ command: 'disable', whom: 'ada' })
  expect(readPaletteQuery('Reset pass Ada Byron', labels)).toEqual({ command: 'reset', whom: 'ada byron' })
  expect(readPaletteQuery('sign out ada', labels)).toEqual({ command: 'signOut', whom: 'ada' })
})

test('a name alone is a name, even where a command begins like it', () => {
  expect(readPaletteQuery('disable', labels)).toEqual({ command: null, whom: 'disable' })
  expect(readPaletteQuery('Ada Byron', labels)).toEqual({ command: null, whom: 'Ada Byron' })
  expect(readPaletteQuery('re ada', labels)).toEqual({ command: null, whom: 're ada' })
})
