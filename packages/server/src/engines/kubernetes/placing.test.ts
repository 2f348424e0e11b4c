import type { Accelerator } from '@tenantry/contract'
import { expect, test } from 'vitest'
import { Node, Pod } from './objects.ts'
import { askedLabels, placeAccelerator, placeJob, placementOf, takesPods } from './placing.ts'

const node = (product: string, allocatable: Record<string, string>, labels = {}, spec = {}) =>
  Node.parse({
    metadata: { name: product, labels: { 'nvidia.com/gpu.product': product, ...labels } },
    spec,
    status: { allocatable, conditions: [{ type: 'Ready', status: 'True' }] },
  })
const nodes = [
  node('NVIDIA-H100-80GB-HBM3', { 'nvidia.com/gpu': '8' }),
  node('H100-80GB-HBM3', { 'nvidia.com/gpu': '8' }),
  node('NVIDIA-A100-SXM4-40GB', {
    'nvidia.com/gpu': '4',
    'nvidia.com/mig-1g.5gb': '8',
    'nvidia.com/mig-1g.5gb.me': '1',
  }),
  node('NVIDIA-A100-SXM4-40GB-MIG-1g.5gb', { 'nvidia.com/gpu': '56' }, { 'nvidia.com/mig.strategy': 'single' }),
]
const gpu = (model: string): Accelerator => ({ kind: 'gpu', model, count: 2 })
const mig = (profile: string): Accelerator => ({ kind: 'mig', model: 'A100-SXM4-40GB', profile, count: 1 })
const product = (...values: string[]) => [{ key: 'nvidia.com/gpu.product', values }]

test('a model is every product that it is called by, however the nodes tell it', () => {
  const h100 = { resource: 'nvidia.com/gpu', count: 2, nodes: product('H100-80GB-HBM3', 'NVIDIA-H100-80GB-HBM3') }
  expect(placeAccelerator(gpu('H100-80GB-HBM3'), nodes)).toEqual(h100)
  expect(placeAccelerator(gpu('h100'), nodes)).toEqual(h100)
  expect(placeJob({ model: 'H100-80GB-HBM3', count: 2 }, nodes)).toEqual(h100)
})

test('whole GPUs are never slices that go by their name', () => {
  expect(placeAccelerator(gpu('a100'), nodes).nodes).toEqual(product('NVIDIA-A100-SXM4-40GB'))
  expect(placeJob({ model: 'a100', count: 1 }, nodes).nodes).toEqual(product('NVIDIA-A100-SXM4-40GB'))
})

test('a profile is the resource of which there is most, under either strategy', () => {
  expect(placeAccelerator(mig('1g.5gb'), nodes)).toEqual({
    resource: 'nvidia.com/gpu',
    count: 1,
    nodes: product('NVIDIA-A100-SXM4-40GB-MIG-1g.5gb'),
  })
  expect(placeAccelerator(mig('1g.5gb'), nodes.slice(0, 3)).resource).toBe('nvidia.com/mig-1g.5gb')
  for (const profile of ['1g.5gb+me', '1g.5gb.me']) {
    expect(placeAccelerator(mig(profile), nodes).resource).toBe('nvidia.com/mig-1g.5gb.me')
  }
  expect(placeJob({ model: 'A100-SXM4-40GB 1g.5gb', count: 1 }, nodes.slice(0, 3)).resource).toBe(
    'nvidia.com/mig-1g.5gb',
  )
})

test('what there is not is refused, and any model needs no nodes', () => {
  expect(() => placeAccelerator(gpu('b200'), nodes)).toThrow('There is no b200 in this cluster.')
  expect(() => placeJob({ model: 'h100', count: 1 }, null)).toThrow(/may not be read/)
  expect(placeJob({ model: '', count: 1 }, null)).toEqual({ resource: 'nvidia.com/gpu', count: 1, nodes: [] })
  expect(placementOf(placeJob({ model: '', count: 1 }, null))).not.toHaveProperty('affinity')
  expect(placementOf(null)).toEqual({})
})

test('what a pod asks of its node is read again', () => {
  const placing = placeAccelerator(gpu('a100'), nodes)
  const { spec } = Pod.parse({ metadata: { name: 'p' }, spec: placementOf(placing) })
  expect(askedLabels(spec)).toEqual({ 'nvidia.com/gpu.product': 'NVIDIA-A100-SXM4-40GB' })
})

test.each([
  ['open', {}, true],
  ['for GPUs alone', { taints: [{ key: 'nvidia.com/gpu', effect: 'NoSchedule' }] }, true],
  ['rather not used', { taints: [{ key: 'x', effect: 'PreferNoSchedule' }] }, true],
  ['of the control plane', { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] }, false],
  ['cordoned', { unschedulable: true }, false],
])('a node that is %s is counted: %o %s', (_, spec, takes) => {
  expect(takesPods(node('x', {}, {}, spec))).toBe(takes)
})
