import { describe, expect, test } from 'vitest'
import { costInWords, digitsOf, formatMoney, formatShare, formatTokens } from './in-words.ts'

test.each([
  [0, '0'],
  [812, '812'],
  [9_999, '9,999'],
  [12_345, '12.3K'],
  [1_500_000, '1.5M'],
  [1_000_000_000, '1B'],
])('%d tokens are said as %s', (tokens, words) => expect(formatTokens(tokens)).toBe(words))

describe('money', () => {
  test.each([
    [0, 'EUR', '€0.00'],
    [12, 'USD', '$12.00'],
    [1_234.567, 'EUR', '€1,234.57'],
    [0.0125, 'EUR', '€0.0125'],
    [0.6, 'EUR', '€0.60'],
    [0.000_01, 'EUR', '< €0.0001'],
  ])('%d %s is %s', (amount, currency, words) => expect(formatMoney(amount, currency)).toBe(words))
  test('of a currency that nobody knows is named by its code', () => expect(formatMoney(2, 'QQQ')).toContain('QQQ'))
  test('of several currencies is never added up', () =>
    expect(costInWords({ USD: 12, EUR: 0.25 })).toEqual(['€0.25', '$12.00']))
})

test('amounts of one currency have as many decimals as the finest of them', () => {
  const digits = digitsOf([{ EUR: 1.25, USD: 12 }, { EUR: 0.0125 }, { USD: 0.5 }])
  expect(digits).toEqual({ EUR: 4, USD: 2 })
  expect(costInWords({ EUR: 1.25, USD: 0.5 }, digits)).toEqual(['€1.2500', '$0.50'])
  expect(costInWords({ EUR: 0.000_01 }, digits)).toEqual(['< €0.0001'])
})

test('a share is not said to be the whole before it is', () => {
  expect([0, 0.836, 0.999, 1, 1.5].map(formatShare)).toEqual(['0%', '84%', '99%', '100%', '150%'])
})
