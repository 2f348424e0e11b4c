import os from 'node:os'
import { expect, test } from 'vitest'
import { readAllowed } from '../../platform/config/allowed.ts'
import type { Opening } from '../port.ts'
import { type Machine, openThisMachine } from './index.ts'
import { gpusOf, parseList, parseQuery } from './nvidia-smi.ts'

const query = `NVIDIA H100 80GB HBM3, 81559, 4, 0
NVIDIA H100 80GB HBM3, 81559, 71212, 97
Tesla T4, 15360, 2, 0
`
const list = `GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77)
  MIG 3g.20gb     Device  0: (UUID: MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f)
  MIG 1g.5gb      Device  1: (UUID: MIG-cba663e8-9bed-5b25-b243-5985ef7c9beb)
  MIG 1g.5gb+me   Device  2: (UUID: MIG-1e25ecf0-7f1e-5e3e-a1a1-6a5b2c0d7a10)
GPU 1: NVIDIA A100-SXM4-40GB (UUID: GPU-4404041a-04cf-1ccf-9e70-f139a9b1e23c)
`

test('nvidia-smi tells of GPUs, one in a line', () => {
  expect(parseQuery(query)).toHaveLength(3)
  expect(parseQuery(query)[1]).toEqual({ name: 'NVIDIA H100 80GB HBM3', memoryMiB: 81559, usedMiB: 71212, busy: 97 })
  expect(parseQuery('NVIDIA A100-SXM4-40GB, 40960, 27, [N/A]\r\n')).toEqual([
    { name: 'NVIDIA A100-SXM4-40GB', memoryMiB: 40960, usedMiB: 27, busy: null },
  ])
  expect(parseQuery('No devices were found\n')).toEqual([])
})

test('a GPU is used where something computes on it or has memory of it', () => {
  expect(gpusOf(parseQuery(query), [])).toEqual([
    { model: 'H100-80GB-HBM3', profile: null, total: 2, used: 1, free: 1 },
    { model: 'Tesla-T4', profile: null, total: 1, used: 0, free: 1 },
  ])
})

test('a GPU that is divided is its slices, and no GPU', () => {
  expect(parseList(list)).toEqual([['3g.20gb', '1g.5gb', '1g.5gb+me'], []])
  const gpus = parseQuery('NVIDIA A100-SXM4-40GB, 40960, 27, [N/A]\nNVIDIA A100-SXM4-40GB, 40960, 30000, 50\n')
  expect(gpusOf(gpus, parseList(list))).toEqual([
    { model: 'A100-SXM4-40GB', profile: '3g.20gb', total: 1, used: 0, free: 1 },
    { model: 'A100-SXM4-40GB', profile: '1g.5gb', total: 1, used: 0, free: 1 },
    { model: 'A100-SXM4-40GB', profile: '1g.5gb+me', total: 1, used: 0, free: 1 },
    { model: 'A100-SXM4-40GB', profile: null, total: 1, used: 1, free: 0 },
  ])
})

const opening: Opening = {
  kind: 'this_machine',
  address: null,
  ca: null,
  credential: { type: 'none' },
  allowed: readAllowed([]),
}
const signal = () => AbortSignal.timeout(5000)
const times = (user: number, idle: number) => ({
  model: 'CPU ',
  speed: 1,
  times: { user, nice: 0, sys: 0, idle, irq: 0 },
})
const machine = (run: Machine['run'], cores: () => os.CpuInfo[] = () => [times(0, 0)]): Machine => ({
  os: { ...os, cpus: cores, hostname: () => 'box', totalmem: () => 8 * 2 ** 30, freemem: () => 3 * 2 ** 30 },
  run,
})

test('the use of cores is of the time between two readings', async () => {
  const readings = [times(100, 100), times(150, 150), times(160, 240)]
  let reading = 0
  const engine = openThisMachine(
    opening,
    machine(
      async () => null,
      () => Array(4).fill(readings[reading]),
    ),
  )
  const used = async () => {
    reading += 1
    return (await engine.snapshot([{ kind: 'this_machine' }], signal()))[0]?.resources[0]
  }
  expect(await used()).toMatchObject({
    kind: 'baremetal',
    name: 'box',
    state: 'running',
    cpus: { total: 4, used: 2, free: 2 },
    memoryMiB: { total: 8192, used: 5120, free: 3072 },
    gpus: [],
  })
  expect((await used())?.cpus).toEqual({ total: 4, used: 0.4, free: 3.6 })
})

test('a driver that is there and fails is said', async () => {
  const engine = openThisMachine(
    opening,
    machine(async () => Promise.reject(new Error('exit 9'))),
  )
  const [share] = await engine.snapshot([{ kind: 'this_machine' }], signal())
  expect(share?.resources[0]).toMatchObject({ state: 'degraded', reason: expect.stringContaining('nvidia-smi') })
})

test('its GPUs are those of nvidia-smi', async () => {
  const engine = openThisMachine(
    opening,
    machine(async (_, options) => (options[0] === '-L' ? '' : query)),
  )
  const [share] = await engine.snapshot([{ kind: 'this_machine' }], signal())
  expect(share?.resources[0]?.gpus).toHaveLength(2)
  expect(share?.resources[0]?.facts).toContainEqual({
    name: 'GPU 1',
    value: 'NVIDIA H100 80GB HBM3, 71212 of 81559 MiB, 97 % busy',
  })
  expect(await engine.probe(signal())).toMatchObject({ capabilities: ['gpus'] })
})

test('the real machine answers, with and without a driver', async () => {
  const engine = openThisMachine(opening)
  const [share] = await engine.snapshot([{ kind: 'this_machine' }], signal())
  expect(share?.resources[0]?.name).toBe(os.hostname())
  expect(share?.resources[0]?.cpus?.total).toBe(os.cpus().length)
  await expect(engine.snapshot([{ kind: 'metal3', namespaces: ['a'] }], signal())).rejects.toMatchObject({
    kind: 'refused',
  })
})
