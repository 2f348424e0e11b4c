import { expect, test } from 'vitest'
import { callName, callWhole } from './person.ts'

test('people are called by their name, and by their user name where they have none', () => {
  const bob = { username: 'bob', name: 'Bob Builder' }
  expect([callName(bob), callWhole(bob)]).toEqual(['Bob Builder', 'Bob Builder (bob)'])
  const gone = { username: 'bob', name: null }
  expect([callName(gone), callWhole(gone)]).toEqual(['bob', 'bob'])
  expect(callWhole({ username: 'bob', name: 'bob' })).toBe('bob')
})
