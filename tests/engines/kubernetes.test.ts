import type { Scope } from '@tenantry/contract'
import * as contract from '@tenantry/contract'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Kubernetes } from '../../dev/engines/kubernetes.mjs'
import { type Http, openHttp } from '../../packages/server/src/engines/http.ts'
import { openKubernetes } from '../../packages/server/src/engines/kubernetes/index.ts'
import { openKubeVirt } from '../../packages/server/src/engines/kubevirt/index.ts'
import { openMetal3 } from '../../packages/server/src/engines/metal3/index.ts'
import type { Opening } from '../../packages/server/src/engines/port.ts'
import { readAllowed } from '../../packages/server/src/platform/config/allowed.ts'
import { limitsAtEngine } from '../../packages/web/src/features/engines/limits-at-engine.ts'
import {
  allocateTo,
  bringUp,
  cardOf,
  connect as connectEngine,
  engineSettings,
  type Running,
  until,
} from '../support/engines.ts'
import { openTestHouse, root, twoTenants } from '../support/house.ts'

const kubernetes = await bringUp<Kubernetes>('kubernetes')
const missing = 'missing' in kubernetes ? kubernetes.missing : null
if (missing) process.stdout.write(`NOT RUN: the tests on a real Kubernetes. ${missing}\n`)

describe.skipIf(missing !== null)('with a real API server', () => {
  const slug = `t-${Date.now().toString(36)}`
  const scope: Scope = { kind: 'kubernetes', namespaces: [slug] }
  const gone: Scope = { kind: 'kubernetes', namespaces: [`${slug}-gone`] }
  const nodes = [`${slug}-h100`, `${slug}-mig`]
  const json = { 'content-type': 'application/json' }
  const merge = { 'content-type': 'application/merge-patch+json' }
  let opening: Opening
  let http: Http
  let bearer: string

  const signal = (seconds = 30) => AbortSignal.timeout(seconds * 1000)
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = json) => {
    const sent = { method, body, signal: signal(), headers: { ...headers, authorization: `Bearer ${bearer}` } }
    const { status, text } = await http.ask(path, sent)
    return { status, body: text === '' ? null : JSON.parse(text) }
  }
  const made = async (path: string, body: unknown) => {
    const answer = await call('POST', path, body)
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
  }
  const connect = () => openHttp(opening.address ?? '', opening.ca, opening.allowed)
  const within = `/api/v1/namespaces/${slug}`
  const pod = (name: string, gpus: number, product: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      automountServiceAccountToken: false,
      nodeSelector: { 'nvidia.com/gpu.product': product, proof: slug },
      containers: [
        {
          name: 'main',
          image: 'x',
          resources: { requests: { cpu: '2', memory: '4Gi' }, limits: { 'nvidia.com/gpu': String(gpus) } },
        },
      ],
    },
  })
  const node = async (name: string, labels: Record<string, string>, gpus: number) => {
    await made('/api/v1/nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { ...labels, proof: slug } },
    })
    const has = { cpu: '64', memory: '512Gi', pods: '110', 'nvidia.com/gpu': String(gpus) }
    const conditions = [{ type: 'Ready', status: 'True', reason: 'Test', message: 'x' }]
    const patched = await call(
      'PATCH',
      `/api/v1/nodes/${name}/status`,
      { status: { capacity: has, allocatable: has, conditions } },
      merge,
    )
    expect(patched.status).toBe(200)
    await call('PATCH', `/api/v1/nodes/${name}`, { spec: { taints: [] } }, merge)
  }

  beforeAll(async () => {
    const { address, token, ca } = (kubernetes as Running<Kubernetes>).state
    bearer = token
    const allowed = readAllowed([new URL(address).hostname.replace(/^\[|\]$/g, '')])
    opening = { kind: 'kubernetes', address, ca, credential: { type: 'bearer', token }, allowed }
    http = connect()
    await made('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: slug } })
    const hard = { 'requests.nvidia.com/gpu': '12', 'requests.cpu': '32', 'requests.memory': '64Gi' }
    await made(`${within}/resourcequotas`, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'limits' },
      spec: { hard },
    })
    await node(nodes[0] ?? '', { 'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3' }, 8)
    const mig = { 'nvidia.com/gpu.product': 'NVIDIA-A100-SXM4-40GB-MIG-1g.5gb', 'nvidia.com/mig.strategy': 'single' }
    await node(nodes[1] ?? '', mig, 56)
  }, 60_000)
  afterAll(async () => {
    http.close()
    await (kubernetes as Running<Kubernetes>).down()
  }, 60_000)

  test('it says what it is, and a wrong token is told as one', async () => {
    const engine = openKubernetes(opening, connect())
    const probe = await engine.probe(signal())
    expect(probe.version).toMatch(/^v1\.\d+/)
    expect(probe.capabilities).toEqual(['watch', 'access', 'kubeconfig', 'jobs', 'workspaces'])
    engine.close()
    const stranger = openKubernetes(
      { ...opening, credential: { type: 'bearer', token: 'not-a-token-of-it' } },
      connect(),
    )
    await expect(stranger.probe(signal())).rejects.toMatchObject({ kind: 'unauthorised' })
    stranger.close()
  })

  test('pods that the scheduler places, quota that it enforces and what does not fit are told as they are', async () => {
    const engine = openKubernetes(opening, connect())
    const changed = vi.fn()
    const stop = new AbortController()
    const watching = engine.watch?.([scope], changed, stop.signal)
    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1), 10_000)
    await made(`${within}/pods`, pod('train', 2, 'NVIDIA-H100-80GB-HBM3'))
    await made(`${within}/pods`, pod('slices', 3, 'NVIDIA-A100-SXM4-40GB-MIG-1g.5gb'))
    await vi.waitFor(() => expect(changed.mock.calls.length).toBeGreaterThan(2), 10_000)
    const read = async () => (await engine.snapshot([scope, gone], signal())).map(({ resources }) => resources[0])
    await vi.waitFor(
      async () => {
        const [mine] = await read()
        expect(mine?.gpus).toEqual([
          { model: 'A100-SXM4-40GB', profile: '1g.5gb', total: 3, used: 3, free: 0 },
          { model: 'H100-80GB-HBM3', profile: null, total: 2, used: 2, free: 0 },
          { model: 'any', profile: 'any', total: 7, used: 0, free: 7 },
        ])
        expect(mine?.cpus).toEqual({ total: 32, used: 4, free: 28 })
      },
      { timeout: 20_000, interval: 500 },
    )
    expect((await read())[1]).toMatchObject({ state: 'failed', reason: 'The namespace is not there.' })

    const beyond = await call('POST', `${within}/pods`, pod('beyond', 8, 'NVIDIA-H100-80GB-HBM3'))
    expect(beyond.body.message).toContain('exceeded quota')
    await made(`${within}/pods`, pod('too-many', 7, 'NVIDIA-H100-80GB-HBM3'))
    await vi.waitFor(
      async () => {
        const [mine] = await read()
        expect(mine).toMatchObject({ state: 'degraded', nativeState: ['Active', 'Unschedulable'] })
        expect(mine?.reason).toMatch(/^too-many: .*nodes are available/)
      },
      { timeout: 20_000, interval: 500 },
    )
    const [all] = await engine.snapshot([{ kind: 'kubernetes', namespaces: null }], signal())
    expect(all?.resources.find(({ name }) => name === nodes[1])).toMatchObject({
      state: 'running',
      gpus: [{ model: 'A100-SXM4-40GB', profile: '1g.5gb', total: 56, used: 3, free: 53 }],
    })
    stop.abort()
    await watching
    engine.close()
  }, 90_000)

  test('the manifest that is shown holds the namespace itself to a quota', async () => {
    const namespace = `${slug}-limits`
    await made('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
    const quota = { gpus: [{ model: 'H100', count: 2 }], cpus: 8, memoryMiB: 65_536, storageGiB: 100 }
    const shown = limitsAtEngine({ scope: { kind: 'kubernetes', namespaces: [namespace] }, quota }) ?? ''
    const { items } = JSON.parse(shown.slice(shown.indexOf('{'), shown.lastIndexOf('}') + 1))
    const its = `/api/v1/namespaces/${namespace}`
    for (const item of items) await made(`${its}/resourcequotas`, item)
    await until(
      async () => (await call('GET', `${its}/resourcequotas/tenantry`)).body.status?.hard,
      (hard) => hard?.['requests.nvidia.com/gpu'] === '2',
    )
    const asked = (gpus: number) => call('POST', `${its}/pods`, pod(`p${gpus}`, gpus, 'NVIDIA-H100-80GB-HBM3'))
    const refused = await asked(3)
    expect([refused.status, refused.body.message]).toEqual([403, expect.stringMatching(/exceeded quota: tenantry/)])
    expect((await asked(2)).status).toBe(201)
    await call('DELETE', its)
  })

  test('a person has what was carried through, by a token of their own, until it is taken', async () => {
    const engine = openKubernetes(opening, connect())
    const ada = { username: 'ada.l-', tenant: 'acme', mayUse: true, mayManage: false }
    await expect(engine.kubeconfig?.(scope, ada, 600, signal())).rejects.toMatchObject({ kind: 'refused' })
    expect(await engine.carryThrough?.(scope, ada, signal())).toBe(`edit in ${slug}`)
    expect(await engine.carryThrough?.(scope, ada, signal())).toBe(`edit in ${slug}`)
    const { kubeconfig = '', expiresAt = '' } = (await engine.kubeconfig?.(scope, ada, 600, signal())) ?? {}
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(500_000)
    const token = /token: "([^"]+)"/.exec(kubeconfig)?.[1]
    const asAda = async (path: string) =>
      (await http.ask(path, { signal: signal(), headers: { authorization: `Bearer ${token}` } })).status
    // The authorizer learns of a binding by a watch of its own.
    await vi.waitFor(async () => expect(await asAda(`${within}/pods`)).toBe(200), { timeout: 10_000, interval: 200 })
    expect(await asAda('/api/v1/namespaces/default/pods')).toBe(403)
    const roles = `/apis/rbac.authorization.k8s.io/v1/namespaces/${slug}/rolebindings`
    expect(await asAda(roles)).toBe(403)
    expect(await engine.carryThrough?.(scope, { ...ada, mayManage: true }, signal())).toBe(`admin in ${slug}`)
    await vi.waitFor(async () => expect(await asAda(roles)).toBe(200), { timeout: 10_000, interval: 200 })
    expect(await engine.carryThrough?.(scope, { ...ada, mayUse: false }, signal())).toBe('nothing')
    expect(await engine.carryThrough?.(scope, { ...ada, mayUse: false }, signal())).toBe('nothing')
    await vi.waitFor(async () => expect(await asAda(`${within}/pods`)).toBeGreaterThan(400), {
      timeout: 20_000,
      interval: 500,
    })
    await expect(engine.carryThrough?.(gone, ada, signal())).rejects.toMatchObject({ kind: 'not_found' })
    engine.close()
  }, 60_000)

  const define = async (group: string, version: string, plural: string, kind: string) => {
    const singular = kind.toLowerCase()
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
    const versions = [{ name: version, served: true, storage: true, schema, subresources: { status: {} } }]
    const names = { plural, singular, kind, listKind: `${kind}List` }
    const spec = { group, scope: 'Namespaced', names, versions }
    const body = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.${group}` },
      spec,
    }
    const answer = await call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', body)
    expect([201, 409], JSON.stringify(answer.body)).toContain(answer.status)
    const path = `/apis/${group}/${version}/namespaces/${slug}/${plural}`
    await vi.waitFor(async () => expect((await call('GET', path)).status).toBe(200), { timeout: 15_000, interval: 200 })
    return path
  }
  const put = async (
    path: string,
    apiVersion: string,
    kind: string,
    name: string,
    spec: object,
    status: object,
    labels = {},
  ) => {
    await made(path, { apiVersion, kind, metadata: { name, labels }, spec })
    expect((await call('PATCH', `${path}/${name}/status`, { status }, merge)).status).toBe(200)
  }

  test('machines of KubeVirt are told, and watched', async () => {
    const machines = await define('kubevirt.io', 'v1', 'virtualmachines', 'VirtualMachine')
    const instances = await define('kubevirt.io', 'v1', 'virtualmachineinstances', 'VirtualMachineInstance')
    const engine = openKubeVirt({ ...opening, kind: 'kubevirt' }, connect())
    const mine: Scope = { kind: 'kubevirt', namespaces: [slug] }
    const changed = vi.fn()
    const stop = new AbortController()
    const watching = engine.watch?.([mine], changed, stop.signal)
    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1), 10_000)
    const domain = {
      cpu: { cores: 4 },
      memory: { guest: '8Gi' },
      devices: { gpus: [{ name: 'g', deviceName: 'nvidia.com/GA102GL_A10' }] },
    }
    const spec = { runStrategy: 'Always', template: { spec: { domain } } }
    await put(machines, 'kubevirt.io/v1', 'VirtualMachine', 'vm1', spec, { printableStatus: 'Running', ready: true })
    const status = { phase: 'Running', nodeName: 'n1', interfaces: [{ ipAddress: '10.1.2.3' }] }
    await put(instances, 'kubevirt.io/v1', 'VirtualMachineInstance', 'vm1', { domain }, status)
    await vi.waitFor(() => expect(changed.mock.calls.length).toBeGreaterThan(3), 10_000)
    const [share] = await engine.snapshot([mine], signal())
    expect(share?.resources).toMatchObject([
      {
        nativeId: `${slug}/vm1`,
        state: 'running',
        cpus: { total: 4, used: 4 },
        memoryMiB: { total: 8192 },
        gpus: [{ model: 'A10', total: 1, used: 1 }],
      },
    ])
    expect(share?.resources[0]?.facts).toContainEqual({ name: 'Address', value: '10.1.2.3' })
    const probe = await engine.probe(signal())
    expect(probe.api).toBe('kubevirt.io/v1')
    stop.abort()
    await watching
    engine.close()
  }, 60_000)

  test('machines of Metal3 are told, and powered', async () => {
    const hosts = await define('metal3.io', 'v1alpha1', 'baremetalhosts', 'BareMetalHost')
    const engine = openMetal3({ ...opening, kind: 'metal3' }, connect())
    const mine: Scope = { kind: 'metal3', namespaces: [slug] }
    const labels = { 'tenantry.io/gpu-model': 'H100', 'tenantry.io/gpu-count': '8' }
    const status = { provisioning: { state: 'provisioned' }, operationalStatus: 'OK', poweredOn: true }
    await put(hosts, 'metal3.io/v1alpha1', 'BareMetalHost', 'h1', { online: true }, status, labels)
    const [share] = await engine.snapshot([mine], signal())
    expect(share?.resources).toMatchObject([
      {
        nativeId: `${slug}/h1`,
        state: 'running',
        gpus: [{ model: 'H100', total: 8, used: 8 }],
        power: ['stop', 'restart'],
      },
    ])
    const target = { kind: 'baremetal', nativeId: `${slug}/h1` } as const
    await engine.power?.(mine, target, 'stop', signal())
    await engine.power?.(mine, target, 'restart', signal())
    const { body } = await call('GET', `${hosts}/h1`)
    expect(body.spec.online).toBe(false)
    expect(body.metadata.annotations).toMatchObject({ 'reboot.metal3.io': '' })
    expect((await engine.snapshot([mine], signal()))[0]?.resources[0]?.state).toBe('stopping')
    await expect(engine.power?.(mine, { ...target, nativeId: 'default/h1' }, 'stop', signal())).rejects.toMatchObject({
      kind: 'not_found',
    })
    engine.close()
  }, 60_000)

  test('a user gets a kubeconfig that reaches their namespace alone, and is dead as soon as they are disabled', async () => {
    const { address, token, ca } = (kubernetes as Running<Kubernetes>).state
    const house = await openTestHouse(engineSettings)
    try {
      const { acme } = await twoTenants(house)
      const platform = await house.signedIn(root)
      const credential = { type: 'bearer', token }
      const id = await connectEngine(platform, { kind: 'kubernetes', name: 'k8s', address, ca, credential })
      await allocateTo(platform, acme.tenant, id, { kind: 'kubernetes', namespaces: [slug] })
      const admin = await house.signedIn(acme.admin)
      const user = await house.signedIn(acme.user)
      const followed = async () =>
        (await admin.ask(contract.listUserEngines, { params: { id: acme.user.id } })).body.items[0]
      expect((await until(followed, (one) => one?.state === 'in_step')).access).toBe(`edit in ${slug}`)
      const card = await until(
        () => cardOf(user, 'kubernetes'),
        ({ count }) => count === 1,
      )
      expect(card.cpus?.total).toBe(32)
      const { body } = await user.ask(contract.listKubernetes)
      const made = await user.ask(contract.makeKubeconfig, { params: { id: body.items[0].id } })
      expect(made.status).toBe(200)
      const own = /token: "([^"]+)"/.exec(made.body.kubeconfig)?.[1] ?? ''
      const ask = async (path: string, method = 'GET', sent?: unknown) =>
        (
          await http.ask(path, {
            method,
            body: sent,
            signal: signal(),
            headers: { ...json, authorization: `Bearer ${own}` },
          })
        ).status
      expect(await ask(`${within}/pods`)).toBe(200)
      expect(await ask('/api/v1/namespaces/kube-system/secrets')).toBe(403)
      expect(await ask('/api/v1/nodes')).toBe(403)
      // Nor do they reach the accounts of their colleagues.
      expect(await ask('/api/v1/namespaces/tenantry-people/serviceaccounts')).toBe(403)
      const others = '/api/v1/namespaces/tenantry-people/serviceaccounts/acme.ada/token'
      expect(
        await ask(others, 'POST', {
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'TokenRequest',
          spec: { audiences: [] },
        }),
      ).toBe(403)
      const begun = performance.now()
      await admin.ask(contract.disableUser, { params: { id: acme.user.id }, headers: { 'if-match': '*' } })
      await until(
        () => ask(`${within}/pods`),
        (status) => status === 401 || status === 403,
      )
      process.stdout.write(`  disabled → the kubeconfig reaches nothing: ${Math.round(performance.now() - begun)} ms\n`)
      await until(
        () => ask(`${within}/pods`),
        (status) => status === 401,
        { seconds: 30 },
      )
    } finally {
      await house.close()
    }
  })
})
