import { expect, test } from 'vitest'
import {
  bodyOf,
  type Choices,
  freeName,
  idleChoices,
  memoryOutside,
  reasonsAgainst,
  valuesFor,
  wantOf,
} from './launch-values.ts'

const gpu = {
  ...{ id: 'gpu', name: 'One H100', cpus: 8, memoryMiB: 65_536, refused: null },
  accelerator: { kind: 'gpu' as const, model: 'NVIDIA H100', count: 1 },
}
const cpu = { id: 'cpu', name: 'CPU', cpus: 2, memoryMiB: 4096, accelerator: null, refused: null }
const template: Choices['templates'][number] = {
  ...{ id: 't', name: 'PyTorch', description: '', engineId: 'e', engine: 'k8s', engineKind: 'kubernetes', image: null },
  ...{ profiles: [gpu, cpu], datasets: [], refused: null, warning: null },
  limits: { cpus: 16, memoryMiB: 131_072, volumeGiB: 100, idleMinutes: 240 },
  bounds: [
    { of: 'user', what: 'gpus', model: 'h100', profile: null, total: 1, used: 1 },
    { of: 'tenant', what: 'storageGiB', model: null, profile: null, total: 50, used: 40 },
  ],
}
const volume = {
  ...{ id: 'v', name: 'home', sizeGiB: 10, engineId: 'e', engine: 'k8s', owner: 'ada', workspace: null },
  person: { id: 'u', username: 'ada', name: 'Ada Byron' },
  createdAt: '2026-01-01T00:00:00.000Z',
}
const none: Choices = { templates: [template], volumes: [] }

test('a name that is taken gets a number', () => {
  expect(freeName('PyTorch', [])).toBe('PyTorch')
  expect(freeName('PyTorch', ['pytorch', 'PyTorch 2'])).toBe('PyTorch 3')
})

test('a template begins with what can be had: a profile that is not refused, a volume that nobody uses', () => {
  expect(valuesFor(template, none, [])).toMatchObject({ profileId: 'gpu', cpus: 8, memory: '64 GiB', home: 'new' })
  const refused = { ...template, profiles: [{ ...gpu, refused: 'none left' }, cpu] }
  expect(valuesFor(refused, { ...none, volumes: [volume] }, [])).toMatchObject({
    ...{ profileId: 'cpu', cpus: 2, memory: '4 GiB', home: 'existing', volumeId: 'v' },
  })
  const used = { ...volume, workspace: { id: 'w', name: 'other' } }
  const elsewhere = { ...volume, engineId: 'another' }
  const small = { ...template, limits: { ...template.limits, volumeGiB: 0 } }
  expect(valuesFor(small, { ...none, volumes: [used, elsewhere] }, []).home).toBe('none')
})

test('what is against it is said in the words of the server, of every bound', () => {
  const values = valuesFor(template, none, [])
  expect(reasonsAgainst(values, template, gpu)).toEqual([
    'You may use 1 h100 GPUs, 1 in use: 0 left, and this needs 1.',
    'The tenant may use 50 GiB of storage, 40 in use: 10 left, and this needs 20.',
  ])
  expect(reasonsAgainst({ ...values, home: 'none' }, template, cpu)).toEqual([])
  expect(reasonsAgainst({ ...values, home: 'none' }, template, { ...cpu, refused: 'No such thing.' })).toEqual([
    'No such thing.',
  ])
  expect(reasonsAgainst(values, { ...template, refused: 'The engine is gone.' }, cpu)).toEqual(['The engine is gone.'])
})

test('memory beyond the template, or not understood, is not launched', () => {
  const outside = ['200 MiB', '16 GiB', '16.5 GiB', '0', 'much', ''].map((typed) => memoryOutside(typed, 16_384))
  expect(outside).toEqual([false, false, true, true, true, true])
})

test('what is asked for is what is chosen', () => {
  const values = { ...valuesFor(template, none, []), memory: '1536M' }
  expect(wantOf(values, gpu)).toEqual({ cpus: 8, memoryMiB: 1536, accelerator: gpu.accelerator, storageGiB: 20 })
  expect(bodyOf(values)).toMatchObject({
    ...{ memoryMiB: 1536, volume: { name: 'PyTorch', sizeGiB: 20 }, idleMinutes: null },
  })
  expect(bodyOf({ ...values, home: 'existing', volumeId: 'v', idle: '30' })).toMatchObject({
    ...{ volume: { id: 'v' }, idleMinutes: 30 },
  })
  expect(bodyOf({ ...values, home: 'none' }).volume).toBeNull()
  expect(idleChoices(60)).toEqual([15, 30])
})
