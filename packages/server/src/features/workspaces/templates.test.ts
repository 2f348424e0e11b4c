import { expect, test } from 'vitest'
import { warningOf } from './choices.ts'
import { overLimits } from './templates.ts'

test('every amount of a profile beyond the limits is told, at its field and with both figures', () => {
  const profile = (cpus: number, memoryMiB: number) => ({ id: 'p', name: 'P', cpus, memoryMiB, accelerator: null })
  const limits = { cpus: 2, memoryMiB: 1536, volumeGiB: 0, idleMinutes: null }
  const found = overLimits({ profiles: [profile(2, 1536), profile(4, 16_384), profile(1, 1537)], limits })
  expect(found.map(({ pointer, detail }) => [pointer, detail])).toEqual([
    ['/profiles/1/cpus', '4 is more than the limit of the template, 2'],
    ['/profiles/1/memoryMiB', '16 GiB is more than the limit of the template, 1.5 GiB'],
    ['/profiles/2/memoryMiB', '1537 MiB is more than the limit of the template, 1.5 GiB'],
  ])
})

test('only a server that is not root runs everybody as one user', () => {
  expect([warningOf(true), warningOf(false)].map((text) => text.includes('one user for everybody'))).toEqual([
    false,
    true,
  ])
})
