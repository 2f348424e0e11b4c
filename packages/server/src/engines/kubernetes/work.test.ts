import type { NewJob, Scope } from '@tenantry/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FakeKubernetes, kubeStatus, openFakeKubernetes } from '../../../../../tests/support/fake-kubernetes.ts'
import type { Engine, JobRunner, Person, WorkspaceHost, WorkspaceSpec } from '../port.ts'
import { openKubernetes } from './index.ts'

let fake: FakeKubernetes
let engine: Engine
let jobs: JobRunner
let workspaces: WorkspaceHost
const jobsPath = '/apis/batch/v1/jobs'
const made = ['/api/v1/secrets', '/api/v1/services', '/api/v1/persistentvolumeclaims', '/api/v1/events', jobsPath]
const ofWorkspaces = ['/apis/apps/v1/statefulsets', '/apis/networking.k8s.io/v1/networkpolicies']
beforeEach(async () => {
  fake = await openFakeKubernetes()
  for (const collection of [...made, ...ofWorkspaces]) fake.put(collection)
  fake.put('/api/v1/namespaces', { metadata: { name: 't' } })
  engine = fake.open(openKubernetes, { type: 'bearer', token: 'platform-token' })
  if (!engine.jobs || !engine.workspaces) throw new Error('neither jobs nor workspaces')
  jobs = engine.jobs
  workspaces = engine.workspaces
  await engine.carryThrough?.(scope, ada, signal())
})
afterEach(async () => {
  engine.close()
  await fake.close()
})

const signal = () => AbortSignal.timeout(5000)
const scope: Scope = { kind: 'kubernetes', namespaces: ['t'] }
const whole: Scope = { kind: 'kubernetes', namespaces: null }
const ada: Person = { username: 'ada.l', tenant: 'acme', mayUse: true, mayManage: false }
const job = (more: Partial<NewJob> = {}): NewJob => ({
  ...{ engineId: '0', name: 'train', script: '#!/bin/sh', where: 't', account: null, qos: null, nodes: 1, cpus: 1 },
  ...{ memoryMiB: 512, gpus: null, minutes: 5, array: null, workingDirectory: null, image: 'x' },
  environment: { TOKEN: 'secret-of-ada' },
  ...more,
})
const spec = (more: Partial<WorkspaceSpec> = {}): WorkspaceSpec => ({
  ...{ name: 'ws-1', image: 'x', command: null, cpus: 1, memoryMiB: 512, accelerator: null },
  volume: { name: 'vol-1', sizeGiB: 1 },
  datasets: [],
  placement: { where: 't', account: null, qos: null, minutes: null },
  environment: { JUPYTER_TOKEN: 'chosen', A: 'b' },
  secret: 'secret-of-the-notebook',
  ...more,
})
const all = () => [...made, ...ofWorkspaces].flatMap((collection) => fake.objects.get(collection) ?? [])
const posts = () => fake.requests.filter(({ method, path }) => method === 'POST' && path.includes('/namespaces/t/'))

test('a job is made with a token of the person, tried out first, its script and environment in a secret of its own', async () => {
  const before = fake.requests.length
  const nativeId = await jobs.submit(scope, ada, job(), signal())
  const sent = fake.requests.slice(before).filter(({ method, path }) => method === 'POST' && !path.endsWith('/token'))
  expect(sent.map(({ path, headers, query }) => [path, headers.authorization, query.get('dryRun')])).toEqual([
    ['/api/v1/namespaces/t/pods', 'Bearer token-of-acme.ada-dl', 'All'],
    ['/apis/batch/v1/namespaces/t/jobs', 'Bearer token-of-acme.ada-dl', null],
    ['/api/v1/namespaces/t/secrets', 'Bearer token-of-acme.ada-dl', null],
  ])
  const [one] = fake.objects.get(jobsPath) ?? []
  expect(nativeId).toBe(`t/${one?.metadata.name}`)
  expect(JSON.stringify(one)).not.toContain('secret-of-ada')
  const [script] = fake.objects.get('/api/v1/secrets') ?? []
  expect(script?.metadata.ownerReferences).toMatchObject([{ kind: 'Job', uid: one?.metadata.uid }])
  expect((await jobs.detail(scope, nativeId, signal())).script).toBe('#!/bin/sh')
  await jobs.cancel(scope, ada, nativeId, signal())
  expect(fake.requests.at(-1)?.headers.authorization).toBe('Bearer token-of-acme.ada-dl')
  await jobs.cancel(scope, null, nativeId, signal())
  expect(fake.requests.at(-1)?.headers.authorization).toBe('Bearer platform-token')
})

test.each([
  ['another namespace', { where: 't-other' }, scope, 'not_found'],
  ['a whole cluster', {}, whole, 'refused'],
  ['no image', { image: null }, scope, 'refused'],
  ['two nodes', { nodes: 2 }, scope, 'refused'],
  ['an array, which this version has not', { array: '0-3' }, scope, 'refused'],
  ['GPUs that there are not', { gpus: { model: 'h100', count: 1 } }, scope, 'refused'],
] as const)('a job of %s is refused before anything is made', async (_, more, where, kind) => {
  await expect(jobs.submit(where, ada, job(more), signal())).rejects.toMatchObject({ kind })
  expect(posts().filter(({ path }) => !path.endsWith('rolebindings'))).toEqual([])
})

test.each([
  ['was refused', kubeStatus(403, 'secrets is forbidden: exceeded quota: q')],
  ['was not answered', { never: true }],
])('where the script of a job %s, the job is taken back', async (_, answer) => {
  fake.before = ({ method, path }) => (method === 'POST' && path.endsWith('/secrets') ? answer : undefined)
  await expect(jobs.submit(scope, ada, job(), AbortSignal.timeout(300))).rejects.toMatchObject({ name: 'Error' })
  expect(fake.requests.at(-1)).toMatchObject({ method: 'DELETE' })
  expect(all()).toEqual([])
})

test('a script is shown of the job it goes with alone', async () => {
  fake.put(jobsPath, { metadata: { name: 'ws-1', namespace: 't', uid: 'j' }, spec: { template: { spec: {} } } })
  fake.put('/api/v1/secrets', { metadata: { name: 'ws-1', namespace: 't' }, data: { script: 'eA==' } })
  expect((await jobs.detail(scope, 't/ws-1', signal())).script).toBeNull()
})

test('where jobs may not be read the rest is, as it was; of a whole cluster none are told', async () => {
  expect((await engine.snapshot([scope, whole], signal())).map((share) => share.jobs)).toEqual([[], null])
  fake.before = ({ path }) => (path.endsWith('/jobs') ? kubeStatus(403, 'jobs.batch is forbidden') : undefined)
  const [share] = await engine.snapshot([scope], signal())
  expect(share).toMatchObject({ jobs: null, resources: [{ name: 't' }] })
})

test('where nodes may not be read there is room for a job all the same', async () => {
  fake.before = ({ path }) => (path === '/api/v1/nodes' ? kubeStatus(403, 'nodes is forbidden') : undefined)
  const choices = await jobs.choices(scope, ada, signal())
  expect(choices.places).toMatchObject([{ name: 't', open: true, nodes: 1 }])
})

test.each([
  ['v1.20.2', false],
  ['v1.28.9', false],
  ['v1.29.0+k3s1', true],
  ['v2.0.0', true],
])('%s has arrays: %s', async (gitVersion, has) => {
  fake.before = ({ path }) => (path === '/version' ? { body: { gitVersion } } : undefined)
  expect((await jobs.choices(scope, ada, signal())).arrays).toBe(has)
  if (!has) return
  const nativeId = await jobs.submit(scope, ada, job({ array: '0-9%3' }), signal())
  expect(fake.objects.get(jobsPath)?.[0]).toMatchObject({
    spec: { completionMode: 'Indexed', completions: 10, parallelism: 3, backoffLimitPerIndex: 0 },
  })
  await expect(jobs.cancel(scope, ada, `${nativeId}_4`, signal())).rejects.toThrow(/has not begun/)
})

test('a workspace is made in order with the platform’s credential, its token in its secret alone', async () => {
  const before = fake.requests.length
  for (let i = 0; i < 2; i++) await workspaces.start(scope, ada, spec(), null, signal())
  const sent = fake.requests.slice(before)
  expect(new Set(sent.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer platform-token']))
  const kinds = ['persistentvolumeclaims', 'secrets', 'networkpolicies', 'services', 'statefulsets']
  const created = sent.filter(({ method, query }) => method === 'POST' && !query.has('dryRun'))
  expect(created.map(({ path }) => path.split('/').at(-1))).toEqual([...kinds, ...kinds])
  expect(all()).toHaveLength(5)
  const [secret] = fake.objects.get('/api/v1/secrets') ?? []
  expect(secret?.data).toEqual({
    JUPYTER_TOKEN: Buffer.from('secret-of-the-notebook').toString('base64'),
    'env.A': Buffer.from('b').toString('base64'),
  })
  expect(JSON.stringify(all().filter((each) => each !== secret))).not.toContain('secret-of-the-notebook')
})

test('its pod is one that the profile restricted takes', async () => {
  await workspaces.start(scope, ada, spec(), null, signal())
  const [set] = fake.objects.get('/apis/apps/v1/statefulsets') ?? []
  expect(set).toMatchObject({
    spec: {
      template: {
        spec: {
          automountServiceAccountToken: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 1000,
            fsGroup: 100,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [{ securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
        },
      },
    },
  })
})

test.each([
  ['is refused', kubeStatus(403, 'statefulsets is forbidden: exceeded quota: q'), 5000],
  ['is not answered', { never: true }, 500],
])('where the last of it %s, all that was made for it is taken back, and nothing else', async (_, answer, time) => {
  fake.put('/api/v1/persistentvolumeclaims', {
    metadata: {
      name: 'vol-1',
      namespace: 't',
      labels: { 'app.kubernetes.io/managed-by': 'tenantry', 'tenantry/tenant': 'acme', 'tenantry/volume': 'vol-1' },
    },
  })
  fake.before = ({ method, path }) => (method === 'POST' && path.endsWith('/statefulsets') ? answer : undefined)
  const started = workspaces.start(scope, ada, spec(), null, AbortSignal.timeout(time))
  await expect(started).rejects.toMatchObject({ name: 'Error' })
  expect(all().map(({ metadata }) => metadata.name)).toEqual(['vol-1'])
})

test('a workspace that still goes is not begun beneath it', async () => {
  await workspaces.start(scope, ada, spec(), null, signal())
  const [set] = fake.objects.get('/apis/apps/v1/statefulsets') ?? []
  if (set) set.metadata.deletionTimestamp = '2026-01-02T03:04:05Z'
  const before = posts().length
  expect((await workspaces.start(scope, ada, spec(), null, signal())).phase).toBe('stopping')
  expect(posts()).toHaveLength(before)
})

test('a folder is no dataset here, and a claim is mounted to be read', async () => {
  const datasets = [{ name: 'images', source: '/srv/images' }]
  await expect(workspaces.start(scope, ada, spec({ datasets }), null, signal())).rejects.toThrow(/has to be a claim/)
  await workspaces.start(scope, ada, spec({ datasets: [{ name: 'images', source: 'claim-1' }] }), null, signal())
  const text = JSON.stringify(fake.objects.get('/apis/apps/v1/statefulsets'))
  expect(text).toContain('"claimName":"claim-1","readOnly":true')
  expect(text).toContain('"mountPath":"/datasets/images","readOnly":true')
})

test('what is of no namespace of the scope is not there, whatever is asked of it', async () => {
  fake.put(jobsPath, { metadata: { name: 'j', namespace: 't-other', uid: 'j' }, spec: { template: { spec: {} } } })
  const before = fake.requests.length
  const elsewhere = spec({ placement: { ...spec().placement, where: 't-other' } })
  const asked = { nativeId: 't-other/j', stream: 'stdout', from: 0, follow: false } as const
  for (const ask of [
    () => jobs.cancel(scope, null, 't-other/j', signal()),
    () => jobs.detail(scope, 't-other/j_0', signal()),
    () => jobs.output(scope, ada, asked, signal())[Symbol.asyncIterator]().next(),
    () => workspaces.start(scope, ada, elsewhere, null, signal()),
    () => workspaces.read(scope, ada, elsewhere, null, signal()),
    () => workspaces.stop(scope, ada, elsewhere, null, signal()),
    () => workspaces.remove(scope, ada, elsewhere, null, signal()),
    () => workspaces.use(scope, ada, elsewhere, null, signal()),
    () => workspaces.removeVolume(scope, ada, { name: 'vol-1', where: 't-other' }, signal()),
    () => workspaces.logs(scope, ada, elsewhere, null, signal())[Symbol.asyncIterator]().next(),
  ]) {
    await expect(ask()).rejects.toMatchObject({ kind: 'not_found' })
  }
  expect(fake.requests).toHaveLength(before)
})

test.each([
  ['of nobody', {}],
  ['of another workspace', { 'tenantry/tenant': 'acme', 'tenantry/workspace': 'ws-2' }],
  ['of another tenant', { 'tenantry/tenant': 'globex', 'tenantry/workspace': 'ws-1' }],
])('what is there %s by the name of a part is left alone, by start and by stop', async (_, labels) => {
  const managed = { 'app.kubernetes.io/managed-by': 'tenantry', ...labels }
  fake.put('/api/v1/secrets', { metadata: { name: 'ws-1', namespace: 't', labels: managed }, data: { a: 'b' } })
  await expect(workspaces.start(scope, ada, spec(), null, signal())).rejects.toThrow(/was not made for this/)
  await workspaces.remove(scope, ada, spec(), null, signal())
  expect(all()).toMatchObject([{ data: { a: 'b' } }])
})
