import { expect, test } from 'vitest'
import { tidyModel } from '../gpu-names.ts'
import { classOf, gpusOfNamespace, gpusOfNode } from './gpus.ts'
import { Node, Pod } from './objects.ts'
import { requestsOfPod } from './pods.ts'
import type { Limit } from './quota.ts'

const node = (name: string, labels: Record<string, string>, allocatable: Record<string, string>) =>
  Node.parse({ metadata: { name, labels }, status: { allocatable, capacity: allocatable } })
const h100 = (name: string) =>
  node(
    name,
    { 'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3', 'nvidia.com/mig.strategy': 'none' },
    { 'nvidia.com/gpu': '8' },
  )
const a100 = (name: string) =>
  node(name, { 'nvidia.com/gpu.product': 'NVIDIA-A100-SXM4-40GB' }, { 'nvidia.com/gpu': '8' })
const single = (name: string) =>
  node(
    name,
    {
      'nvidia.com/gpu.product': 'NVIDIA-A100-SXM4-40GB-MIG-1g.5gb',
      'nvidia.com/mig.strategy': 'single',
      'nvidia.com/gpu.count': '56',
      'nvidia.com/gpu.replicas': '1',
    },
    { 'nvidia.com/gpu': '56' },
  )
const mixed = (name: string) =>
  node(
    name,
    { 'nvidia.com/gpu.product': 'NVIDIA-A100-SXM4-40GB', 'nvidia.com/mig.strategy': 'mixed' },
    {
      'nvidia.com/gpu': '4',
      'nvidia.com/mig-1g.5gb': '8',
      'nvidia.com/mig-3g.20gb': '4',
      'nvidia.com/mig-1g.5gb.me': '1',
    },
  )
const used = (count: number, resource = 'nvidia.com/gpu') => new Map([[resource, count]])

test.each([
  ['NVIDIA-H100-80GB-HBM3', 'H100-80GB-HBM3'],
  ['NVIDIA A100-SXM4-40GB', 'A100-SXM4-40GB'],
  ['Tesla-T4', 'Tesla-T4'],
  ['GP102GL_Tesla_P40', 'Tesla-P40'],
  ['AMD_Instinct_MI300X_OAM', 'Instinct-MI300X-OAM'],
  ['', 'GPU'],
  ['NVIDIA-', 'NVIDIA-'],
])('%s is called %s', (given, name) => {
  expect(tidyModel(given)).toBe(name)
})

test('without MIG a GPU is a GPU', () => {
  expect(gpusOfNode(h100('a'), used(3))).toEqual([
    { model: 'H100-80GB-HBM3', profile: null, total: 8, used: 3, free: 5 },
  ])
})

test('the strategy single calls slices GPUs, and they are not counted as such', () => {
  expect(gpusOfNode(single('a'), used(20))).toEqual([
    { model: 'A100-SXM4-40GB', profile: '1g.5gb', total: 56, used: 20, free: 36 },
  ])
})

test('under the strategy single a GPU without MIG is a whole one', () => {
  const labels = { 'nvidia.com/gpu.product': 'NVIDIA-A100-SXM4-40GB', 'nvidia.com/mig.strategy': 'single' }
  expect(classOf('nvidia.com/gpu', labels)).toEqual({ model: 'A100-SXM4-40GB', profile: null })
})

test('the strategy mixed has GPUs and slices side by side', () => {
  expect(gpusOfNode(mixed('a'), used(2, 'nvidia.com/mig-3g.20gb'))).toEqual([
    { model: 'A100-SXM4-40GB', profile: null, total: 4, used: 0, free: 4 },
    { model: 'A100-SXM4-40GB', profile: '1g.5gb', total: 8, used: 0, free: 8 },
    { model: 'A100-SXM4-40GB', profile: '1g.5gb+me', total: 1, used: 0, free: 1 },
    { model: 'A100-SXM4-40GB', profile: '3g.20gb', total: 4, used: 2, free: 2 },
  ])
})

test.each([
  ['nvidia.com/gpu', { 'nvidia.com/gpu.product': 'Tesla-T4-SHARED', 'nvidia.com/gpu.replicas': '4' }, 'shared'],
  ['nvidia.com/gpu.shared', { 'nvidia.com/gpu.product': 'Tesla-T4', 'nvidia.com/gpu.replicas': '4' }, 'shared'],
  ['nvidia.com/gpu', { 'nvidia.com/gpu.product': 'Tesla-T4-MIG-1g.5gb-SHARED' }, '1g.5gb shared'],
  [
    'nvidia.com/mig-1g.5gb',
    { 'nvidia.com/gpu.product': 'Tesla-T4', 'nvidia.com/mig-1g.5gb.replicas': '2' },
    '1g.5gb shared',
  ],
  ['nvidia.com/mig-1g.5gb.shared', { 'nvidia.com/gpu.product': 'Tesla-T4' }, '1g.5gb shared'],
] as [string, Record<string, string>, string][])('a share in time of %s is no GPU', (resource, labels, profile) => {
  expect(classOf(resource, labels)).toEqual({ model: 'Tesla-T4', profile })
})

test('a GPU without a label has no model', () => {
  expect(classOf('nvidia.com/gpu', {})).toEqual({ model: 'GPU', profile: null })
  expect(classOf('amd.com/gpu', { 'amd.com/gpu.product-name': 'AMD_Instinct_MI300X_OAM' }).model).toBe(
    'Instinct-MI300X-OAM',
  )
})

const gpu = new Set(['nvidia.com/gpu', 'cpu'])
const limit = (total: number, inUse: number) => (): Limit => ({ total, used: inUse })
const held = (on: string, count: number, resource?: string) => ({ node: on, held: used(count, resource) })

test('what a quota allows is of the one model there is', () => {
  expect(gpusOfNamespace([h100('a'), h100('b')], [held('a', 2)], gpu, limit(4, 2))).toEqual([
    { model: 'H100-80GB-HBM3', profile: null, total: 4, used: 2, free: 2 },
  ])
})

test('with several models, what a quota allows beyond is of any', () => {
  expect(gpusOfNamespace([h100('a'), a100('b')], [held('a', 2)], gpu, limit(4, 2))).toEqual([
    { model: 'H100-80GB-HBM3', profile: null, total: 2, used: 2, free: 0 },
    { model: 'any', profile: null, total: 2, used: 0, free: 2 },
  ])
})

test('pods that wait for a node use the quota too', () => {
  expect(gpusOfNamespace([h100('a'), a100('b')], [held('a', 2)], gpu, limit(4, 3))).toEqual([
    { model: 'H100-80GB-HBM3', profile: null, total: 2, used: 2, free: 0 },
    { model: 'any', profile: null, total: 2, used: 1, free: 1 },
  ])
})

test('pods that were there before a tighter quota are more than it allows', () => {
  expect(gpusOfNamespace([h100('a')], [held('a', 6)], gpu, limit(4, 6))).toEqual([
    { model: 'H100-80GB-HBM3', profile: null, total: 6, used: 6, free: 0 },
  ])
})

test('where one name is GPUs here and slices there, what is to come is not called whole GPUs', () => {
  expect(gpusOfNamespace([h100('a'), single('b')], [held('b', 7)], gpu, limit(10, 7))).toEqual([
    { model: 'A100-SXM4-40GB', profile: '1g.5gb', total: 7, used: 7, free: 0 },
    { model: 'any', profile: 'any', total: 3, used: 0, free: 3 },
  ])
})

test('slices of a quota are of the one model that has them', () => {
  const limited = new Set(['nvidia.com/mig-3g.20gb'])
  expect(gpusOfNamespace([h100('a'), mixed('b')], [], limited, limit(4, 0))).toEqual([
    { model: 'A100-SXM4-40GB', profile: '3g.20gb', total: 4, used: 0, free: 4 },
  ])
  expect(gpusOfNamespace([], [], limited, limit(4, 0))).toEqual([
    { model: 'any', profile: '3g.20gb', total: 4, used: 0, free: 4 },
  ])
})

test('without a quota there is what is used', () => {
  expect(gpusOfNamespace([h100('a')], [held('a', 2), held('gone', 1)], new Set(), () => null)).toEqual([
    { model: 'H100-80GB-HBM3', profile: null, total: 3, used: 3, free: 0 },
  ])
})

test('a pod holds what its containers ask for, or its most demanding step, and a limit is a request', () => {
  const container = (requests: object, more: object = {}) => ({ resources: { requests }, ...more })
  const pod = Pod.parse({
    metadata: { name: 'p' },
    spec: {
      containers: [container({ cpu: '500m' }), { resources: { limits: { cpu: 1, 'nvidia.com/gpu': '1' } } }, {}],
      initContainers: [container({ cpu: '250m' }, { restartPolicy: 'Always' }), container({ cpu: '4', memory: '1Gi' })],
      overhead: { cpu: '100m' },
    },
  })
  const sums = requestsOfPod(pod)
  expect(sums.get('cpu')).toBeCloseTo(4.35)
  expect(sums.get('memory')).toBe(2 ** 30)
  expect(sums.get('nvidia.com/gpu')).toBe(1)
})
