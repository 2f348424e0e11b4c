import { expect, test } from 'vitest'
import type { ResourceQuota } from './objects.ts'
import { limitedBy, limitOf, parseQuantity } from './quota.ts'

test.each([
  ['4', 4],
  ['500m', 0.5],
  ['1e3', 1000],
  ['1E3', 1000],
  ['1E', 1e18],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['2.', 2],
  ['128Gi', 128 * 2 ** 30],
  ['64Mi', 64 * 2 ** 20],
  ['1k', 1000],
  ['-1', -1],
  ['100n', 1e-7],
  [8, 8],
])('%s is %d', (given, value) => {
  expect(parseQuantity(given)).toBeCloseTo(value, 10)
})

test.each(['', 'abc', '1Q', '1 Gi', '1e', 'Gi', '--1', Number.NaN])('%s is no quantity', (given) => {
  expect(parseQuantity(given)).toBeNull()
})

const quota = (name: string, hard: Record<string, string>, used: Record<string, string> = {}, scopes: string[] = []) =>
  ({
    metadata: {
      name,
      namespace: 't',
      uid: null,
      creationTimestamp: null,
      deletionTimestamp: null,
      labels: {},
      annotations: {},
      ownerReferences: [],
    },
    spec: { hard, scopes, scopeSelector: null },
    status: { hard, used },
  }) satisfies ResourceQuota

test('of several quotas the tightest counts', () => {
  const quotas = [
    quota('wide', { 'requests.cpu': '64' }, { 'requests.cpu': '12' }),
    quota('tight', { cpu: '32' }, { cpu: '12' }),
  ]
  expect(limitOf(quotas, ['requests.cpu', 'cpu'])).toEqual({ total: 32, used: 12 })
  expect(limitOf(quotas, ['requests.memory'])).toBeNull()
})

test('a quota for some pods alone is not one for the namespace', () => {
  const quotas = [quota('best-effort', { 'requests.nvidia.com/gpu': '1' }, {}, ['BestEffort'])]
  expect(limitOf(quotas, ['requests.nvidia.com/gpu'])).toBeNull()
  expect(limitedBy(quotas).size).toBe(0)
})

test('a quota that is not enforced yet counts as it was asked for', () => {
  const asked = { ...quota('new', { 'requests.nvidia.com/gpu': '4' }), status: null }
  expect(limitOf([asked], ['requests.nvidia.com/gpu'])).toEqual({ total: 4, used: 0 })
  expect([...limitedBy([asked])]).toEqual(['nvidia.com/gpu'])
})

test('an extended resource is limited by its requests alone', () => {
  expect(limitedBy([quota('old', { 'nvidia.com/gpu': '4' })]).size).toBe(0)
})
