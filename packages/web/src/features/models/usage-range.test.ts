import { describe, expect, test } from 'vitest'
import { axisEnd, daysIn, everyDay, lastDays, presetOf, rangeOf, wrongRange } from './usage-range.ts'

const now = Date.parse('2026-03-02T00:30:00Z')

test('the last days are counted with today, in UTC', () => {
  expect(lastDays(7, now)).toEqual({ from: '2026-02-24', to: '2026-03-02' })
  expect(daysIn(lastDays(90, now))).toBe(90)
})

describe('what the address asks for', () => {
  test.each([
    [{}, { from: '2026-02-01', to: '2026-03-02' }, 30],
    [{ from: '2026-02-24' }, { from: '2026-02-24', to: '2026-03-02' }, 7],
    [{ from: '2025-12-03' }, { from: '2025-12-03', to: '2026-03-02' }, 90],
    [{ from: '2026-01-01', to: '2026-01-31' }, { from: '2026-01-01', to: '2026-01-31' }, null],
    [{ to: '2026-01-31' }, { from: '2026-02-01', to: '2026-03-02' }, 30],
    [{ from: '2026-01-31', to: '2026-01-01' }, { from: '2026-02-01', to: '2026-03-02' }, 30],
    [{ from: '2026-02-31' }, { from: '2026-02-01', to: '2026-03-02' }, 30],
    [{ from: '2026-13-41' }, { from: '2026-02-01', to: '2026-03-02' }, 30],
  ])('%j', (search, range, preset) => {
    expect(rangeOf(search, now)).toEqual(range)
    expect(presetOf(rangeOf(search, now), now)).toBe(preset)
  })
  test('is refused where it is none, backwards, or more than is answered', () => {
    expect(wrongRange({ from: '', to: '2026-01-01' })).toBe('rangeEmpty')
    expect(wrongRange({ from: '2026-01-02', to: '2026-01-01' })).toBe('rangeWrong')
    expect(wrongRange({ from: '2024-01-01', to: '2024-12-31' })).toBe(null)
    expect(wrongRange({ from: '2024-01-01', to: '2025-01-01' })).toBe('rangeWrong')
  })
})

test('days without use are days as well', () => {
  const some = { requests: 1, failed: 0, inputTokens: 2, outputTokens: 3, estimatedTokens: 0, cost: {} }
  const days = everyDay([{ day: '2026-02-28', ...some }], { from: '2026-02-27', to: '2026-03-01' })
  expect(days.map(({ day, requests }) => [day, requests])).toEqual([
    ...[
      ['2026-02-27', 0],
      ['2026-02-28', 1],
      ['2026-03-01', 0],
    ],
  ])
})

test.each([
  [0, 10],
  [10, 10],
  [11, 20],
  [73_200, 100_000],
  [100_001, 200_000],
])('an axis for %d ends at %d', (most, end) => expect(axisEnd(most)).toBe(end))
