import type { Template } from '@tenantry/contract'
import { expect, test } from 'vitest'
import {
  emptyProfile,
  environmentOf,
  keyOf,
  memoryRead,
  named,
  newTemplate,
  templateOf,
  templateValues,
} from './template-values.ts'

const template: Template = {
  ...{ id: 't', name: 'PyTorch', description: 'For training', engineId: 'e', engine: 'k8s', engineKind: 'kubernetes' },
  ...{ image: 'quay.io/lab:1', command: null, enabled: true, roleIds: ['r'], workspaces: 2, version: 3 },
  updatedAt: '2026-01-01T00:00:00.000Z',
  placement: { where: 'acme', account: null, qos: null, minutes: 60 },
  profiles: [
    { id: 'cpu', name: 'CPU', cpus: 2, memoryMiB: 1536, accelerator: null },
    { id: 'gpu', name: 'GPU', cpus: 8, memoryMiB: 65_536, accelerator: { kind: 'gpu', model: 'h100', count: 2 } },
    {
      ...{ id: 'slice', name: 'Slice', cpus: 2, memoryMiB: 8192 },
      accelerator: { kind: 'mig', model: 'h100', profile: '1g.10gb', count: 1 },
    },
  ],
  limits: { cpus: 16, memoryMiB: 131_072, volumeGiB: 0, idleMinutes: null },
  datasets: [{ name: 'imagenet', source: '/data/imagenet' }],
  environment: { HF_HOME: '/home/jovyan/hf', EQUAL: 'a=b' },
}

test('a template that is saved as it was read is the same', () => {
  const values = templateValues(template)
  const environment = environmentOf(values.environment)
  const { id, engine, engineKind, workspaces, version, updatedAt, ...sent } = template
  expect(templateOf(values, environment as Record<string, string>)).toEqual(sent)
})

test('the environment is read line by line, and the first wrong line is named', () => {
  expect(environmentOf('A=1\n\n _B2=x=y ')).toEqual({ A: '1', _B2: 'x=y ' })
  expect(environmentOf('A=1\nnonsense')).toEqual({ wrong: 2 })
  expect(environmentOf('1A=1')).toEqual({ wrong: 1 })
})

test('a new template is placed where there is a place, and leaves out what was not filled in', () => {
  const place = {
    ...{ engineId: 'e', engine: 'hpc', engineKind: 'slurm' as const, needsImage: false, gpus: [], refused: null },
    placements: [{ where: 'gpu', account: 'acme', qos: null, minutes: 60 }],
  }
  const values = newTemplate(place)
  expect(values.placement).toEqual(place.placements[0])
  const sent = templateOf({ ...values, datasets: [{ key: 0, name: ' ', source: '' }] }, {})
  expect(sent).toMatchObject({ datasets: [], image: null, command: null, engineId: 'e' })
  expect(keyOf({ model: 'h100', profile: null })).not.toBe(keyOf({ model: 'h100', profile: '1g.10gb' }))
})

test('an id is made of its name until it is typed, unlike the others; one that is kept stays', () => {
  const small = { ...emptyProfile(0), id: 'small', name: 'Small' }
  const row = emptyProfile(1)
  expect(named(row, 'Two H100', [small, row]).id).toBe('two-h100')
  expect(named(row, 'Small', [small, row]).id).toBe('small-2')
  expect(named(row, '', [small, row]).id).toBe('')
  expect(named({ ...row, id: 'mine', follows: false }, 'Large', [small, row])).toMatchObject({
    id: 'mine',
    name: 'Large',
  })
  const [kept] = templateValues(template).profiles
  expect(kept && named(kept, 'Renamed', [kept]).id).toBe('cpu')
})

test('memory is read as it is typed, and what is not understood is known', () => {
  const values = newTemplate(undefined)
  const typed = { ...values, limits: { ...values.limits, memory: '200 MiB' } }
  expect(templateOf(typed, {}).limits.memoryMiB).toBe(200)
  expect([typed, { ...values, limits: { ...values.limits, memory: 'much' } }].map(memoryRead)).toEqual([true, false])
})
