import type { Scope } from '@tenantry/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FakeKubernetes, kubeStatus, openFakeKubernetes } from '../../../../../tests/support/fake-kubernetes.ts'
import type { Engine, Person } from '../port.ts'
import { openKubernetes } from './index.ts'

let fake: FakeKubernetes
let engine: Engine
beforeEach(async () => {
  fake = await openFakeKubernetes()
  engine = fake.open(openKubernetes, { type: 'bearer', token: 'platform-token' })
})
afterEach(async () => {
  engine.close()
  await fake.close()
})

const signal = () => AbortSignal.timeout(5000)
const scope = (...namespaces: string[]): Scope => ({ kind: 'kubernetes', namespaces })
const whole: Scope = { kind: 'kubernetes', namespaces: null }

const namespace = (name: string, phase = 'Active') => ({
  metadata: { name, creationTimestamp: '2025-01-02T03:04:05Z' },
  status: { phase },
})
const pod = (
  namespaceOf: string,
  name: string,
  node: string | null,
  gpus: number,
  status: object = { phase: 'Running' },
) => ({
  metadata: { name, namespace: namespaceOf, uid: name },
  spec: {
    ...(node && { nodeName: node }),
    containers: [
      { name: 'main', resources: { requests: { cpu: '2', memory: '4Gi', 'nvidia.com/gpu': String(gpus) } } },
    ],
  },
  status,
})
const node = (name: string, product: string) => ({
  metadata: { name, labels: { 'nvidia.com/gpu.product': product } },
  spec: {},
  status: {
    allocatable: { cpu: '64', memory: '512Gi', 'nvidia.com/gpu': '8' },
    capacity: { 'nvidia.com/gpu': '8' },
    conditions: [{ type: 'Ready', status: 'True' }],
    nodeInfo: { kubeletVersion: 'v1.20.2', osImage: 'Debian' },
  },
})
const quota = (namespaceOf: string, hard: object, used: object) => ({
  metadata: { name: 'limits', namespace: namespaceOf },
  spec: { hard },
  status: { hard, used },
})

test('it says what it is and what the credential permits', async () => {
  expect(await engine.probe(signal())).toEqual({
    version: 'v1.20.2',
    api: 'v1',
    capabilities: ['watch', 'access', 'kubeconfig', 'jobs', 'workspaces'],
  })
})

test('a namespace shows its quota, the model of its GPUs and its pods', async () => {
  fake.put('/api/v1/namespaces', namespace('t-acme'))
  fake.put('/api/v1/nodes', node('n1', 'NVIDIA-H100-80GB-HBM3'), node('n2', 'NVIDIA-A100-SXM4-40GB'))
  fake.put('/api/v1/pods', pod('t-acme', 'a', 'n1', 2), pod('t-acme', 'done', 'n1', 8, { phase: 'Succeeded' }))
  const hard = { 'requests.nvidia.com/gpu': '4', 'requests.cpu': '16', 'requests.memory': '128Gi' }
  const used = { 'requests.nvidia.com/gpu': '2', 'requests.cpu': '2', 'requests.memory': '4Gi' }
  fake.put('/api/v1/resourcequotas', quota('t-acme', hard, used))
  const [share] = await engine.snapshot([scope('t-acme')], signal())
  expect(share).toEqual({
    jobs: null,
    resources: [
      {
        kind: 'kubernetes',
        name: 't-acme',
        nativeId: 't-acme',
        state: 'running',
        nativeState: ['Active'],
        reason: null,
        cpus: { total: 16, used: 2, free: 14 },
        memoryMiB: { total: 131072, used: 4096, free: 126976 },
        gpus: [
          { model: 'H100-80GB-HBM3', profile: null, total: 2, used: 2, free: 0 },
          { model: 'any', profile: null, total: 2, used: 0, free: 2 },
        ],
        facts: [
          { name: 'Pods running', value: '1' },
          { name: 'Pods pending', value: '0' },
          { name: 'Pods failed', value: '0' },
          { name: 'Quota', value: 'limits' },
        ],
        power: [],
        createdAt: '2025-01-02T03:04:05.000Z',
      },
    ],
  })
})

test('without a quota there is what is used, and a fact that says so', async () => {
  fake.put('/api/v1/namespaces', namespace('t-acme'))
  fake.put('/api/v1/nodes', node('n1', 'NVIDIA-H100-80GB-HBM3'))
  fake.put('/api/v1/pods', pod('t-acme', 'a', 'n1', 2), pod('t-acme', 'b', null, 1, { phase: 'Pending' }))
  const [share] = await engine.snapshot([scope('t-acme')], signal())
  expect(share?.resources[0]).toMatchObject({
    cpus: { total: 2, used: 2, free: 0 },
    gpus: [{ model: 'H100-80GB-HBM3', total: 2, used: 2, free: 0 }],
  })
  expect(share?.resources[0]?.facts).toContainEqual({ name: 'Quota', value: expect.stringMatching(/^none/) })
})

test('a namespace that is missing, going or in trouble says so', async () => {
  fake.put('/api/v1/namespaces', namespace('going', 'Terminating'), namespace('full'), namespace('crashing'))
  const message = '0/2 nodes are available: 2 Insufficient nvidia.com/gpu.'
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }]
  fake.put('/api/v1/pods', pod('full', 'train', null, 9, { phase: 'Pending', conditions }))
  const waiting = { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' }
  const containerStatuses = [{ ready: false, restartCount: 9, state: { waiting } }]
  fake.put('/api/v1/pods', pod('crashing', 'web', 'n1', 0, { phase: 'Running', containerStatuses }))
  const [share] = await engine.snapshot([scope('missing', 'going', 'full', 'crashing')], signal())
  expect(share?.resources.map(({ state, nativeState, reason }) => [state, nativeState, reason])).toEqual([
    ['failed', ['NotFound'], 'The namespace is not there.'],
    ['stopping', ['Terminating'], null],
    ['degraded', ['Active', 'Unschedulable'], `train: ${message}`],
    ['degraded', ['Active', 'CrashLoopBackOff'], 'web: back-off 5m0s'],
  ])
})

test('a whole cluster is its nodes, with what the pods of everybody hold', async () => {
  fake.put('/api/v1/nodes', node('n1', 'NVIDIA-H100-80GB-HBM3'), node('n2', 'NVIDIA-A100-SXM4-40GB-MIG-1g.5gb'))
  fake.put('/api/v1/pods', pod('x', 'a', 'n1', 3), pod('y', 'b', 'n1', 1), pod('y', 'c', null, 1, { phase: 'Pending' }))
  const [share, one] = await engine.snapshot([whole, scope('y')], signal())
  expect(share?.resources).toMatchObject([
    { name: 'n1', state: 'running', gpus: [{ model: 'H100-80GB-HBM3', profile: null, total: 8, used: 4, free: 4 }] },
    { name: 'n2', gpus: [{ model: 'A100-SXM4-40GB', profile: '1g.5gb', total: 8, used: 0, free: 8 }] },
  ])
  expect(share?.resources[0]?.cpus).toEqual({ total: 64, used: 4, free: 60 })
  expect(one?.resources[0]?.gpus).toEqual([{ model: 'H100-80GB-HBM3', profile: null, total: 1, used: 1, free: 0 }])
})

test('what is of another namespace is left out, even where it is answered', async () => {
  fake.put('/api/v1/namespaces', namespace('t-acme'))
  fake.before = ({ path }) => {
    if (!path.endsWith('/pods')) return undefined
    return {
      body: {
        metadata: {},
        items: [pod('t-other', 'secret', 'n1', 8), { ...pod('', 'x', 'n1', 8), metadata: { name: 'x' } }],
      },
    }
  }
  const [share] = await engine.snapshot([scope('t-acme')], signal())
  expect(share?.resources[0]).toMatchObject({ gpus: [], cpus: { used: 0 } })
  expect(fake.requests.map(({ path }) => path)).toContain('/api/v1/namespaces/t-acme/pods')
  expect(fake.requests.map(({ path }) => path)).not.toContain('/api/v1/pods')
})

test('long lists come in pages, and of many namespaces all are asked at once and filtered', async () => {
  const names = Array.from({ length: 30 }, (_, index) => `t-${index}`)
  for (const name of names) fake.put('/api/v1/namespaces', namespace(name))
  const pods = Array.from({ length: 1201 }, (_, index) => pod(`t-${index % 31}`, `p${index}`, 'n1', 0))
  fake.put('/api/v1/pods', ...pods)
  const [share] = await engine.snapshot([scope(...names)], signal())
  const running = share?.resources.map(({ facts }) => Number(facts[0]?.value)) ?? []
  expect(running.reduce((sum, count) => sum + count, 0)).toBe(
    pods.filter(({ metadata }) => metadata.namespace !== 't-30').length,
  )
  expect(fake.requests.filter(({ path }) => path === '/api/v1/pods')).toHaveLength(3)
})

test('pages that are forgotten meanwhile are read anew', async () => {
  fake.put('/api/v1/namespaces', namespace('t-acme'))
  fake.put('/api/v1/pods', ...Array.from({ length: 600 }, (_, index) => pod('t-acme', `p${index}`, 'n1', 0)))
  let gone = false
  fake.before = ({ query }) => {
    if (gone || !query.has('continue')) return undefined
    gone = true
    return kubeStatus(410, 'The provided continue parameter is too old')
  }
  const [share] = await engine.snapshot([scope('t-acme')], signal())
  expect(share?.resources[0]?.facts[0]).toEqual({ name: 'Pods running', value: '600' })
})

test('a credential for namespaces alone still reads them', async () => {
  fake.put('/api/v1/namespaces', namespace('t-acme'))
  fake.put('/api/v1/pods', pod('t-acme', 'a', 'n1', 2))
  fake.before = ({ path }) => (path === '/api/v1/nodes' ? kubeStatus(403, 'nodes is forbidden') : undefined)
  const [share] = await engine.snapshot([scope('t-acme')], signal())
  expect(share?.resources[0]?.gpus).toEqual([{ model: 'any', profile: null, total: 2, used: 2, free: 0 }])
  await expect(engine.snapshot([whole], signal())).rejects.toMatchObject({ kind: 'unauthorised' })
})

test.each([
  ['not JSON', { text: '<html>' }],
  ['no list', { body: { kind: 'Pod' } }],
  ['items of another kind', { body: { items: 'many' } }],
  ['a pod without a name', { body: { items: [{ metadata: {}, spec: {} }] } }],
  ['containers that are none', { body: { items: [{ metadata: { name: 'p' }, spec: { containers: 3 } }] } }],
])('%s is garbage, in a sentence', async (_, answer) => {
  fake.before = ({ path }) => (path.endsWith('/pods') ? answer : undefined)
  await expect(engine.snapshot([scope('t-acme')], signal())).rejects.toMatchObject({
    name: 'Error',
    kind: 'garbage',
    message: expect.stringMatching(/^What it answered/),
  })
})

test('fields that are missing or null are no trouble', async () => {
  fake.put('/api/v1/namespaces', { metadata: { name: 't-acme', labels: null } })
  fake.put('/api/v1/nodes', { metadata: { name: 'bare' } })
  fake.put('/api/v1/pods', { metadata: { name: 'p', namespace: 't-acme' }, spec: { containers: null }, status: {} })
  fake.put('/api/v1/resourcequotas', { metadata: { name: 'q', namespace: 't-acme' } })
  const [one, all] = await engine.snapshot([scope('t-acme'), whole], signal())
  expect(one?.resources[0]).toMatchObject({ state: 'running', createdAt: null })
  expect(all?.resources[0]).toMatchObject({ state: 'unknown', gpus: [] })
})

test('a slow answer ends with the signal', async () => {
  fake.before = ({ path }) => (path.endsWith('/pods') ? { never: true } : undefined)
  await expect(engine.snapshot([scope('t-acme')], AbortSignal.timeout(50))).rejects.toMatchObject({ kind: 'slow' })
})

test('a refusal is told in the words of Kubernetes, without its wrapping', async () => {
  fake.before = ({ path }) => (path.endsWith('/pods') ? kubeStatus(403, 'pods is forbidden: User "x"') : undefined)
  const asked = engine.snapshot([scope('t-acme')], signal())
  await expect(asked).rejects.toMatchObject({
    kind: 'unauthorised',
    said: expect.stringContaining('pods is forbidden'),
  })
  await expect(asked).rejects.not.toMatchObject({ said: expect.stringContaining('apiVersion') })
})

test('a scope of another kind of engine is refused', async () => {
  await expect(engine.snapshot([{ kind: 'this_machine' }], signal())).rejects.toMatchObject({ kind: 'refused' })
})

const ada: Person = { username: 'ada.l', tenant: 'acme', mayUse: true, mayManage: false }
const bindings = () => fake.objects.get('/apis/rbac.authorization.k8s.io/v1/rolebindings') ?? []
const accounts = () => fake.objects.get('/api/v1/serviceaccounts') ?? []

test('a person gets a service account and a role, as often as it is carried through', async () => {
  const both = scope('t-acme', 't-acme-lab')
  for (let i = 0; i < 2; i++) {
    expect(await engine.carryThrough?.(both, ada, signal())).toBe('edit in t-acme, edit in t-acme-lab')
  }
  expect(accounts().map(({ metadata }) => [metadata.namespace, metadata.name])).toEqual([
    ['tenantry-people', 'acme.ada-dl'],
  ])
  expect(bindings()[0]).toMatchObject({
    metadata: {
      labels: { 'app.kubernetes.io/managed-by': 'tenantry', 'tenantry/user': 'ada-dl', 'tenantry/tenant': 'acme' },
    },
    roleRef: { kind: 'ClusterRole', name: 'edit' },
    subjects: [{ kind: 'ServiceAccount', name: 'acme.ada-dl', namespace: 'tenantry-people' }],
  })
  expect(fake.requests.filter(({ method }) => method === 'POST')).toHaveLength(4)
})

test('another right is another binding, and no right is nothing at all', async () => {
  await engine.carryThrough?.(scope('t-acme'), ada, signal())
  expect(await engine.carryThrough?.(scope('t-acme'), { ...ada, mayManage: true }, signal())).toBe('admin in t-acme')
  expect(bindings()).toMatchObject([{ roleRef: { name: 'admin' } }])
  const none = { ...ada, mayUse: false }
  for (let i = 0; i < 2; i++) expect(await engine.carryThrough?.(scope('t-acme'), none, signal())).toBe('nothing')
  expect([accounts(), bindings()]).toEqual([[], []])
})

test.each([
  ['without a label', {}],
  [
    'of somebody else',
    { 'app.kubernetes.io/managed-by': 'tenantry', 'tenantry/user': 'bob', 'tenantry/tenant': 'acme' },
  ],
  [
    'of another tenant',
    { 'app.kubernetes.io/managed-by': 'tenantry', 'tenantry/user': 'ada-dl', 'tenantry/tenant': 'x' },
  ],
])('what is there by that name %s is left alone', async (_, labels) => {
  const foreign = { metadata: { name: 'acme.ada-dl', namespace: 'tenantry-people', labels } }
  fake.put('/api/v1/serviceaccounts', structuredClone(foreign))
  for (const person of [ada, { ...ada, mayUse: false }]) {
    await expect(engine.carryThrough?.(scope('t-acme'), person, signal())).rejects.toMatchObject({
      kind: 'refused',
      message: 'The service account acme.ada-dl in tenantry-people was not made for this person: it is left alone.',
    })
  }
  expect(accounts()).toEqual([foreign])
  expect(bindings()).toEqual([])
})

test('a kubeconfig is for who was carried through', async () => {
  const ask = () => engine.kubeconfig?.(scope('t-acme', 't-lab'), ada, 60, signal())
  await expect(ask()).rejects.toMatchObject({ kind: 'refused' })
  await engine.carryThrough?.(scope('t-acme', 't-lab'), ada, signal())
  const made = await ask()
  expect(made?.expiresAt).toBe('2030-01-01T00:00:00.000Z')
  expect(made?.kubeconfig).toContain(`server: "${fake.address}"`)
  expect(made?.kubeconfig).toContain('token: "token-of-acme.ada-dl"')
  expect(made?.kubeconfig).toContain('current-context: "t-acme"')
  expect(made?.kubeconfig).not.toContain('platform-token')
  const asked = fake.requests.findLast(({ path }) => path.endsWith('/token'))
  expect(asked?.body).toMatchObject({ spec: { expirationSeconds: 600 } })
  await expect(engine.kubeconfig?.(scope('t-acme'), { ...ada, mayUse: false }, 600, signal())).rejects.toMatchObject({
    kind: 'refused',
  })
})
