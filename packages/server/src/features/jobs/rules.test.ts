import { NewJob } from '@tenantry/contract'
import { expect, test } from 'vitest'
import { someChoices } from '../../../../../tests/support/made-up-jobs.ts'
import { quotaProblem, settle, tasksOf } from './rules.ts'

const job = (more: object = {}): NewJob =>
  NewJob.parse({
    engineId: '01900000-0000-7000-8000-000000000000',
    name: 'train',
    script: '#!/bin/bash\nhostname',
    where: 'gpu',
    cpus: 8,
    memoryMiB: 1024,
    minutes: 60,
    ...more,
  })
const problemsOf = (more: object, choices = someChoices) => {
  const settled = settle(job(more), choices)
  return 'errors' in settled ? settled.errors.map(({ pointer, detail }) => `${pointer}: ${detail}`) : []
}

test('what is left open is that of the first combination that fits, and never the engine’s to choose', () => {
  expect(settle(job(), someChoices)).toMatchObject({ job: { account: 'acme', qos: 'normal' } })
  expect(settle(job({ qos: 'high' }), someChoices)).toMatchObject({ job: { account: 'acme', qos: 'high' } })
  const plain = { ...someChoices, combinations: [{ where: 'gpu', account: '', qos: '' }] }
  expect(settle(job(), plain)).toMatchObject({ job: { account: null, qos: null } })
})

test('where one may not submit is said at the field that is wrong', () => {
  expect(problemsOf({ where: 'cpu' })).toEqual(['/where: You may submit to gpu.'])
  expect(problemsOf({ account: 'globex' })).toEqual(['/account: In gpu you may use acme.'])
  expect(problemsOf({ qos: 'free' })).toEqual(['/qos: In gpu you may use normal, high.'])
  expect(problemsOf({}, { ...someChoices, combinations: [] })).toEqual([
    '/where: You may submit nowhere on this engine.',
  ])
  expect(problemsOf({}, { ...someChoices, places: [] })).toEqual(['/where: Nothing is known of gpu just now.'])
  const closed = someChoices.places.map((place) => ({ ...place, open: false }))
  expect(problemsOf({}, { ...someChoices, places: closed })).toEqual(['/where: gpu takes no new jobs just now.'])
})

test('what no node has is said, each at its field', () => {
  const most = { nodes: 4, cpus: 64, memoryMiB: 512_000, minutes: 2880, gpus: { model: 'H100', count: 8 } }
  expect(problemsOf(most)).toEqual([])
  const more = { nodes: 5, cpus: 65, memoryMiB: 512_001, minutes: 2881, gpus: { model: '', count: 9 } }
  expect(problemsOf(more).map((line) => line.split(':')[0])).toEqual([
    '/nodes',
    '/cpus',
    '/memoryMiB',
    '/minutes',
    '/gpus/count',
  ])
  expect(problemsOf({ gpus: { model: 'a100', count: 1 } })).toEqual(['/gpus/model: gpu has h100.'])
})

test('images and arrays are for engines that know them', () => {
  expect(problemsOf({ image: 'pytorch' })).toEqual(['/image: This engine runs no containers.'])
  const other = { ...someChoices, needsImage: true, arrays: false }
  expect(problemsOf({ array: '0-9' }, other)).toEqual([
    '/image: A job runs in a container here: name its image.',
    '/array: This engine knows no arrays.',
  ])
})

test('more than the tenant may use in all could never start', () => {
  const quota = { gpus: [{ model: 'h100', count: 8 }], cpus: 64, memoryMiB: 102_400, storageGiB: null }
  const of = (more: object) => quotaProblem(job(more), quota)
  expect(of({ nodes: 2, gpus: { model: 'NVIDIA-H100-80GB', count: 4 }, cpus: 32, memoryMiB: 51_200 })).toBe(null)
  expect(of({ nodes: 3, gpus: { model: 'NVIDIA-H100-80GB', count: 4 } })).toBe(
    'The tenant may use 8 NVIDIA-H100-80GB GPUs of this engine, and this needs 12.',
  )
  expect(of({ gpus: { model: '', count: 9 } })).toBe('The tenant may use 8 GPUs of this engine, and this needs 9.')
  expect(of({ gpus: { model: 'a100', count: 64 } })).toBe(null)
  expect(of({ nodes: 2, cpus: 33 })).toBe('The tenant may use 64 cores of this engine, and this needs 66.')
  expect(of({ nodes: 2, memoryMiB: 60_000 })).toBe(
    'The tenant may use 100 GiB of memory of this engine, and this needs 117.2.',
  )
  const none = { gpus: [], cpus: null, memoryMiB: null, storageGiB: null }
  expect(quotaProblem(job({ nodes: 1024, gpus: { model: 'h100', count: 1024 } }), none)).toBe(null)
})

test('the tasks of an array are counted', () => {
  expect(['0-99%10', '7', '1-9:2', '0-9,20,30-31%3', '9-1'].map(tasksOf)).toEqual([100, 1, 5, 13, 0])
})
