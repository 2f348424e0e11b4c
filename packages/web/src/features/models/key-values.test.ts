import type { ModelKey } from '@tenantry/contract'
import { expect, test } from 'vitest'
import { endOf, endsSoon, keyOf, newKey, nextMonth } from './key-values.ts'

const now = Date.parse('2026-01-31T12:00:00Z')

test('a key ends after as many days as were chosen, or never', () => {
  expect(endOf('7', now)?.toISOString()).toBe('2026-02-07T12:00:00.000Z')
  expect(endOf('365', now)?.toISOString()).toBe('2027-01-31T12:00:00.000Z')
  expect(endOf('never', now)).toBe(null)
})

test('what is sent: no models chosen are all of them, and empty is without a limit', () => {
  expect(keyOf({ ...newKey, name: 'n', modelIds: ['left over'] })).toEqual({
    ...{ name: 'n', modelIds: null, days: 90, requestsPerMinute: null, tokensPerMonth: null },
  })
  expect(keyOf({ ...newKey, which: 'these', modelIds: ['a'], days: 'never', tokensPerMonth: 5 })).toMatchObject({
    ...{ modelIds: ['a'], days: null, tokensPerMonth: 5 },
  })
})

test('only a key that works still ends soon', () => {
  const key = { state: 'active', expiresAt: '2026-02-07T11:59:00.000Z' } as ModelKey
  expect(endsSoon(key, now)).toBe(true)
  expect(endsSoon({ ...key, expiresAt: '2026-02-07T12:01:00.000Z' }, now)).toBe(false)
  expect(endsSoon({ ...key, expiresAt: null }, now)).toBe(false)
  expect(endsSoon({ ...key, state: 'revoked' }, now)).toBe(false)
})

test('a month is over on the first of the next, UTC', () => {
  expect(nextMonth(new Date('2026-12-31T23:59:00Z'))).toBe('January 1, 2027')
})
