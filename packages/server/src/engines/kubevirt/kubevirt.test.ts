import type { Scope } from '@tenantry/contract'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type FakeKubernetes, kubeStatus, openFakeKubernetes } from '../../../../../tests/support/fake-kubernetes.ts'
import type { Engine } from '../port.ts'
import { openKubeVirt } from './index.ts'
import { VirtualMachine } from './objects.ts'
import { powerOf, stateOf } from './states.ts'

const machines = '/apis/kubevirt.io/v1/virtualmachines'
const instances = '/apis/kubevirt.io/v1/virtualmachineinstances'
let fake: FakeKubernetes
let engine: Engine
beforeEach(async () => {
  fake = await openFakeKubernetes()
  fake.put(machines)
  fake.put(instances)
  engine = fake.open(openKubeVirt, { type: 'bearer', token: 'platform-token' })
})
afterEach(async () => {
  engine.close()
  await fake.close()
})

const signal = () => AbortSignal.timeout(5000)
const scope: Scope = { kind: 'kubevirt', namespaces: ['t-acme'] }
const domain = {
  cpu: { sockets: 2, cores: 4, threads: 2 },
  resources: { requests: { memory: '16Gi' } },
  devices: {
    gpus: [
      { name: 'gpu1', deviceName: 'nvidia.com/GP102GL_Tesla_P40' },
      { name: 'gpu2', deviceName: 'nvidia.com/GP102GL_Tesla_P40' },
      { name: 'vgpu', deviceName: 'nvidia.com/NVIDIA_A40-24Q' },
    ],
  },
}
const machine = (namespace: string, name: string, printableStatus: string, more: object = {}) => ({
  metadata: { name, namespace, creationTimestamp: '2025-01-02T03:04:05Z' },
  spec: { runStrategy: 'RerunOnFailure', template: { spec: { domain } }, ...more },
  status: { printableStatus, ready: printableStatus === 'Running' },
})

test.each([
  ['Stopped', 'stopped', ['start']],
  ['Provisioning', 'pending', ['stop']],
  ['WaitingForVolumeBinding', 'pending', ['stop']],
  ['Starting', 'starting', ['stop']],
  ['Running', 'running', ['stop', 'restart']],
  ['Paused', 'degraded', ['stop', 'restart']],
  ['Migrating', 'degraded', ['stop']],
  ['Stopping', 'stopping', []],
  ['Terminating', 'stopping', []],
  ['CrashLoopBackOff', 'failed', ['stop']],
  ['ErrorUnschedulable', 'failed', ['stop']],
  ['ErrImagePull', 'failed', ['stop']],
  ['ImagePullBackOff', 'failed', ['stop']],
  ['ErrorPvcNotFound', 'failed', ['stop']],
  ['DataVolumeError', 'failed', ['stop']],
  ['Unknown', 'unknown', []],
  ['SomethingNew', 'unknown', []],
])('%s is %s, and power %j', (printable, state, power) => {
  expect(stateOf(printable)).toBe(state)
  expect(powerOf(VirtualMachine.parse(machine('a', 'b', printable)))).toEqual(power)
})

test.each([
  [{ runStrategy: 'Once' }, 'Running', ['stop']],
  [{ runStrategy: 'Once' }, 'Stopped', []],
  [{ runStrategy: 'Always' }, 'Stopped', []],
  [{ runStrategy: undefined, running: false }, 'Stopped', ['start']],
  [{ runStrategy: undefined, running: true }, 'Running', ['stop', 'restart']],
])('with %j, what is %s can be told %j', (spec, printable, power) => {
  expect(powerOf(VirtualMachine.parse(machine('a', 'b', printable, spec)))).toEqual(power)
})

test('a running machine shows where it is, and uses what it was given', async () => {
  fake.put(machines, machine('t-acme', 'vm1', 'Running'))
  fake.put(instances, {
    metadata: { name: 'vm1', namespace: 't-acme' },
    spec: { domain },
    status: {
      phase: 'Running',
      nodeName: 'node1',
      interfaces: [{}, { ipAddress: '10.0.0.7' }],
      guestOSInfo: { prettyName: 'Debian 12' },
    },
  })
  const [share] = await engine.snapshot([scope], signal())
  expect(share).toEqual({
    jobs: null,
    resources: [
      {
        kind: 'vm',
        name: 'vm1',
        nativeId: 't-acme/vm1',
        state: 'running',
        nativeState: ['Running'],
        reason: null,
        cpus: { total: 16, used: 16, free: 0 },
        memoryMiB: { total: 16384, used: 16384, free: 0 },
        gpus: [
          { model: 'Tesla-P40', profile: null, total: 2, used: 2, free: 0 },
          { model: 'A40', profile: '24Q', total: 1, used: 1, free: 0 },
        ],
        facts: [
          { name: 'Namespace', value: 't-acme' },
          { name: 'Node', value: 'node1' },
          { name: 'Address', value: '10.0.0.7' },
          { name: 'Phase', value: 'Running' },
          { name: 'Operating system', value: 'Debian 12' },
          { name: 'Run strategy', value: 'RerunOnFailure' },
        ],
        power: ['stop', 'restart'],
        createdAt: '2025-01-02T03:04:05.000Z',
      },
    ],
  })
})

test('a stopped machine uses nothing, and one that cannot start says why', async () => {
  const message = '0/3 nodes are available: 3 Insufficient nvidia.com/GP102GL_Tesla_P40.'
  const stuck = machine('t-acme', 'b', 'ErrorUnschedulable')
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }]
  const memory = { domain: { memory: { guest: '2Gi' }, resources: { requests: { cpu: '500m' } } } }
  fake.put(
    machines,
    machine('t-acme', 'a', 'Stopped', { template: { spec: memory } }),
    { ...stuck, status: { ...stuck.status, conditions } },
    { metadata: { name: 'c', namespace: 't-acme' }, spec: { instancetype: { name: 'gn1' } } },
  )
  const [share] = await engine.snapshot([scope], signal())
  expect(share?.resources).toMatchObject([
    { state: 'stopped', cpus: { total: 0.5, used: 0 }, memoryMiB: { total: 2048, used: 0, free: 2048 }, gpus: [] },
    {
      state: 'failed',
      reason: message,
      gpus: [
        { used: 0, free: 2 },
        { used: 0, free: 1 },
      ],
    },
    { state: 'unknown', cpus: null, memoryMiB: null, gpus: [], power: [] },
  ])
})

test('a machine of another namespace is not there: neither to see nor to power', async () => {
  fake.put(machines, machine('t-other', 'vm1', 'Running'), machine('t-acme', 'mine', 'Running'))
  fake.before = ({ path }) =>
    path.endsWith('/virtualmachines') ? { body: { items: fake.objects.get(machines) } } : undefined
  const [share] = await engine.snapshot([scope], signal())
  expect(share?.resources.map(({ nativeId }) => nativeId)).toEqual(['t-acme/mine'])
  for (const nativeId of ['t-other/vm1', 't-acme/gone', 't-acme', 't-acme/../t-other/vm1']) {
    await expect(engine.power?.(scope, { kind: 'vm', nativeId }, 'stop', signal())).rejects.toMatchObject({
      kind: 'not_found',
    })
  }
  expect(fake.requests.filter(({ method }) => method !== 'GET')).toEqual([])
})

test.each(['start', 'stop', 'restart'] as const)('%s is asked for by its subresource', async (verb) => {
  fake.put(machines, machine('t-acme', 'vm1', 'Running'))
  fake.put('/apis/subresources.kubevirt.io/v1/virtualmachines', machine('t-acme', 'vm1', 'Running'))
  await engine.power?.(scope, { kind: 'vm', nativeId: 't-acme/vm1' }, verb, signal())
  expect(fake.requests.at(-1)).toMatchObject({
    method: 'PUT',
    path: `/apis/subresources.kubevirt.io/v1/namespaces/t-acme/virtualmachines/vm1/${verb}`,
  })
})

test('what KubeVirt refuses is told in its words', async () => {
  fake.put(machines, machine('t-acme', 'vm1', 'Running'))
  fake.before = ({ method }) => (method === 'PUT' ? kubeStatus(409, 'VM is already running') : undefined)
  await expect(engine.power?.(scope, { kind: 'vm', nativeId: 't-acme/vm1' }, 'start', signal())).rejects.toMatchObject({
    kind: 'refused',
    said: expect.stringContaining('VM is already running'),
  })
})

test('a cluster without KubeVirt says so', async () => {
  fake.objects.delete(machines)
  await expect(engine.snapshot([scope], signal())).rejects.toMatchObject({ kind: 'not_found' })
  await expect(engine.probe(signal())).rejects.toMatchObject({ message: expect.stringContaining('not installed') })
})

test('it says what it is', async () => {
  fake.before = ({ path }) => {
    if (path === '/apis/kubevirt.io') return { body: { kind: 'APIGroup', preferredVersion: { version: 'v1' } } }
    if (path.endsWith('/version')) return { body: { gitVersion: 'v1.3.0' } }
    return undefined
  }
  expect(await engine.probe(signal())).toEqual({
    version: 'v1.3.0',
    api: 'kubevirt.io/v1',
    capabilities: ['watch', 'power'],
  })
})

test('garbage is garbage', async () => {
  fake.put(machines, { metadata: { name: 'x', namespace: 't-acme' }, spec: { template: 'none' } })
  await expect(engine.snapshot([scope], signal())).rejects.toMatchObject({ kind: 'garbage' })
})

test('machines and their instances are watched', async () => {
  const changed = vi.fn()
  const stop = new AbortController()
  const watching = engine.watch?.([scope], changed, stop.signal)
  await vi.waitFor(() => expect(fake.watchers()).toBe(2))
  fake.tell(instances, 'MODIFIED', { metadata: { name: 'vm1', namespace: 't-acme', resourceVersion: '8' } })
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(2))
  stop.abort()
  await watching
})
