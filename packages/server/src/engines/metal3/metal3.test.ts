import type { Scope } from '@tenantry/contract'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type FakeKubernetes, openFakeKubernetes } from '../../../../../tests/support/fake-kubernetes.ts'
import type { Engine } from '../port.ts'
import { resourceOfClaim, resourceOfHost } from './hosts.ts'
import { openMetal3 } from './index.ts'
import { BareMetalHost, HostClaim } from './objects.ts'

const hosts = '/apis/metal3.io/v1alpha1/baremetalhosts'
const claims = '/apis/metal3.io/v1alpha1/hostclaims'
const data = '/apis/metal3.io/v1alpha1/hardwaredata'
let fake: FakeKubernetes
let engine: Engine
beforeEach(async () => {
  fake = await openFakeKubernetes()
  fake.put(hosts)
  fake.put(data)
  engine = fake.open(openMetal3, { type: 'bearer', token: 'platform-token' })
})
afterEach(async () => {
  engine.close()
  await fake.close()
})

const signal = () => AbortSignal.timeout(5000)
const scope: Scope = { kind: 'metal3', namespaces: ['t-acme'] }
const host = (
  namespace: string,
  name: string,
  state: string,
  status: object = {},
  spec: object = { online: true },
) => ({
  metadata: {
    name,
    namespace,
    labels: { 'tenantry.io/gpu-model': 'NVIDIA H100', 'tenantry.io/gpu-count': '8' },
    creationTimestamp: '2025-01-02T03:04:05Z',
  },
  spec: { bmc: { address: 'redfish://10.0.0.1', credentialsName: 'bmc-secret' }, ...spec },
  status: { provisioning: { state }, operationalStatus: 'OK', poweredOn: true, ...status },
})
const reads = (...given: Parameters<typeof host>) => resourceOfHost(BareMetalHost.parse(host(...given)), null)

test.each([
  ['', {}, {}, 'pending', []],
  ['registering', {}, {}, 'pending', []],
  ['inspecting', {}, {}, 'pending', []],
  ['preparing', {}, {}, 'pending', []],
  ['available', {}, {}, 'stopped', []],
  ['available', {}, { consumerRef: { name: 'm' } }, 'pending', []],
  ['provisioning', {}, {}, 'starting', []],
  ['provisioned', {}, { online: true }, 'running', ['stop', 'restart']],
  ['provisioned', { poweredOn: false }, { online: true }, 'starting', ['stop']],
  ['provisioned', {}, { online: false }, 'stopping', ['start']],
  ['provisioned', { poweredOn: false }, { online: false }, 'stopped', ['start']],
  ['externally provisioned', {}, { online: true }, 'running', ['stop', 'restart']],
  ['provisioned', { operationalStatus: 'servicing' }, {}, 'degraded', ['stop', 'restart']],
  ['provisioned', { operationalStatus: 'detached' }, {}, 'degraded', []],
  ['provisioned', { operationalStatus: 'error', errorMessage: 'no power' }, {}, 'degraded', ['stop', 'restart']],
  ['provisioning', { operationalStatus: 'error', errorMessage: 'no image' }, {}, 'failed', []],
  ['deprovisioning', {}, {}, 'stopping', []],
  ['powering off before delete', {}, {}, 'stopping', []],
  ['deleting', {}, {}, 'stopping', []],
  ['something new', {}, {}, 'unknown', []],
])('a host that is %s with %j and %j is %s, and can be told %j', (at, status, spec, state, power) => {
  const read = reads('t', 'h', at, status, spec)
  expect([read.state, read.power]).toEqual([state, power])
  if (status && 'errorMessage' in status) expect(read.reason).toBe(status.errorMessage)
})

test('a host shows its hardware, its GPUs by its labels, and nothing of its controller', async () => {
  const image = { image: { url: 'https://images.example/debian.qcow2?signature=secret' } }
  fake.put(hosts, host('t-acme', 'h1', 'provisioned', {}, { online: true, ...image }))
  fake.put(data, {
    metadata: { name: 'h1', namespace: 't-acme' },
    spec: {
      hardware: {
        cpu: { count: 128, model: 'EPYC' },
        ramMebibytes: 1048576,
        systemVendor: { manufacturer: 'Dell', productName: 'XE9680' },
      },
    },
  })
  const [share] = await engine.snapshot([scope], signal())
  expect(share).toEqual({
    jobs: null,
    resources: [
      {
        kind: 'baremetal',
        name: 'h1',
        nativeId: 't-acme/h1',
        state: 'running',
        nativeState: ['provisioned', 'OK', 'powered on'],
        reason: null,
        cpus: { total: 128, used: 128, free: 0 },
        memoryMiB: { total: 1048576, used: 1048576, free: 0 },
        gpus: [{ model: 'H100', profile: null, total: 8, used: 8, free: 0 }],
        facts: [
          { name: 'Namespace', value: 't-acme' },
          { name: 'Model', value: 'Dell XE9680' },
          { name: 'Processor', value: 'EPYC' },
          { name: 'Image', value: 'debian.qcow2' },
        ],
        power: ['stop', 'restart'],
        createdAt: '2025-01-02T03:04:05.000Z',
      },
    ],
  })
  expect(JSON.stringify(share)).not.toMatch(/bmc|redfish|signature/)
  expect(fake.requests.filter(({ path }) => path.includes('secrets'))).toEqual([])
})

const claim = (namespace: string, name: string, conditions: object[], more: object = {}) => ({
  metadata: { name, namespace, labels: { 'nvidia.com/gpu.product': 'NVIDIA-H100', 'nvidia.com/gpu.count': '4' } },
  spec: { poweredOn: true },
  status: { conditions, poweredOn: true, ...more },
})
const associated = { type: 'Associated', status: 'True', reason: 'BareMetalHostAssociated' }

test.each([
  [[], {}, 'pending'],
  [[{ type: 'Associated', status: 'False', reason: 'NoBareMetalHost', message: 'none' }], {}, 'pending'],
  [[{ type: 'Associated', status: 'False', reason: 'MissingBareMetalHost', message: 'gone' }], {}, 'failed'],
  [[associated], {}, 'running'],
  [[associated], { poweredOn: false }, 'starting'],
  [[associated, { type: 'Synchronized', status: 'False', message: 'no user data' }], {}, 'degraded'],
])('a claim with %j and %j is %s', (conditions, more, state) => {
  expect(resourceOfClaim(HostClaim.parse(claim('t', 'c', conditions, more))).state).toBe(state)
})

test('a namespace with claims has those, and one without has its hosts', async () => {
  fake.put(claims, claim('t-acme', 'c1', [associated]))
  fake.put(
    hosts,
    host('t-acme', 'behind', 'provisioned'),
    host('t-lab', 'h1', 'provisioned'),
    host('metal3', 'x', 'ready'),
  )
  const [share] = await engine.snapshot([{ kind: 'metal3', namespaces: ['t-acme', 't-lab'] }], signal())
  expect(share?.resources.map(({ nativeId }) => nativeId)).toEqual(['t-acme/c1', 't-lab/h1'])
  expect(share?.resources[0]?.gpus).toEqual([{ model: 'H100', profile: null, total: 4, used: 4, free: 0 }])
  await engine.power?.(scope, { kind: 'baremetal', nativeId: 't-acme/c1' }, 'stop', signal())
  expect(fake.objects.get(claims)?.[0]).toMatchObject({ spec: { poweredOn: false } })
  await expect(
    engine.power?.(scope, { kind: 'baremetal', nativeId: 't-acme/behind' }, 'stop', signal()),
  ).rejects.toMatchObject({ kind: 'not_found' })
})

test('power is patched, and a restart asked for by its annotation', async () => {
  fake.put(hosts, host('t-acme', 'h1', 'provisioned'))
  const target = { kind: 'baremetal', nativeId: 't-acme/h1' } as const
  await engine.power?.(scope, target, 'stop', signal())
  expect(fake.objects.get(hosts)?.[0]).toMatchObject({
    spec: { online: false, bmc: { credentialsName: 'bmc-secret' } },
  })
  await engine.power?.(scope, target, 'start', signal())
  await engine.power?.(scope, target, 'restart', signal())
  expect(fake.objects.get(hosts)?.[0]).toMatchObject({
    spec: { online: true },
    metadata: { annotations: { 'reboot.metal3.io': '' } },
  })
  expect(fake.requests.at(-1)?.headers['content-type']).toBe('application/merge-patch+json')
})

test('a host of another namespace is not there: neither to see nor to power', async () => {
  fake.put(hosts, host('t-other', 'h1', 'provisioned'), host('t-acme', 'mine', 'provisioned'))
  fake.before = ({ path }) =>
    path.endsWith('/baremetalhosts') ? { body: { items: fake.objects.get(hosts) } } : undefined
  const [share] = await engine.snapshot([scope], signal())
  expect(share?.resources.map(({ nativeId }) => nativeId)).toEqual(['t-acme/mine'])
  for (const nativeId of ['t-other/h1', 't-acme/gone', 'h1']) {
    await expect(engine.power?.(scope, { kind: 'baremetal', nativeId }, 'stop', signal())).rejects.toMatchObject({
      kind: 'not_found',
    })
  }
  expect(fake.requests.filter(({ method }) => method !== 'GET')).toEqual([])
})

test('it says what it is, or that it is not there', async () => {
  await expect(engine.probe(signal())).rejects.toMatchObject({ message: expect.stringContaining('not installed') })
  fake.before = ({ path }) =>
    path === '/apis/metal3.io' ? { body: { preferredVersion: { version: 'v1alpha1' } } } : undefined
  expect(await engine.probe(signal())).toEqual({
    version: 'Kubernetes v1.20.2',
    api: 'metal3.io/v1alpha1',
    capabilities: ['watch', 'power'],
  })
  fake.objects.delete(hosts)
  await expect(engine.snapshot([scope], signal())).rejects.toMatchObject({ kind: 'not_found' })
})

test('without claims in the cluster the hosts alone are watched', async () => {
  const changed = vi.fn()
  const stop = new AbortController()
  const watching = engine.watch?.([scope], changed, stop.signal)
  await vi.waitFor(() => expect(fake.watchers()).toBe(1))
  fake.tell(hosts, 'MODIFIED', { metadata: { name: 'h1', namespace: 't-acme', resourceVersion: '8' } })
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(2))
  stop.abort()
  await watching
})

test('garbage is garbage', async () => {
  fake.put(hosts, { metadata: { name: 'x', namespace: 't-acme' }, status: { provisioning: 'soon' } })
  await expect(engine.snapshot([scope], signal())).rejects.toMatchObject({ kind: 'garbage' })
})
