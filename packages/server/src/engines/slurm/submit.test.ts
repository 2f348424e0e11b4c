import { expect, test } from 'vitest'
import { readHistory } from './accounting.ts'
import { countTasks, readMask } from './arrays.ts'
import { outputName, outputOf } from './paths.ts'
import { presentJob } from './present.ts'
import type { Answer } from './rest.ts'
import { type Job, type Node, readJobs } from './shapes.ts'
import { bodyOf, gpusFor, readSubmitted, type Submission } from './submit.ts'
import { gpuPercentIn, portIn, readingOf } from './workspace-reading.ts'

const job: Submission = {
  name: 'train',
  comment: 'tenantry',
  script: '#!/bin/sh\ntrue\n',
  partition: 'gpu',
  account: 'acme',
  qos: 'normal',
  nodes: 2,
  cpus: 4,
  memoryMiB: 8_000,
  gpus: { model: 'h100', count: 2 },
  minutes: 90,
  array: '0-9%2',
  workingDirectory: '/home/ada',
  standardOutput: '/home/ada/%x-%A_%a.out',
  environment: { HOME: '/home/ada', MINE: 'a=b' },
  once: false,
}

test('a submission is written as each version has it', () => {
  expect(bodyOf(job, 38)).toMatchObject({
    script: job.script,
    job: {
      nodes: [2, 2],
      tasks: 2,
      tasks_per_node: 1,
      cpus_per_task: 4,
      memory_per_node: 8_000,
      time_limit: 90,
      gres: 'gpu:h100:2',
      array: '0-9%2',
      environment: { HOME: '/home/ada', MINE: 'a=b' },
    },
  })
  const number = (value: number) => ({ set: true, infinite: false, number: value })
  const { job: recent } = bodyOf({ ...job, once: true }, 42) as { job: Record<string, unknown> }
  expect(recent).toMatchObject({
    script: job.script,
    nodes: '2',
    memory_per_node: number(8_000),
    time_limit: number(90),
    tres_per_node: 'gres/gpu:h100:2',
    environment: ['HOME=/home/ada', 'MINE=a=b'],
    dependency: 'singleton',
    requeue: false,
  })
  expect(recent).not.toHaveProperty('gres')
  expect(() => bodyOf({ ...job, gpus: { model: 'h100:1,license', count: 1 } }, 38)).toThrow(/no GPUs of the model/)
  const { job: plain } = bodyOf(
    { ...job, gpus: { model: '', count: 1 }, minutes: null, qos: '' },
    38,
  ) as typeof recent & {
    job: Record<string, unknown>
  }
  expect(plain).toMatchObject({ gres: 'gpu:1' })
  for (const name of ['time_limit', 'qos', 'dependency']) expect(plain).not.toHaveProperty(name)
})

const answer = (body: Record<string, unknown>, ...errors: [number, string][]): Answer => ({
  status: 200,
  text: '',
  body,
  errors: errors.map(([number, text]) => ({ number, text })),
})

test('what was submitted has a number, and what was refused a reason in words', () => {
  expect(readSubmitted(answer({ job_id: 7 }))).toEqual({ id: '7', left: null })
  expect(readSubmitted(answer({ result: { job_id: 8 } }))).toEqual({ id: '8', left: null })
  // In the queue for good, all the same.
  const left = readSubmitted(answer({ job_id: 9 }, [2015, 'Requested partition configuration not available now']))
  expect([left.id, left.left?.kind, left.left?.message]).toEqual([
    '9',
    'refused',
    expect.stringMatching(/^The partition/),
  ])
  const refused = (number: number, text: string, more = {}) => {
    try {
      readSubmitted(answer(more, [number, text]))
    } catch (error) {
      return (error as Error).message
    }
    return 'not refused'
  }
  expect(refused(2045, 'Invalid account or account/partition combination specified')).toMatch(/^This account cannot/)
  expect(refused(2000, 'Invalid partition name specified')).toMatch(/^There is no such partition/)
  expect(refused(2014, 'Requested node configuration is not available')).toMatch(/^No node of the partition/)
  expect(refused(2066, 'Invalid qos specification')).toMatch(/^This QOS/)
  expect(refused(2050, 'Job violates accounting/QOS policy (job submit limit, user’s size)')).toMatch(/^It goes beyond/)
  expect(refused(1, 'QOSMaxSubmitJobPerUserLimit')).toMatch(/^You have as many jobs/)
  expect(refused(9999, 'Something else', { job_submit_user_msg: 'Ask the desk.' })).toBe(
    'The cluster does not take this job. It says: Something else. Ask the desk.',
  )
})

test('an accelerator is found by what the cluster calls it, in the partition alone', () => {
  const node = (gres: string, partition: string) => ({ gres, partitions: [partition] }) as unknown as Node
  const nodes = [node('gpu:h100:8,gpu:h100_1g.10gb:4', 'gpu'), node('gpu:a100:4', 'other')]
  const gpu = (model: string) => gpusFor({ kind: 'gpu', model, count: 2 }, nodes, 'gpu')
  expect(gpu('H100')).toEqual({ model: 'h100', count: 2 })
  expect(gpu('NVIDIA-H100-80GB-HBM3')).toEqual({ model: 'h100', count: 2 })
  expect(() => gpu('a100')).toThrow(/has no a100 GPUs/)
  const slice = { kind: 'mig', model: 'h100', profile: '1g.10gb', count: 1 } as const
  expect(gpusFor(slice, nodes, 'gpu')).toEqual({ model: 'h100_1g.10gb', count: 1 })
  expect(() => gpusFor({ ...slice, profile: '3g.40gb' }, nodes, 'gpu')).toThrow(/no slices 3g.40gb/)
})

test.each([
  ['5-9%2', 5],
  ['0-99', 100],
  ['0-98:2', 50],
  ['1,3,7-9', 5],
  ['', 0],
  [null, 0],
  ['x', 0],
] as const)('%s are so many tasks', (text, count) => expect(countTasks(text)).toBe(count))

test.each([
  ['0x3FC', '2-9'],
  ['0x1', '0'],
  ['0x8000000000000001', '0,63'],
  ['0x0', ''],
  ['2-9%2', '2-9%2'],
] as const)('accounting says %s', (mask, tasks) => expect(readMask(mask)).toBe(tasks))

const live = (more: object): Job =>
  readJobs({
    jobs: [
      {
        job_id: 42,
        name: 'train',
        user_name: 'ada',
        account: 'acme',
        partition: 'gpu',
        job_state: 'RUNNING',
        nodes: 'gpu1.example,gpu2.example',
        current_working_directory: '/home/ada',
        submit_time: 1_800_000_000,
        start_time: 1_800_000_001,
        ...more,
      },
    ],
  })[0] as Job

test.each([
  [{ standard_output: '/out/%x-%j.out' }, '/out/train-42.out'],
  [{ standard_output: '%x-%A_%a.out', array_job_id: 40, array_task_id: 3 }, '/home/ada/train-40_3.out'],
  [{ standard_output: 'log/%u/%N/%5j-%2a', array_job_id: 40, array_task_id: 3 }, '/home/ada/log/ada/gpu1/00042-03'],
  [{ standard_output: '/o/100%%-%q' }, '/o/100%-%q'],
  [{ standard_output: '/o/\\%j' }, '/o/%j'],
  [{ standard_output: '' }, '/home/ada/slurm-42.out'],
  [{ standard_output: '', array_job_id: 40, array_task_id: 3 }, '/home/ada/slurm-40_3.out'],
  [{ standard_output: '/o/%j', stdout_expanded: '/o/42' }, '/o/42'],
  [{ standard_output: '/dev/null' }, null],
] as const)('%o is written to %s', (row, path) => expect(outputOf(live(row), 'stdout')).toBe(path))

test('a job of ours writes beside itself, whatever it is called', () => {
  expect(outputName('train', false)).toBe('%x-%j.out')
  expect(outputName('train', true)).toBe('%x-%A_%a.out')
  expect(outputName('../../a', false)).toBe('job-%j.out')
  // What is in the name or the folder is no pattern.
  const odd = live({ name: '%j', current_working_directory: '/o/%u', standard_output: outputName('%j', false) })
  expect(outputOf(odd, 'stdout')).toBe('/o/%u/%j-42.out')
})

test('errors go where output goes unless they were given a place', () => {
  expect(outputOf(live({ standard_output: '/o/%j.out' }), 'stderr')).toBe('/o/42.out')
  expect(outputOf(live({ standard_output: '/o/%j.out', standard_error: '%j.err' }), 'stderr')).toBe('/home/ada/42.err')
})

test('accounting of every version is read as the controller is', () => {
  const tres = (...list: [string, string | null, number][]) =>
    list.map(([type, name, count]) => ({ type, name, count }))
  const old = {
    job_id: 12,
    name: 'sweep',
    user: 'ada',
    account: 'acme',
    partition: 'gpu',
    qos: 'high',
    nodes: 'gpu1',
    allocation_nodes: 1,
    array: { job_id: 7, task_id: 3, task: null },
    state: { current: 'FAILED', reason: 'None' },
    exit_code: { status: 'SIGNALED', return_code: null, signal: { signal_id: 9, name: 'Killed' } },
    time: { submission: 1_800_000_000, start: 1_800_000_001, end: 1_800_000_061, limit: 10 },
    tres: { allocated: tres(['cpu', null, 2], ['mem', null, 4_000], ['gres', 'gpu', 2], ['gres', 'gpu:h100', 2]) },
    working_directory: '/home/ada',
  }
  const set = (number: number) => ({ set: true, infinite: false, number })
  const recent = {
    ...old,
    array: { ...old.array, task_id: set(3) },
    state: { current: ['FAILED'], reason: 'None' },
    exit_code: { status: ['SIGNALED'], return_code: { set: false, number: 0 }, signal: { id: set(9), name: 'KILL' } },
    time: { ...old.time, limit: set(10) },
  }
  expect(readHistory({ jobs: [recent] })).toEqual(readHistory({ jobs: [old] }))
  const scope = { kind: 'slurm', accounts: ['acme'], partitions: ['gpu'], prefix: null } as const
  const [read] = readHistory({ jobs: [old] })
  expect(presentJob(read as Job, { ...scope, accounts: ['acme'], partitions: ['gpu'] }, 0)).toMatchObject({
    nativeId: '7_3',
    array: { native: '7', task: 3 },
    endReason: 'FAILED',
    signal: 9,
    exitCode: null,
    gpus: 2,
    gpuModels: [{ model: 'h100', count: 2 }],
    cpus: 2,
    memoryMiB: 4_000,
    endedAt: '2027-01-15T08:01:01.000Z',
  })
  // 22.05 forgets the code of what failed: then it is not known, and not 0.
  const forgotten = { ...old, exit_code: { status: 'SUCCESS', return_code: 0 } }
  expect(readHistory({ jobs: [forgotten] })[0]?.exit).toEqual({ code: null, signal: null })
})

test('a workspace is what its job is, and ready only where its log says a port', () => {
  const phase = (state: string | string[], address = null as { host: string; port: number } | null, more = {}) =>
    readingOf(live({ job_state: state, ...more }), address)
  expect(phase('PENDING', null, { state_reason: 'Resources', nodes: '' })).toMatchObject({
    phase: 'queued',
    reason: expect.stringMatching(/^It waits for free resources\. Expected to start at 2027-01-15 08:00 UTC\.$/),
  })
  expect(phase('CONFIGURING').phase).toBe('starting')
  expect(phase('RUNNING').phase).toBe('starting')
  expect(phase(['RUNNING'], { host: '10.0.0.1', port: 20_000 })).toMatchObject({
    phase: 'ready',
    address: { port: 20_000 },
  })
  expect(phase('COMPLETING').phase).toBe('stopping')
  expect(phase('TIMEOUT')).toMatchObject({ phase: 'failed', reason: 'It reached its time limit.' })
  expect(phase(['OUT_OF_MEMORY']).reason).toBe('It ran out of memory.')
  expect(phase('FAILED', null, { exit_code: 127 << 8 }).reason).toMatch(/no notebook server/)
  expect(phase('FAILED', null, { exit_code: 256 }).reason).toBe('Its server ended by itself (exit code 1).')
  expect(phase('CANCELLED').phase).toBe('missing')
  expect(portIn('a\nTENANTRY_READY gpu1 20000 41\nTENANTRY_READY gpu1 23456 42\nb\n', '42')).toBe(23_456)
  // The file is the person’s: nothing that it says leads elsewhere than to a port of theirs.
  for (const text of ['gpu1 22 42', 'gpu1 99999 42', 'gpu1 20000 41', 'gpu1 20000', '']) {
    expect(portIn(`TENANTRY_READY ${text}\n`, '42')).toBeNull()
  }
  expect(portIn('x TENANTRY_READY gpu1 20000 42', '42')).toBeNull()
  expect([gpuPercentIn('TENANTRY_USE {"gpu":93}\n'), gpuPercentIn('TENANTRY_USE {"gpu":null}\n')]).toEqual([93, null])
  expect([gpuPercentIn('TENANTRY_USE {"gpu":930}'), gpuPercentIn(null)]).toEqual([null, null])
})
