import type { NewJob, Scope } from '@tenantry/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Kubernetes } from '../../dev/engines/kubernetes.mjs'
import { openEngine } from '../../packages/server/src/engines/index.ts'
import type { Engine, JobRunner, Person } from '../../packages/server/src/engines/port.ts'
import { bringUp, type Running, until } from '../support/engines.ts'
import { type FakeKubelet, openFakeKubelet } from '../support/fake-kubelet.ts'
import { type Bench, benchOf } from '../support/kubernetes-bench.ts'

const kubernetes = await bringUp<Kubernetes>('kubernetes')
const missing = 'missing' in kubernetes ? kubernetes.missing : null
if (missing) process.stdout.write(`NOT RUN: jobs on a real Kubernetes. ${missing}\n`)

const ada: Person = { username: 'ada.l', tenant: 'acme', mayUse: true, mayManage: false }
const signal = (seconds = 30) => AbortSignal.timeout(seconds * 1000)

describe.skipIf(missing !== null)('jobs on a real Kubernetes', () => {
  const namespace = 't-acme'
  const scope: Scope = { kind: 'kubernetes', namespaces: [namespace] }
  let bench: Bench
  let kubelet: FakeKubelet
  let engine: Engine
  let jobs: JobRunner

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
    if (!engine.jobs) throw new Error('no jobs')
    jobs = engine.jobs
    await engine.carryThrough?.(scope, ada, signal())
    // The quota is counted, and the rights are known, a moment after they are written.
    const listed = () => bench.good('GET', `${bench.core}/resourcequotas/limits`)
    await until(listed, ({ status }) => status?.used?.['requests.nvidia.com/gpu'] === '0')
    const first = await until(
      () => jobs.submit(scope, ada, job({ name: 'first' }), signal()).catch((error) => `no: ${error.message}`),
      (answer) => !answer.startsWith('no: '),
    )
    await cancelled(first)
  }, 90_000)
  afterAll(async () => {
    engine?.close()
    bench?.close()
    await kubelet?.close()
    await (kubernetes as Running<Kubernetes>).down()
  }, 60_000)

  const job = (more: Partial<NewJob> = {}): NewJob => ({
    engineId: '00000000-0000-7000-8000-000000000000',
    name: 'Train the Model!',
    script: '#!/bin/sh\necho hello\n',
    where: namespace,
    account: null,
    qos: null,
    nodes: 1,
    cpus: 1,
    memoryMiB: 1024,
    gpus: null,
    minutes: 30,
    array: null,
    workingDirectory: '/work',
    environment: { KEY: 'value-of-ada' },
    image: 'registry.example.org/train:1',
    ...more,
  })
  const gpus = (count: number) => ({ model: 'H100-80GB-HBM3', count })
  const readJob = async (nativeId: string) =>
    (await engine.snapshot([scope], signal()))[0]?.jobs?.find((each) => each.nativeId === nativeId) ?? null
  const submitted = async (more: Partial<NewJob>, person = ada) => {
    const nativeId = await jobs.submit(scope, person, job(more), signal())
    const name = nativeId.split('/')[1] ?? ''
    const pod = await until(
      () => bench.podOf(`job-name=${name}`),
      (found) => found !== null,
    )
    return { nativeId, name, pod: pod.metadata.name as string }
  }
  const ended = (exitCode: number, reason: string) => [
    {
      name: 'main',
      image: 'x',
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { terminated: { exitCode, reason } },
    },
  ]
  const over = (nativeId: string) =>
    until(
      () => readJob(nativeId),
      (read) => read?.endReason != null,
    )
  const cancelled = async (nativeId: string) => {
    await jobs.cancel(scope, null, nativeId, signal())
    const pod = await bench.podOf(`job-name=${nativeId.split('/')[1]}`)
    if (pod) await bench.podGone(pod.metadata.name)
    await until(
      () => readJob(nativeId),
      (read) => read === null,
    )
  }

  test('what may be chosen is what nodes and quota hold, for who has access', async () => {
    const choices = await jobs.choices(scope, ada, signal())
    expect(choices).toMatchObject({
      combinations: [{ where: namespace, account: '', qos: '' }],
      needsImage: true,
      arrays: false,
    })
    expect(choices.places).toEqual([
      {
        name: namespace,
        open: true,
        nodes: 2,
        cpus: 40,
        memoryMiB: 300 * 1024,
        gpus: [
          { model: 'A100-SXM4-40GB 1g.5gb', perNode: 7, total: 7, free: 7 },
          { model: 'H100-80GB-HBM3', perNode: 8, total: 8, free: 8 },
        ],
        defaultMinutes: null,
        maxMinutes: null,
      },
    ])
    const stranger = { ...ada, username: 'nobody' }
    expect((await jobs.choices(scope, stranger, signal())).combinations).toEqual([])
    await expect(jobs.submit(scope, stranger, job(), signal())).rejects.toMatchObject({ kind: 'refused' })
    await expect(jobs.submit(scope, ada, job({ array: '0-3' }), signal())).rejects.toThrow(/no arrays/)
  })

  test('a job with two GPUs is bound by the scheduler, runs, and says how it ended', async () => {
    const { nativeId, name, pod } = await submitted({ gpus: gpus(2) })
    const bound = await until(
      () => readJob(nativeId),
      (read) => read?.state === 'starting',
    )
    expect(bound).toMatchObject({
      name: 'Train the Model!',
      owner: 'ada.l',
      where: namespace,
      nodes: ['h100'],
      gpus: 2,
      gpuModels: [{ model: 'H100-80GB-HBM3', count: 2 }],
      cpus: 1,
      memoryMiB: 1024,
      timeLimitMinutes: 30,
      endReason: null,
    })
    const made = await bench.good('GET', `${bench.collections.jobs}/${name}`)
    expect(JSON.stringify(made)).not.toContain('value-of-ada')
    const startedAt = '2026-01-02T03:04:05Z'
    const running = [
      { name: 'main', image: 'x', imageID: '', ready: true, restartCount: 0, state: { running: { startedAt } } },
    ]
    await bench.podStatus(pod, { phase: 'Running', containerStatuses: running })
    expect(await readJob(nativeId)).toMatchObject({ state: 'running', startedAt: '2026-01-02T03:04:05.000Z' })
    const detail = await jobs.detail(scope, nativeId, signal())
    expect(detail).toMatchObject({ workingDirectory: '/work', script: '#!/bin/sh\necho hello\n', standardOutput: null })
    expect(detail.events.map(({ text }) => text).join('\n')).toMatch(/Successfully assigned/)
    await bench.podStatus(pod, { phase: 'Succeeded', containerStatuses: ended(0, 'Completed') })
    expect(await over(nativeId)).toMatchObject({ state: 'stopped', endReason: 'COMPLETED', exitCode: 0 })
    // What belongs to it goes with it.
    await cancelled(nativeId)
    await until(bench.ours, (left) => !left.some((each) => each.includes(name)))
  })

  test('why it waits is what the scheduler says', async () => {
    const { nativeId } = await submitted({ gpus: gpus(9) })
    const waiting = await until(
      () => readJob(nativeId),
      (read) => read?.reason != null,
    )
    expect(waiting).toMatchObject({ state: 'pending', startedAt: null })
    expect(waiting?.reason).toMatch(/Insufficient nvidia\.com\/gpu/)
    await cancelled(nativeId)
  })

  test('what exceeds the quota is refused in a sentence, and leaves nothing behind', async () => {
    const before = await bench.ours()
    await expect(jobs.submit(scope, ada, job({ gpus: gpus(13) }), signal())).rejects.toMatchObject({
      kind: 'refused',
      message: 'The quota allows 12 GPUs, 0 are in use: 12 left, and this needs 13.',
    })
    // A script that is too large is refused after the job was made.
    const large = {
      environment: Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`V${n}`, 'x'.repeat(11_000)])),
    }
    await expect(jobs.submit(scope, ada, job(large), signal())).rejects.toMatchObject({ kind: 'refused' })
    await until(bench.ours, (left) => left.join() === before.join())
  })

  test('a job that has no pod says why, and who made it elsewhere is nobody we know', async () => {
    const resources = { limits: { cpu: '1', memory: '1Gi', 'nvidia.com/gpu': '13' } }
    const pod = { restartPolicy: 'Never', containers: [{ name: 'main', image: 'x', resources }] }
    const metadata = { name: 'by-hand', labels: { 'tenantry/user': 'ada-dl' } }
    const body = { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: { template: { spec: pod } } }
    await bench.good('POST', bench.collections.jobs, body)
    const read = await until(
      () => readJob(`${namespace}/by-hand`),
      (found) => found?.reason != null,
    )
    expect(read).toMatchObject({ name: 'by-hand', owner: '', state: 'pending', gpus: 13 })
    expect(read?.reason).toMatch(/exceeded quota: limits/)
    await cancelled(`${namespace}/by-hand`)
  })

  test.each([
    ['OUT_OF_MEMORY', { phase: 'Failed', containerStatuses: ended(137, 'OOMKilled') }, 137, /more memory/],
    ['TIMEOUT', { phase: 'Failed', reason: 'DeadlineExceeded', message: 'Pod was active' }, null, /longer than it may/],
    ['FAILED', { phase: 'Failed', containerStatuses: ended(3, 'Error') }, 3, /exit code 3/],
  ])('the reason of an end is told: %s', async (endReason, status, exitCode, reason) => {
    const { nativeId, pod } = await submitted({})
    await bench.podStatus(pod, status)
    const read = await over(nativeId)
    expect(read).toMatchObject({ state: 'failed', endReason, exitCode })
    expect(read?.reason).toMatch(reason)
    await cancelled(nativeId)
  })

  test('a job is cancelled as the person, where they may, and as the platform', async () => {
    const { nativeId, name, pod } = await submitted({})
    for (const outside of [`t-other/${name}`, `${namespace}/${name}/x`, `${namespace}/../${name}`, 'x']) {
      await expect(jobs.cancel(scope, ada, outside, signal())).rejects.toMatchObject({ kind: 'not_found' })
    }
    await expect(jobs.cancel(scope, { ...ada, username: 'nobody' }, nativeId, signal())).rejects.toMatchObject({
      kind: 'refused',
    })
    expect(await readJob(nativeId)).not.toBeNull()
    await jobs.cancel(scope, ada, nativeId, signal())
    expect((await readJob(nativeId))?.state).toBe('stopping')
    await bench.podGone(pod)
    await until(
      () => readJob(nativeId),
      (read) => read === null,
    )
    await jobs.cancel(scope, ada, nativeId, signal())
  })

  test('what a job wrote is read from a byte on or before the end, and followed until it ends', async () => {
    const { nativeId, pod } = await submitted({})
    const read = async (from: number, follow: boolean) => {
      const pieces = []
      for await (const each of jobs.output(scope, ada, { nativeId, stream: 'stdout', from, follow }, signal())) {
        pieces.push({ ...each, bytes: each.bytes.toString() })
      }
      return { text: pieces.map(({ bytes }) => bytes).join(''), from: pieces[0]?.from, size: pieces.at(-1)?.size }
    }
    await expect(read(0, false)).rejects.toMatchObject({ kind: 'not_found' })
    await until(
      () => bench.podOf(`job-name=${nativeId.split('/')[1]}`),
      (found) => found.spec.nodeName !== undefined,
    )
    const running = [{ name: 'main', image: 'x', imageID: '', ready: true, restartCount: 0, state: { running: {} } }]
    await bench.podStatus(pod, { phase: 'Running', containerStatuses: running })
    kubelet.write(`${namespace}/${pod}`, 'one\n\ntwo\nthree\n')
    expect(await read(0, false)).toEqual({ text: 'one\n\ntwo\nthree\n', from: 0, size: 15 })
    expect(await read(5, false)).toEqual({ text: 'two\nthree\n', from: 5, size: 15 })
    expect(await read(-6, false)).toEqual({ text: 'three\n', from: 9, size: 15 })
    expect(await read(-1000, false)).toEqual({ text: 'one\n\ntwo\nthree\n', from: 0, size: 15 })
    const follow = { nativeId, stream: 'stdout' as const, from: -6, follow: true }
    const following = []
    for await (const { from, bytes, size } of jobs.output(scope, ada, follow, signal())) {
      following.push([from, bytes.toString(), size])
      if (following.length > 1) continue
      kubelet.write(`${namespace}/${pod}`, 'four\n')
      kubelet.end(`${namespace}/${pod}`)
    }
    expect(following).toEqual([
      [9, 'three\n', 15],
      [15, 'four\n', 20],
    ])
    const asked = { nativeId, stream: 'stderr' as const, from: 0, follow: false }
    await expect(jobs.output(scope, ada, asked, signal())[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      kind: 'not_found',
    })
    await cancelled(nativeId)
  })
})
