import type { Scope } from '@tenantry/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Kubernetes } from '../../dev/engines/kubernetes.mjs'
import { openEngine } from '../../packages/server/src/engines/index.ts'
import type { Engine, Person, WorkspaceHost, WorkspaceSpec } from '../../packages/server/src/engines/port.ts'
import { bringUp, type Running, until } from '../support/engines.ts'
import { type FakeKubelet, openFakeKubelet } from '../support/fake-kubelet.ts'
import { type Bench, benchOf } from '../support/kubernetes-bench.ts'

const kubernetes = await bringUp<Kubernetes>('kubernetes')
const missing = 'missing' in kubernetes ? kubernetes.missing : null
if (missing) process.stdout.write(`NOT RUN: workspaces on a real Kubernetes. ${missing}\n`)

const ada: Person = { username: 'ada.l', tenant: 'acme', mayUse: true, mayManage: false }
const grace: Person = { username: 'grace', tenant: 'acme', mayUse: true, mayManage: false }
const signal = (seconds = 30) => AbortSignal.timeout(seconds * 1000)

describe.skipIf(missing !== null)('workspaces on a real Kubernetes', () => {
  const namespace = 't-acme'
  const scope: Scope = { kind: 'kubernetes', namespaces: [namespace] }
  let bench: Bench
  let kubelet: FakeKubelet
  let engine: Engine
  let workspaces: WorkspaceHost

  beforeAll(async () => {
    const { state, folder } = kubernetes as Running<Kubernetes>
    bench = benchOf(state, namespace)
    kubelet = await openFakeKubelet(folder)
    for (const name of [namespace, 't-other']) {
      await bench.good('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
    }
    const h100 = { 'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3' }
    const mixed = { 'nvidia.com/gpu.product': 'NVIDIA-A100-SXM4-40GB', 'nvidia.com/mig.strategy': 'mixed' }
    await bench.node('h100', h100, { 'nvidia.com/gpu': '8' }, kubelet.port)
    await bench.node('mig', mixed, { 'nvidia.com/mig-1g.5gb': '7' }, kubelet.port)
    const hard = { 'requests.nvidia.com/gpu': '12', 'requests.cpu': '40', 'requests.memory': '300Gi' }
    await bench.good('POST', `${bench.core}/resourcequotas`, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'limits' },
      spec: { hard },
    })
    engine = openEngine(bench.opening)
    if (!engine.workspaces) throw new Error('no workspaces')
    workspaces = engine.workspaces
    // The quota is counted a moment after it is written.
    const listed = () => bench.good('GET', `${bench.core}/resourcequotas/limits`)
    await until(listed, ({ status }) => status?.used?.['requests.nvidia.com/gpu'] === '0')
  }, 90_000)
  afterAll(async () => {
    engine?.close()
    bench?.close()
    await kubelet?.close()
    await (kubernetes as Running<Kubernetes>).down()
  }, 60_000)

  const spec = (more: Partial<WorkspaceSpec> = {}): WorkspaceSpec => ({
    name: 'ws-a1',
    image: 'registry.example.org/jupyter:1',
    command: null,
    cpus: 4,
    memoryMiB: 8192,
    accelerator: { kind: 'mig', model: 'a100', profile: '1g.5gb', count: 1 },
    volume: { name: 'vol-a1', sizeGiB: 5 },
    datasets: [],
    placement: { where: namespace, account: null, qos: null, minutes: null },
    environment: { TEAM: 'vision' },
    secret: 'token-of-the-notebook',
    ...more,
  })
  /** A disk for a claim, known to whoever binds the two: a claim looked at before that is not looked at again for long. */
  const disk = async (name: string, claim: string) => {
    await bench.good('POST', '/api/v1/persistentvolumes', {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        capacity: { storage: '5Gi' },
        accessModes: ['ReadWriteOnce'],
        hostPath: { path: '/tmp/none' },
        claimRef: { namespace, name: claim },
      },
    })
    await until(
      () => bench.good('GET', `/api/v1/persistentvolumes/${name}`),
      ({ status }) => status?.phase !== 'Pending',
    )
  }
  const start = (what: WorkspaceSpec, person = ada) => workspaces.start(scope, person, what, null, signal())
  const reading = (what: WorkspaceSpec) => workspaces.read(scope, ada, what, null, signal())
  const labelled = async (what: WorkspaceSpec) =>
    (await bench.ours()).filter((each) => each.includes(what.name) || each === `claims/${what.volume?.name}`)
  const container = (state: object, more = {}) => [
    { name: 'main', image: 'x', imageID: '', ready: false, restartCount: 0, state, ...more },
  ]
  const bound = (what: WorkspaceSpec) =>
    until(
      () => bench.podOf(`tenantry/workspace=${what.name}`),
      (found) => found?.spec.nodeName !== undefined,
    )
  const stopped = async (what: WorkspaceSpec) => {
    const first = await workspaces.stop(scope, ada, what, null, signal())
    await bench.podGone(`${what.name}-0`)
    await until(
      () => workspaces.stop(scope, ada, what, null, signal()),
      ({ phase }) => phase === 'missing',
    )
    return first
  }

  test('a workspace is five things, queued, pulled, started and ready, and its stop leaves only its volume', async () => {
    const mine = spec()
    expect((await reading(mine)).phase).toBe('missing')
    expect((await start(mine)).phase).toBe('queued')
    await start(mine)
    await until(
      () => labelled(mine),
      (all) => all.length === 6,
    )
    expect(await labelled(mine)).toEqual([
      'claims/vol-a1',
      'pods/ws-a1-0',
      'policies/ws-a1',
      'secrets/ws-a1',
      'services/ws-a1',
      'sets/ws-a1',
    ])
    const queued = await until(
      () => reading(mine),
      ({ reason }) => reason !== null,
    )
    expect(queued).toMatchObject({ phase: 'queued', address: null, handle: `${namespace}/ws-a1` })
    expect(queued.reason).toMatch(/unbound immediate PersistentVolumeClaims/)
    await disk('disk-a1', 'vol-a1')
    // A claim is looked at again when it changes, and else four times a minute.
    await bench.patch(`${bench.collections.claims}/vol-a1`, { metadata: { annotations: { look: 'again' } } })
    const pod = await bound(mine)
    expect(pod.spec.nodeName).toBe('mig')
    expect(JSON.stringify(pod)).not.toContain(mine.secret)
    const event = { kind: 'Pod', namespace, name: 'ws-a1-0', uid: pod.metadata.uid }
    const tell = (reason: string) =>
      bench.good('POST', `${bench.core}/events`, {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `ws-a1-${reason.toLowerCase()}` },
        involvedObject: event,
        reason,
        message: `${reason} image`,
        type: 'Normal',
        firstTimestamp: new Date().toISOString(),
        lastTimestamp: new Date(Date.now() + 1000).toISOString(),
      })
    await tell('Pulling')
    expect((await reading(mine)).phase).toBe('pulling')
    const unready = { phase: 'Running', podIP: '10.1.2.3', conditions: [{ type: 'Ready', status: 'False' }] }
    await bench.podStatus('ws-a1-0', { ...unready, containerStatuses: container({ running: {} }) })
    expect((await reading(mine)).phase).toBe('starting')
    await bench.podStatus('ws-a1-0', { conditions: [{ type: 'Ready', status: 'True' }] })
    const ready = await reading(mine)
    expect(ready).toMatchObject({ phase: 'ready', reason: null, address: { host: '10.1.2.3', port: 8888 } })
    expect(ready.events.map(({ text }) => text)).toContain('Pulling image')

    kubelet.write(`${namespace}/ws-a1-0`, 'Jupyter Server is running\n')
    kubelet.end(`${namespace}/ws-a1-0`)
    let log = ''
    for await (const text of workspaces.logs(scope, ada, mine, null, signal())) log += text
    expect(log).toBe('Jupyter Server is running\n')

    const terminated = { exitCode: 137, reason: 'OOMKilled' }
    const crash = { lastState: { terminated }, restartCount: 2 }
    const waiting = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } }
    await bench.podStatus('ws-a1-0', {
      containerStatuses: container(waiting, crash),
      conditions: [{ type: 'Ready', status: 'False' }],
    })
    expect(await reading(mine)).toMatchObject({
      phase: 'failed',
      reason: 'It used more memory than it has. It was begun again 2 times.',
    })

    expect((await stopped(mine)).phase).toBe('stopping')
    expect(await labelled(mine)).toEqual(['claims/vol-a1'])
  }, 90_000)

  test('it starts anew on the same volume, also for somebody else, and the volume goes when it is asked to', async () => {
    const mine = spec()
    const claim = async () => (await bench.good('GET', `${bench.collections.claims}/vol-a1`)).metadata.uid
    const before = await claim()
    await start(mine, grace)
    await bound(mine)
    expect(await claim()).toBe(before)
    await stopped(mine)
    const volume = { name: 'vol-a1', where: namespace }
    const other = { ...ada, tenant: 'globex' }
    await expect(workspaces.removeVolume(scope, other, volume, signal())).rejects.toMatchObject({ kind: 'refused' })
    for (let i = 0; i < 2; i++) await workspaces.removeVolume(scope, ada, volume, signal())
    await workspaces.remove(scope, ada, mine, null, signal())
    await until(
      () => labelled(mine),
      (left) => left.length === 0,
    )
  }, 60_000)

  test('what is refused is said in a sentence, and what was made for it is taken back', async () => {
    const large = spec({ name: 'ws-b1', volume: { name: 'vol-b1', sizeGiB: 1 }, cpus: 41, accelerator: null })
    await expect(start(large)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/^The quota allows 40 cores, .* and this needs 41\.$/),
    })
    const none = spec({ accelerator: { kind: 'gpu', model: 'b200', count: 1 } })
    await expect(start(none)).rejects.toThrow('There is no b200 in this cluster.')
    const outside = spec({ placement: { ...spec().placement, where: 't-other' } })
    await expect(start(outside)).rejects.toMatchObject({ kind: 'not_found' })
    for (const name of ['../x', 'ws-a/../b', 'WS'])
      await expect(start(spec({ name }))).rejects.toMatchObject({ kind: 'not_found' })

    // A quota on objects is met in the midst of making them.
    const hard = { 'count/services': '0' }
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'objects' }, spec: { hard } }
    await bench.good('POST', `${bench.core}/resourcequotas`, quota)
    const counted = () => bench.good('GET', `${bench.core}/resourcequotas/objects`)
    await until(counted, ({ status }) => status?.hard?.['count/services'] === '0')
    await expect(start({ ...large, cpus: 1 })).rejects.toThrow(/The quota allows 0 services/)
    await bench.good('DELETE', `${bench.core}/resourcequotas/objects`)
    await until(
      () => labelled(large),
      (left) => left.length === 0,
    )
  })

  test('what somebody else made by that name is left alone, and the workspace is refused', async () => {
    const mine = spec({ name: 'ws-c1', volume: null })
    const foreign = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'ws-c1' }, data: { key: 'b3duZXI=' } }
    await bench.good('POST', bench.collections.secrets, foreign)
    await expect(start(mine)).rejects.toMatchObject({
      kind: 'refused',
      message: `The secret ws-c1 in ${namespace} was not made for this: it is left alone.`,
    })
    await stopped(mine)
    await workspaces.remove(scope, ada, mine, null, signal())
    expect((await bench.good('GET', `${bench.collections.secrets}/ws-c1`)).data).toEqual({ key: 'b3duZXI=' })
    expect(await labelled(mine)).toEqual([])
  })
})
