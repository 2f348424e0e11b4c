import type { Allocation } from '@tenantry/contract'
import { expect, test } from 'vitest'
import { noAllocation, quotaOf, scopeOf, valuesOf } from './allocation-values.ts'

const base = { id: 'a', tenantId: 't', tenant: 'acme', engineId: 'e', engine: 'E', version: 1 }
const noLimit = { gpus: [], cpus: null, memoryMiB: null, storageGiB: null }

test('what is edited and left as it was is sent as it was', () => {
  const parts: Allocation['scope'][] = [
    { kind: 'slurm', accounts: ['acme'], partitions: ['gpu', 'long'], prefix: 'acme-' },
    { kind: 'slurm', accounts: ['acme'], partitions: ['gpu'], prefix: null },
    { kind: 'kubernetes', namespaces: null },
    { kind: 'kubernetes', namespaces: ['t-acme'] },
    { kind: 'kubevirt', namespaces: ['vms'] },
    { kind: 'metal3', namespaces: ['metal'] },
    { kind: 'ironic', lessee: 'acme' },
    { kind: 'nova', project: 'abc' },
    { kind: 'this_machine' },
  ]
  const quotas = [
    noLimit,
    { gpus: [{ model: 'H100', count: 8 }], cpus: 0, memoryMiB: 1, storageGiB: 0 },
    ...[1000, 1023, 1025, 524_288, 99_999_999].map((memoryMiB) => ({ ...noLimit, memoryMiB })),
  ]
  for (const scope of parts) {
    for (const quota of quotas) {
      const values = valuesOf({ ...base, scope, quota })
      expect(scopeOf(scope.kind, values)).toEqual(scope)
      expect(quotaOf(values)).toEqual(quota)
    }
  }
})

test('names that were typed in one go are taken apart', () => {
  const values = { ...noAllocation, accounts: ['a,b c', 'b'], partitions: ['gpu, '] }
  expect(scopeOf('slurm', values)).toEqual({
    kind: 'slurm',
    accounts: ['a', 'b', 'c'],
    partitions: ['gpu'],
    prefix: null,
  })
})

test('empty is without a limit, and an empty GPU row is none', () => {
  const gpus = [{ key: 0, model: ' ', count: '' }]
  expect(quotaOf({ ...noAllocation, gpus })).toEqual(noLimit)
  expect(quotaOf({ ...noAllocation, memory: '1.5 GiB', storageGiB: '20' })).toMatchObject({
    memoryMiB: 1536,
    storageGiB: 20,
  })
  expect(quotaOf({ ...noAllocation, memory: 'much' })).toBeNull()
})
