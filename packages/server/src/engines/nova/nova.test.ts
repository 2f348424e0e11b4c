import type { EngineCredential, Scope } from '@tenantry/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type FakeAnswer,
  type FakeEngine,
  type FakeRequest,
  openFakeEngine,
} from '../../../../../tests/support/fake-engine.ts'
import { openHttp } from '../http.ts'
import type { Engine } from '../port.ts'
import { gpusOfFlavor } from './gpus.ts'
import { openNova } from './index.ts'
import { stateOf } from './servers.ts'

const acme = 'a'.repeat(32)
const other = 'b'.repeat(32)
let fake: FakeEngine
let engine: Engine
let before: (request: FakeRequest) => FakeAnswer | undefined
let servers: ReturnType<typeof server>[]
let compute: () => string
let clock: number
let given: number

const flavor = {
  original_name: 'gpu.2',
  vcpus: 16,
  ram: 65536,
  disk: 100,
  extra_specs: { 'pci_passthrough:alias': 'a100:2' },
}
const server = (id: string, project: string, status = 'ACTIVE', more: object = {}) => ({
  id,
  name: `name of ${id}`,
  tenant_id: project,
  status,
  created: '2025-01-02T03:04:05Z',
  'OS-EXT-STS:vm_state': status.toLowerCase(),
  'OS-EXT-STS:task_state': null as string | null,
  addresses: { private: [{ addr: '10.0.0.4', version: 4 }] },
  flavor,
  locked: false,
  ...more,
})

function answer(request: FakeRequest): FakeAnswer {
  const early = before(request)
  if (early) return early
  const { method, path, query, headers, body } = request
  if (path === '/identity/v3/') return { body: { version: { id: 'v3.14', status: 'stable' } } }
  if (path === '/identity/v3/auth/tokens') {
    const { auth } = body as {
      auth: { identity: { password: { user: { password: string } } }; scope: { project: { id?: string } } }
    }
    if (auth.identity.password.user.password !== 'secret-password') {
      return {
        status: 401,
        body: { error: { code: 401, message: 'The request you have made requires authentication.' } },
      }
    }
    const project = { id: auth.scope.project.id ?? acme, name: 'acme' }
    const catalog = [
      {
        type: 'compute',
        endpoints: [
          { interface: 'admin', url: 'http://x' },
          { interface: 'public', url: compute() },
        ],
      },
    ]
    given += 1
    const expires_at = new Date(clock + 3_600_000).toISOString()
    const headersOf = { 'x-subject-token': `token-${given}-${project.id}` }
    return { status: 201, headers: headersOf, body: { token: { expires_at, project, catalog } } }
  }
  const project = String(headers['x-auth-token']).replace(/^token-\d+-/, '')
  if (headers['x-auth-token'] === undefined) return { status: 401, body: { error: { message: 'no token' } } }
  const mine = servers.filter(({ tenant_id }) => tenant_id === project)
  if (path === '/v2.1/') return { body: { version: { id: 'v2.1', version: '2.93', min_version: '2.1' } } }
  if (path === '/v2.1/servers/detail') {
    const from = query.has('marker') ? mine.findIndex(({ id }) => id === query.get('marker')) + 1 : 0
    const page = mine.slice(from, from + 2)
    const more = from + 2 < mine.length
    return {
      body: { servers: page, ...(more && { servers_links: [{ rel: 'next', href: 'http://elsewhere/?marker=x' }] }) },
    }
  }
  const [, id, action] = /^\/v2\.1\/servers\/([^/]+)(\/action)?$/.exec(path) ?? []
  const found = mine.find((each) => each.id === id)
  if (!found) return { status: 404, body: { itemNotFound: { message: 'Instance could not be found.' } } }
  if (action && method === 'POST') return { status: 202, text: '' }
  return { body: { server: found } }
}

const credential = (more: object = {}): EngineCredential => ({
  type: 'keystone',
  authUrl: `${fake.address}/identity/v3`,
  user: 'tenantry',
  userDomain: 'Default',
  password: 'secret-password',
  ...more,
})
const open = (more: object = {}, address: string | null = null) => {
  const opening = fake.opening(credential(more), { kind: 'nova', address })
  return openNova(opening, openHttp(fake.address, null, opening.allowed), () => clock)
}
beforeEach(async () => {
  before = () => undefined
  servers = []
  clock = Date.now()
  given = 0
  compute = () => `${fake.address}/v2.1`
  fake = await openFakeEngine(answer)
  engine = open()
})
afterEach(async () => {
  engine.close()
  await fake.close()
})

const signal = () => AbortSignal.timeout(5000)
const scope = (project: string): Scope => ({ kind: 'nova', project })

test('a server shows its flavor and what can be done about it', async () => {
  servers = [server('1', acme)]
  const [share] = await engine.snapshot([scope(acme)], signal())
  expect(share).toEqual({
    jobs: null,
    resources: [
      {
        kind: 'vm',
        name: 'name of 1',
        nativeId: '1',
        state: 'running',
        nativeState: ['ACTIVE', 'active'],
        reason: null,
        cpus: { total: 16, used: 16, free: 0 },
        memoryMiB: { total: 65536, used: 65536, free: 0 },
        gpus: [{ model: 'a100', profile: null, total: 2, used: 2, free: 0 }],
        facts: [
          { name: 'Flavor', value: 'gpu.2' },
          { name: 'Address', value: '10.0.0.4' },
        ],
        power: ['stop', 'restart'],
        createdAt: '2025-01-02T03:04:05.000Z',
      },
    ],
  })
  const asked = fake.requests.at(-1)
  expect(asked?.headers['openstack-api-version']).toBe('compute 2.47')
  expect(fake.requests.some(({ query }) => query.has('all_tenants'))).toBe(false)
})

test('each project is asked with a token of its own, page by page, and its own servers are all it has', async () => {
  servers = [...['1', '2', '3', '4', '5'].map((id) => server(id, acme)), server('9', other)]
  const shares = await engine.snapshot([scope(acme), scope(other), scope(acme)], signal())
  expect(shares.map(({ resources }) => resources.map(({ nativeId }) => nativeId))).toEqual([
    ['1', '2', '3', '4', '5'],
    ['9'],
    ['1', '2', '3', '4', '5'],
  ])
  expect(given).toBe(2)
  const [auth] = fake.requests.filter(({ path }) => path.endsWith('/auth/tokens'))
  expect(auth?.body).toMatchObject({ auth: { scope: { project: { id: acme } } } })
})

test('a server of another project is left out, even where it is answered, and not powered', async () => {
  before = ({ path }) => {
    if (path.endsWith('/servers/detail')) return { body: { servers: [server('9', other), server('1', acme)] } }
    return path.endsWith('/servers/9') ? { body: { server: server('9', other) } } : undefined
  }
  const [share] = await engine.snapshot([scope(acme)], signal())
  expect(share?.resources.map(({ nativeId }) => nativeId)).toEqual(['1'])
  for (const nativeId of ['9', 'gone', '../servers/1', '1/action']) {
    await expect(engine.power?.(scope(acme), { kind: 'vm', nativeId }, 'stop', signal())).rejects.toMatchObject({
      kind: 'not_found',
    })
  }
  expect(fake.requests.filter(({ path }) => path.endsWith('/action'))).toEqual([])
})

test.each([
  ['start', { 'os-start': null }],
  ['stop', { 'os-stop': null }],
  ['restart', { reboot: { type: 'SOFT' } }],
] as const)('%s is an action', async (verb, action) => {
  servers = [server('1', acme)]
  await engine.power?.(scope(acme), { kind: 'vm', nativeId: '1' }, verb, signal())
  expect(fake.requests.at(-1)).toMatchObject({ method: 'POST', path: '/v2.1/servers/1/action', body: action })
})

test('a token is kept until five minutes before it ends', async () => {
  const read = () => engine.snapshot([scope(acme)], signal())
  await read()
  clock += 54 * 60_000
  await read()
  expect(given).toBe(1)
  clock += 2 * 60_000
  await read()
  expect(given).toBe(2)
})

test('a token that is refused is renewed, once', async () => {
  await engine.snapshot([scope(acme)], signal())
  before = ({ headers }) => (headers['x-auth-token']?.toString().startsWith('token-1-') ? { status: 401 } : undefined)
  await engine.snapshot([scope(acme)], signal())
  expect(given).toBe(2)
  before = ({ path }) => (path.startsWith('/v2.1') ? { status: 401 } : undefined)
  await expect(engine.snapshot([scope(acme)], signal())).rejects.toMatchObject({ kind: 'unauthorised' })
  expect(given).toBe(3)
})

test('a wrong password is said in the words of Keystone, and tried again the next time', async () => {
  const wrong = open({ password: 'wrong' })
  for (let i = 0; i < 2; i++) {
    const asked = wrong.snapshot([scope(acme)], signal())
    await expect(asked).rejects.toMatchObject({
      kind: 'unauthorised',
      said: expect.stringContaining('requires authentication'),
    })
    await expect(asked).rejects.not.toMatchObject({ said: expect.stringContaining('wrong') })
  }
  wrong.close()
})

test.each([
  ['http://169.254.169.254/latest', 'unreachable'],
  ['http://127.0.0.2:1/v2.1', 'unreachable'],
  ['file:///etc/passwd', 'garbage'],
  ['nonsense', 'garbage'],
])('a catalog that leads to %s leads nowhere', async (url, kind) => {
  compute = () => url
  await expect(engine.snapshot([scope(acme)], signal())).rejects.toMatchObject({ kind })
})

test('a token for another project is not used', async () => {
  before = ({ path }) =>
    path.endsWith('/auth/tokens')
      ? {
          status: 201,
          headers: { 'x-subject-token': 't' },
          body: { token: { expires_at: '2030-01-01T00:00:00Z', project: { id: other }, catalog: [] } },
        }
      : undefined
  await expect(engine.snapshot([scope(acme)], signal())).rejects.toMatchObject({ kind: 'garbage' })
})

test.each([
  ['not JSON', { text: '<html>' }],
  ['no list', { body: {} }],
  ['a flavor that is none', { body: { servers: [{ id: '1', name: 'x', flavor: 7 }] } }],
  ['a list without an end', { body: { servers: [server('1', acme)], servers_links: [{ rel: 'next' }] } }],
])('%s does not break it', async (what, wrong) => {
  before = ({ path }) => (path.endsWith('/servers/detail') ? wrong : undefined)
  const asked = engine.snapshot([scope(acme)], signal())
  if (what === 'a list without an end') await expect(asked).resolves.toHaveLength(1)
  else await expect(asked).rejects.toMatchObject({ kind: 'garbage' })
})

test('a slow answer ends with the signal', async () => {
  before = ({ path }) => (path.endsWith('/servers/detail') ? { never: true } : undefined)
  await expect(engine.snapshot([scope(acme)], AbortSignal.timeout(80))).rejects.toMatchObject({ kind: 'slow' })
})

test('it says what it is, as far as its credential reaches', async () => {
  expect(await engine.probe(signal())).toEqual({
    version: 'Keystone v3.14',
    api: 'compute 2.47',
    capabilities: ['power'],
  })
  const known = open({ project: 'acme' })
  expect((await known.probe(signal())).version).toBe('Nova 2.93')
  known.close()
})

test.each([
  ['BUILD', 'scheduling', 'pending'],
  ['BUILD', 'spawning', 'starting'],
  ['ACTIVE', null, 'running'],
  ['ACTIVE', 'powering-off', 'stopping'],
  ['ACTIVE', 'deleting', 'stopping'],
  ['ACTIVE', 'reboot_started', 'starting'],
  ['SHUTOFF', null, 'stopped'],
  ['SHUTOFF', 'powering-on', 'starting'],
  ['SHELVED_OFFLOADED', null, 'stopped'],
  ['PAUSED', null, 'degraded'],
  ['RESCUE', null, 'degraded'],
  ['ERROR', 'deleting', 'failed'],
  ['NEW_WORD', null, 'unknown'],
  [null, null, 'unknown'],
])('%s while %s is %s', (status, task, state) => {
  expect(stateOf({ status, 'OS-EXT-STS:task_state': task })).toBe(state)
})

test('power is what Nova would accept', async () => {
  servers = [
    server('off', acme, 'SHUTOFF'),
    server('busy', acme, 'ACTIVE', { 'OS-EXT-STS:task_state': 'powering-off' }),
    server('locked', acme, 'ACTIVE', { locked: true }),
    server('broken', acme, 'ERROR', { fault: { message: 'No valid host was found.' } }),
  ]
  const [share] = await engine.snapshot([scope(acme)], signal())
  expect(share?.resources.map(({ power, reason }) => [power, reason])).toEqual([
    [['start'], null],
    [[], null],
    [[], null],
    [['stop'], 'No valid host was found.'],
  ])
  expect(share?.resources[0]?.gpus[0]).toMatchObject({ total: 2, used: 2 })
})

test.each([
  [{ 'pci_passthrough:alias': 'a1:2' }, [['a1', null, 2]]],
  [{ 'pci_passthrough:alias': 'h100:4,sriov-nic:1,qat:2' }, [['h100', null, 4]]],
  [{ 'pci_passthrough:alias': 't4' }, [['t4', null, 1]]],
  [{ 'resources:VGPU': '1' }, [['any', 'vGPU', 1]]],
  [{ 'resources1:VGPU': 2 }, [['any', 'vGPU', 2]]],
  [{ 'resources:CUSTOM_GPU_A100_80GB': '1' }, [['A100-80GB', null, 1]]],
  [{ 'resources:CUSTOM_H100': '8' }, [['H100', null, 8]]],
  [{ 'resources:CUSTOM_VGPU_A40': '1' }, [['A40', 'vGPU', 1]]],
  [{ 'resources:CUSTOM_BAREMETAL_GOLD': '1', 'resources:VCPU': '0', 'hw:cpu_policy': 'dedicated' }, []],
  [{ 'resources:VGPU': '0', 'pci_passthrough:alias': 'a1:x' }, []],
] as [Record<string, string | number>, [string, string | null, number][]][])('%j has %j', (specs, gpus) => {
  expect(gpusOfFlavor(specs, true).map(({ model, profile, used }) => [model, profile, used])).toEqual(gpus)
})
