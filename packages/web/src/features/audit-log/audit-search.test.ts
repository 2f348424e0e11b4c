import { expect, test } from 'vitest'
import { filterOf, readAuditSearch } from './audit-search.ts'

test('what the address does not say in our words is left out', () => {
  expect(readAuditSearch({ q: 'ada', from: '2026-01-02', to: 'yesterday', result: 'maybe', entry: '7', x: 1 })).toEqual(
    {
      q: 'ada',
      from: '2026-01-02',
      entry: 7,
    },
  )
})

test('a day is whole: from its beginning, up to the beginning of the next', () => {
  const { from, to } = filterOf({ from: '2026-03-01', to: '2026-03-01' }) as { from: string; to: string }
  expect(new Date(to).getTime() - new Date(from).getTime()).toBe(86_400_000)
  expect(filterOf({ from: '2026-99-99' })).toEqual({})
})
