import { expect, test } from 'vitest'
import { indexesIn, rangesOf, readTasks } from './indexes.ts'
import { Job, Node, Pod } from './objects.ts'
import { readJobs } from './read-jobs.ts'

const labels = { 'app.kubernetes.io/managed-by': 'tenantry', 'tenantry/user': 'ada-dl' }
const job = (more: { spec?: object; status?: object; metadata?: object } = {}) =>
  Job.parse({
    metadata: {
      name: 'j',
      namespace: 't',
      uid: 'u',
      labels,
      creationTimestamp: '2026-01-02T03:04:05Z',
      ...more.metadata,
    },
    spec: {
      template: {
        spec: {
          activeDeadlineSeconds: 1800,
          containers: [{ name: 'main', resources: { limits: { cpu: '2', memory: '4Gi', 'nvidia.com/gpu': '2' } } }],
        },
      },
      ...more.spec,
    },
    status: more.status,
  })
const pod = (status: object, { index = null as number | null, node = 'n1', ...metadata } = {}) =>
  Pod.parse({
    metadata: {
      name: 'p',
      namespace: 't',
      uid: 'p',
      ownerReferences: [{ uid: 'u' }],
      annotations: index === null ? {} : { 'batch.kubernetes.io/job-completion-index': String(index) },
      ...metadata,
    },
    spec: { nodeName: node === '' ? null : node, containers: [{ name: 'main' }] },
    status,
  })
const nodes = [Node.parse({ metadata: { name: 'n1', labels: { 'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3' } } })]
const read = (jobs: Job[], pods: Pod[], obstacles = new Map<string, string>()) =>
  readJobs({ jobs, pods, nodes, obstacles })
const condition = (type: string, reason = '') => ({
  conditions: [{ type, status: 'True', reason, message: 'm', lastTransitionTime: '2026-01-02T04:00:00Z' }],
})
const terminated = (exitCode: number, reason: string) => ({
  containerStatuses: [
    { name: 'sidecar', state: { terminated: { exitCode: 0, reason: 'Completed' } } },
    { name: 'main', state: { terminated: { exitCode, reason, finishedAt: '2026-01-02T03:59:00Z' } } },
  ],
})

test('a job is told with whose it is, what it takes and where', () => {
  expect(read([job()], [pod({ phase: 'Running' })])).toMatchObject([
    {
      nativeId: 't/j',
      owner: 'ada.l',
      state: 'running',
      gpus: 2,
      gpuModels: [{ model: 'H100-80GB-HBM3', count: 2 }],
      cpus: 2,
      memoryMiB: 4096,
      nodes: ['n1'],
      timeLimitMinutes: 30,
      where: 't',
      endReason: null,
    },
  ])
})

test.each([
  ['waits for a pod', {}, null, 'pending', 'no room'],
  ['is suspended', { spec: { suspend: true } }, null, 'pending', 'It waits to be let in (suspended).'],
  ['goes', { metadata: { deletionTimestamp: '2026-01-02T03:04:05Z' } }, null, 'stopping', null],
  ['is being put up', {}, { phase: 'Pending' }, 'starting', null],
  ['has ended, and its job has not', {}, { phase: 'Succeeded' }, 'stopping', null],
  ['is not known of', {}, { phase: 'Unknown' }, 'unknown', null],
  [
    'has no image',
    {},
    {
      phase: 'Pending',
      containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff', message: 'not there' } } }],
    },
    'pending',
    'not there',
  ],
])('a job that %s', (_, more, status, state, reason) => {
  const pods = status === null ? [] : [pod(status)]
  expect(read([job(more)], pods, new Map([['u', 'no room']]))).toMatchObject([{ state, reason, endReason: null }])
})

test.each([
  ['COMPLETED', condition('Complete'), { phase: 'Succeeded', ...terminated(0, 'Completed') }, 0],
  ['FAILED', condition('Failed', 'BackoffLimitExceeded'), { phase: 'Failed', ...terminated(3, 'Error') }, 3],
  [
    'OUT_OF_MEMORY',
    condition('Failed', 'BackoffLimitExceeded'),
    { phase: 'Failed', ...terminated(137, 'OOMKilled') },
    137,
  ],
  ['TIMEOUT', condition('Failed', 'DeadlineExceeded'), null, null],
  ['TIMEOUT', condition('Failed', 'BackoffLimitExceeded'), { phase: 'Failed', reason: 'DeadlineExceeded' }, null],
  ['NODE_FAIL', condition('Failed', 'BackoffLimitExceeded'), { phase: 'Failed', reason: 'NodeLost' }, null],
  [
    'PREEMPTED',
    condition('Failed', 'BackoffLimitExceeded'),
    { phase: 'Failed', conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }] },
    null,
  ],
  ['FAILED', condition('Failed', 'BackoffLimitExceeded'), null, null],
])('an end is told in one word: %s', (endReason, status, ofPod, exitCode) => {
  const [told] = read([job({ status })], ofPod ? [pod(ofPod)] : [])
  expect(told).toMatchObject({ endReason, exitCode })
  expect(told?.endedAt).toBe(
    exitCode === null || exitCode === 0 ? '2026-01-02T04:00:00.000Z' : '2026-01-02T03:59:00.000Z',
  )
})

test('an array is its tasks that have begun, and what of it has not', () => {
  const array = job({
    spec: { completionMode: 'Indexed', completions: 7, parallelism: 2 },
    status: { completedIndexes: '0-1', failedIndexes: '2' },
  })
  const pods = [
    pod({ phase: 'Succeeded', ...terminated(0, 'Completed') }, { index: 1 }),
    pod({ phase: 'Running' }, { index: 3 }),
  ]
  const told = read([{ ...array, spec: { ...array.spec, template: job().spec.template } }], pods)
  expect(told.map(({ nativeId, state, endReason }) => [nativeId, state, endReason])).toEqual([
    ['t/j_3', 'running', null],
    ['t/j', 'pending', null],
    ['t/j_0', 'stopped', 'COMPLETED'],
    ['t/j_1', 'stopped', 'COMPLETED'],
    ['t/j_2', 'failed', 'FAILED'],
  ])
  expect(told[1]?.array).toEqual({ native: 't/j', task: null, waiting: '4-6%2', waitingCount: 3 })
})

test('what of an array never began when it ended was cancelled', () => {
  const array = job({
    spec: { completionMode: 'Indexed', completions: 2, template: job().spec.template },
    status: { ...condition('Failed'), completedIndexes: '0' },
  })
  expect(read([array], []).map(({ endReason }) => endReason)).toEqual(['COMPLETED', 'CANCELLED'])
})

test('numbers of tasks are read as they are written, and no others', () => {
  expect(readTasks('0-99%10')).toEqual({ count: 100, atOnce: 10 })
  expect(readTasks('0')).toEqual({ count: 1, atOnce: null })
  for (const other of ['1-9', '0-9:2', '0,2', '0-10000']) expect(() => readTasks(other)).toThrow()
  expect(rangesOf([...indexesIn('0-3,7,x,9-8')])).toBe('0-3,7')
  expect(indexesIn('0-999999').size).toBe(10_000)
})

test('of those that are over the latest 500 are kept, and all that are not', () => {
  const many = Array.from({ length: 600 }, (_, n) =>
    job({
      metadata: { name: `j${n}`, uid: `u${n}`, creationTimestamp: new Date(n * 1000).toISOString() },
      ...(n < 550 && { status: condition('Complete') }),
    }),
  )
  const told = read(many, [])
  expect(told).toHaveLength(550)
  expect(told.some(({ name }) => name === 'j49')).toBe(false)
})
