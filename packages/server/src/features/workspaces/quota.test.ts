import type { Accelerator, Quota, UserQuota } from '@tenantry/contract'
import { expect, test } from 'vitest'
import { type Facts, refusalOf, unlimited } from './quota.ts'

const a100 = { model: 'a100', used: 0, free: 56, total: 56 }
const slice = (count: number, profile = '3g.40gb'): Accelerator => ({ kind: 'mig', model: 'a100', profile, count })
const row = (profile: string | null, accelerators: number) => ({
  ...{ model: 'a100', profile, accelerators },
  ...{ cpus: 1, memory_mib: 1, storage_gib: 0, workspaces: 1 },
})
const facts = (gpus: Quota['gpus'], own: Partial<UserQuota>, more: Partial<Facts> = {}): Facts => ({
  quota: { gpus, cpus: null, memoryMiB: null, storageGiB: null },
  gpus: [null, '1g.10gb', '3g.40gb'].map((profile) => ({ ...a100, profile })),
  ...{ held: [], jobs: [], own: [] },
  userQuota: { ...unlimited, ...own },
  ...more,
})
const refused = (accelerator: Accelerator, of: Facts) =>
  refusalOf({ cpus: 1, memoryMiB: 1, storageGiB: 0, accelerator }, of)

test('a slice counts as a GPU of the person', () => {
  expect(refused(slice(1), facts([], { gpus: 0 }))).toBe('You may use 0 GPUs, 0 in use: 0 left, and this needs 1.')
  expect(refused(slice(1), facts([], { gpus: 2 }, { own: [row('1g.10gb', 1)] }))).toBeNull()
  expect(refused(slice(1), facts([], { gpus: 2 }, { own: [row('1g.10gb', 1), row(null, 1)] }))).toMatch(/needs 1/)
})

test('a slice counts as a GPU of its model, unless the quota names its profile', () => {
  const model = [{ model: 'A100', count: 2 }]
  expect(refused(slice(3), facts(model, {}))).toMatch(/The tenant may use 2 A100 GPUs, 0 in use: 2 left/)
  expect(refused(slice(1), facts(model, {}, { held: [row('1g.10gb', 1), row(null, 1)] }))).toMatch(/2 in use/)
  const both = [...model, { model: '3g.40gb', count: 4 }]
  expect(refused(slice(3), facts(both, {}))).toBeNull()
  expect(refused(slice(5), facts(both, {}))).toMatch(/The tenant may use 4 3g.40gb slices/)
  // Those of the profile do not take from the GPUs; those of another do.
  const whole: Accelerator = { kind: 'gpu', model: 'a100', count: 2 }
  expect(refused(whole, facts(both, {}, { held: [row('3g.40gb', 4)] }))).toBeNull()
  expect(refused(whole, facts(both, {}, { held: [row('1g.10gb', 1)] }))).toMatch(/1 in use: 1 left, and this needs 2/)
})
