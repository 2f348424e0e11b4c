import fc from 'fast-check'
import { expect, test } from 'vitest'
import { presentJob } from './present.ts'
import { type Account, type Job, type Node, readAccounts, readJobs, readNodes, subtree } from './shapes.ts'
import { type SlurmScope, shareOf } from './share.ts'

const tenants = ['acme', 'globex', 'initech'] as const
type Tenant = (typeof tenants)[number]
const scopeOf = (tenant: Tenant): SlurmScope => ({
  kind: 'slurm',
  accounts: [`${tenant}-root`],
  partitions: [`${tenant}-gpu`, 'shared'],
  prefix: null,
})
const accounts: Account[] = [
  { name: 'root', parent: null },
  ...tenants.flatMap((tenant) => [
    { name: `${tenant}-root`, parent: 'root' },
    { name: `${tenant}-lab`, parent: `${tenant}-root` },
    { name: `${tenant}-deep`, parent: `${tenant}-lab` },
  ]),
]
const states = fc.subarray([
  'IDLE',
  'MIXED',
  'ALLOCATED',
  'DOWN',
  'DRAIN',
  'MAINTENANCE',
  'POWERED_DOWN',
  'FUTURE',
  'X_NEW',
])

const node = (index: number): fc.Arbitrary<Node> =>
  fc.record({
    name: fc.constant(`n${index}`),
    states,
    cpus: fc.nat(256),
    allocatedCpus: fc.nat(256),
    memory: fc.nat(1_000_000),
    allocatedMemory: fc.nat(1_000_000),
    gres: fc.constantFrom('gpu:h100:8', 'gpu:h100:8(S:0-1),shard:h100:64', 'gpu:a100_3g.20gb:4', '', '(null)'),
    gresUsed: fc.constantFrom('gpu:h100:5(IDX:0-4)', 'gpu:h100:0(IDX:N/A)', 'gpu:a100_3g.20gb:1(IDX:0)', ''),
    partitions: fc.subarray(['shared', ...tenants.map((tenant) => `${tenant}-gpu`)]),
    reason: fc.constantFrom(null, 'bad disk'),
    address: fc.constant(`10.0.0.${index}`),
  })
const job = fc
  .record({
    tenant: fc.constantFrom(...tenants),
    account: fc.constantFrom('root', 'lab', 'deep'),
    id: fc.nat(100_000),
    states: fc.subarray(['RUNNING', 'PENDING', 'COMPLETING', 'FAILED', 'TIMEOUT', 'CANCELLED', 'SUSPENDED']),
    nodes: fc.subarray(['n0', 'n1', 'n2', 'n9']),
    gpus: fc.nat(8),
    cpus: fc.nat(64),
    partition: fc.constantFrom('shared', 'own'),
  })
  .map(
    ({ tenant, account, id, nodes, gpus, partition, ...rest }): Job => ({
      ...rest,
      id: String(id),
      name: `${tenant}-job`,
      user: `${tenant}-user`,
      account: `${tenant}-${account}`,
      partition: partition === 'shared' ? 'shared' : `${tenant}-gpu`,
      reason: `${tenant}-reason`,
      nodes,
      gresDetail: nodes.map(() => `gpu:h100:${gpus}(IDX:0)`),
      tresPerNode: `gres/gpu:h100:${gpus}`,
      tresPerJob: '',
      nodeCount: Math.max(1, nodes.length),
      memory: 1000,
      submittedAt: '2026-01-01T00:00:00.000Z',
      startedAt: null,
      number: String(id),
      array: null,
      endedAt: null,
      qos: `${tenant}-qos`,
      timeLimitMinutes: 60,
      exit: { code: 0, signal: null },
      comment: `${tenant}-comment`,
      tres: `gres/gpu=${gpus}`,
      workingDirectory: `/home/${tenant}`,
      standardOutput: `${tenant}.out`,
      standardError: '',
    }),
  )
const cluster = fc.record({
  nodes: fc.tuple(node(0), node(1), node(2)),
  jobs: fc.array(job, { maxLength: 20 }),
})

test('nothing of another tenant is in a share, whatever the cluster holds', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(cluster, fc.constantFrom(...tenants), ({ nodes, jobs }, tenant) => {
      const all = tenants.map(scopeOf)
      const scope = all[tenants.indexOf(tenant)] as SlurmScope
      const share = shareOf({ nodes, jobs, accounts }, scope, all)
      const text = JSON.stringify(share)
      for (const other of tenants) if (other !== tenant) expect(text).not.toContain(other)
      // Nor does it say which of the shared amounts somebody else holds: use is one's own.
      const own = jobs.filter(({ account }) => account.startsWith(tenant))
      const alone = shareOf({ nodes, jobs: own, accounts }, scope, all)
      expect(share).toEqual(alone)
      const amounts = share.resources.flatMap(({ gpus, cpus, memoryMiB }) => [...gpus, cpus, memoryMiB])
      const holds = amounts.every(
        (amount) => !amount || (amount.used >= 0 && amount.free >= 0 && amount.used + amount.free <= amount.total),
      )
      expect(holds).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})

test('a subtree that is somebody else’s is not part of the one around it', () => {
  const found = subtree(accounts, ['acme-root'], ['acme-lab', 'globex-root'])
  expect([...found]).toEqual(['acme-root'])
  expect([...subtree(accounts, ['acme-root'], ['globex-root'])]).toEqual(['acme-root', 'acme-lab', 'acme-deep'])
  // A circle, which slurmdbd would never make, ends as well.
  expect([
    ...subtree(
      [
        { name: 'a', parent: 'b' },
        { name: 'b', parent: 'a' },
      ],
      ['a'],
      [],
    ),
  ]).toEqual(['a', 'b'])
})

// The same cluster as v0.0.38 and as v0.0.41 say it.
const old = {
  nodes: {
    nodes: [
      {
        name: 'gpu1',
        state: 'idle',
        state_flags: ['DRAIN'],
        cpus: 16,
        alloc_cpus: 1,
        real_memory: 64000,
        alloc_memory: 1000,
        gres: 'gpu:h100:8',
        gres_used: 'gpu:h100:2(IDX:0-1)',
        partitions: ['gpu'],
        reason: 'x',
      },
    ],
  },
  jobs: {
    jobs: [
      {
        job_id: 7,
        array_job_id: 0,
        array_task_id: null,
        name: 'a',
        user_name: 'ada',
        account: 'acme',
        partition: 'gpu',
        job_state: 'RUNNING',
        state_reason: 'None',
        nodes: 'gpu1',
        node_count: 1,
        gres_detail: ['gpu:h100:2(IDX:0-1)'],
        tres_per_node: 'gres:gpu:h100:2',
        tres_per_job: '',
        cpus: 1,
        memory_per_cpu: 1000,
        memory_per_node: null,
        submit_time: 1_800_000_000,
        start_time: 1_800_000_001,
        end_time: 1_800_000_601,
        time_limit: 10,
        qos: 'high',
        exit_code: 768,
        array_task_string: '',
        standard_output: '/home/ada/%x-%j.out',
        standard_error: '',
        current_working_directory: '/home/ada',
      },
    ],
  },
}
const set = (number: number) => ({ set: true, infinite: false, number })
const unset = { set: false, infinite: false, number: 0 }
const recent = {
  nodes: { nodes: [{ ...old.nodes.nodes[0], state: ['IDLE', 'DRAIN'], state_flags: undefined }] },
  jobs: {
    jobs: [
      {
        ...old.jobs.jobs[0],
        array_job_id: set(0),
        array_task_id: unset,
        job_state: ['RUNNING'],
        node_count: set(1),
        tres_per_node: 'gres/gpu:h100:2',
        cpus: set(1),
        memory_per_cpu: set(1000),
        memory_per_node: { set: false, infinite: false, number: Number('-9223372036854775296') },
        submit_time: set(1_800_000_000),
        start_time: set(1_800_000_001),
        end_time: set(1_800_000_601),
        time_limit: set(10),
        exit_code: { status: ['ERROR'], return_code: set(3), signal: { id: unset, name: '' } },
      },
    ],
  },
}

test('one shape comes of every version', () => {
  expect(readNodes(recent.nodes)).toEqual(readNodes(old.nodes))
  expect(readJobs(recent.jobs).map(({ tresPerNode: _, ...job }) => job)).toEqual(
    readJobs(old.jobs).map(({ tresPerNode: _, ...job }) => job),
  )
  expect(readNodes(old.nodes)[0]?.states).toEqual(['IDLE', 'DRAIN'])
  const wrapped = {
    associations: [
      { account: 'acme', parent_account: 'root', user: '' },
      { account: 'acme', user: 'ada' },
    ],
  }
  expect(readAccounts(wrapped)).toEqual([{ name: 'acme', parent: 'root' }])
})

test('a task of an array is called as people call it', () => {
  const [task] = readJobs({ jobs: [{ ...old.jobs.jobs[0], job_id: 12, array_job_id: set(10), array_task_id: set(3) }] })
  expect(task?.id).toBe('10_3')
})

const scope = scopeOf('acme')
/** A job as it is told, of a row of v0.0.38 with something else in it. */
const told = (more: object, now = 1_800_000_100) => {
  const [read] = readJobs({ jobs: [{ ...old.jobs.jobs[0], ...more }] })
  return presentJob(read as Job, scope, now * 1000)
}

test('all that is asked of a job is told while it runs', () => {
  expect(told({})).toMatchObject({
    nativeId: '7',
    state: 'running',
    gpus: 2,
    gpuModels: [{ model: 'h100', count: 2 }],
    qos: 'high',
    account: 'acme',
    cpus: 1,
    memoryMiB: 1000,
    nodeCount: 1,
    nodes: ['gpu1'],
    timeLimitMinutes: 10,
    startedAt: '2027-01-15T08:00:01.000Z',
    expectedStart: null,
    // Slurm says when its time is over: it has not ended.
    endedAt: null,
    exitCode: null,
    endReason: null,
  })
})

test.each([
  ['COMPLETED', 0, { state: 'stopped', endReason: 'COMPLETED', exitCode: 0, signal: null }],
  ['FAILED', 768, { state: 'failed', endReason: 'FAILED', exitCode: 3, signal: null }],
  ['TIMEOUT', 0, { state: 'failed', endReason: 'TIMEOUT' }],
  ['OUT_OF_MEMORY', 125, { state: 'failed', endReason: 'OUT_OF_MEMORY', exitCode: null, signal: 125 }],
  ['CANCELLED', 15, { state: 'stopped', endReason: 'CANCELLED', exitCode: null, signal: 15 }],
  ['NODE_FAIL', 1, { state: 'failed', endReason: 'NODE_FAIL' }],
  ['PREEMPTED', 0, { state: 'failed', endReason: 'PREEMPTED' }],
  ['COMPLETING', 0, { state: 'stopping', endReason: null, exitCode: null }],
] as const)('%s is how it ended', (state, status, expected) => {
  expect(told({ job_state: state, exit_code: status })).toMatchObject(expected)
})

test('a job of several words ends with the one that says why', () => {
  expect(told({ job_state: ['COMPLETED', 'OUT_OF_MEMORY'] }).endReason).toBe('OUT_OF_MEMORY')
})

test('when a job is thought to start is no start', () => {
  const waits = { job_state: 'PENDING', nodes: '', gres_detail: [], node_count: 2 }
  expect(told(waits, 1_800_000_000)).toMatchObject({
    gpus: 4,
    gpuModels: [{ model: 'h100', count: 4 }],
    startedAt: null,
    expectedStart: '2027-01-15T08:00:01.000Z',
  })
  expect(told(waits, 1_800_000_002).expectedStart).toBeNull()
})

test('an array is one record of what waits, and one of each task that began', () => {
  const array = { array_job_id: 7, array_task_id: null, array_task_string: '2-6,8-9%2', job_state: 'PENDING' }
  expect(told(array)).toMatchObject({
    nativeId: '7',
    array: { native: '7', task: null, waiting: '2-6,8-9%2', waitingCount: 7 },
  })
  expect(told({ job_id: 13, array_job_id: 7, array_task_id: 1 })).toMatchObject({
    nativeId: '7_1',
    array: { native: '7', task: 1, waiting: null, waitingCount: 0 },
  })
  const recent38 = { job_id: set(7), array_job_id: set(7), array_task_id: unset, array_task_string: '0-98:2' }
  expect(told(recent38).array).toMatchObject({ native: '7', task: null, waitingCount: 50 })
  expect(told({ array_job_id: set(0), array_task_id: unset }).array).toBeNull()
})

test('GPUs are told by model, those of TRES once, slices by their profile', () => {
  const nothing = { gres_detail: [], tres_per_node: '', job_state: 'PENDING' }
  expect(told({ ...nothing, tres_req_str: 'cpu=1,gres/gpu=3,gres/gpu:h100=3' }).gpuModels).toEqual([
    { model: 'h100', count: 3 },
  ])
  expect(told({ ...nothing, tres_per_job: 'gres/gpu:a100_3g.20gb:2' }).gpuModels).toEqual([
    { model: 'a100 3g.20gb', count: 2 },
  ])
  expect(
    told({ nodes: 'n[001-200]', node_count: 200, gres_detail: ['gpu:h100:8(IDX:0-7)', 'gpu:h100:4(IDX:0-3)'] }),
  ).toMatchObject({ gpus: 12, nodeCount: 200 })
  expect(told({ nodes: 'n[001-200]', node_count: 200 }).nodes).toHaveLength(64)
})
