import type { Workspace } from '@tenantry/contract'
import type { TFunction } from 'i18next'
import { expect, test } from 'vitest'
import { i18n } from '../../app/i18n.ts'
import './messages.ts'
import {
  acceleratorInWords,
  amountsInWords,
  boundInWords,
  elapsedInWords,
  idleInWords,
  minutesInWords,
  peopleInWords,
  stopInWords,
} from './in-words.ts'

const t = i18n.t as TFunction
const idle: Workspace['idle'] = {
  state: 'active',
  because: 'A kernel is busy.',
  lastActiveAt: null,
  stopsAt: null,
  warned: false,
}

test('amounts read as people say them', () => {
  expect(acceleratorInWords({ kind: 'mig', model: 'h100', profile: '1g.10gb', count: 2 })).toBe('2 × 1g.10gb')
  expect(
    amountsInWords(t, { cpus: 1, memoryMiB: 16_384, accelerator: { kind: 'gpu', model: 'h100', count: 1 } }),
  ).toEqual(['1 × h100', '1 core', '16 GiB'])
  expect(amountsInWords(t, { cpus: 4, memoryMiB: 512, accelerator: null })).toEqual(['4 cores', '512 MiB'])
})

test('times read as people say them', () => {
  expect([45, 60, 90, 120, 2880].map((minutes) => minutesInWords(t, minutes))).toEqual([
    '45 minutes',
    '1 hour',
    '90 minutes',
    '2 hours',
    '2 days',
  ])
  const from = '2026-01-01T10:00:00.000Z'
  const after = (seconds: number) => elapsedInWords(t, from, Date.parse(from) + seconds * 1000)
  expect([-3, 8.9, 125, 3840].map(after)).toEqual(['0 s', '8 s', '2 min 5 s', '1 h 4 min'])
})

test('whether somebody works there is said only of what runs', () => {
  expect(idleInWords(t, { state: 'stopped', idle })).toBeNull()
  expect(idleInWords(t, { state: 'running', idle })).toBe('Active: a kernel is busy.')
  expect(idleInWords(t, { state: 'running', idle: { ...idle, because: 'GPU 0 is busy.' } })).toBe(
    'Active: GPU 0 is busy.',
  )
  const since = { ...idle, state: 'idle' as const, lastActiveAt: new Date().toISOString() }
  expect(idleInWords(t, { state: 'running', idle: since })).toMatch(/^Idle since .*It does not stop by itself\.$/)
  expect(idleInWords(t, { state: 'running', idle: { ...since, stopsAt: new Date().toISOString() } })).toMatch(
    /^Idle since .*, stops at /,
  )
})

test('a bound says whose it is and what it is about', () => {
  const bound = { of: 'tenant', model: null, profile: null, total: 1, used: 0 } as const
  expect(boundInWords(t, { ...bound, what: 'gpus', model: 'h100' })).toBe('H100 GPUs · Of the tenant')
  expect(boundInWords(t, { ...bound, of: 'user', what: 'mig', profile: '1g.10gb' })).toBe('1g.10gb slices · Yours')
  expect(boundInWords(t, { ...bound, of: 'engine', what: 'memoryMiB' })).toBe('Memory · Of the engine')
})

test('whom it is shared with is said by name: three, and how many others', () => {
  const people = ['Bob Builder', 'Carol Danvers', 'Dora', 'Egon', 'Fay'].map((name, n) => ({
    ...{ id: String(n), username: name.toLowerCase(), name },
  }))
  const shared = (many: number, among: Workspace['sharedPeople'] = people) => ({
    sharedWith: many,
    sharedPeople: among.slice(0, Math.min(3, many)),
  })
  const words = [0, 1, 2, 3, 4, 5].map((many) => peopleInWords(t, shared(many)))
  expect(words).toEqual([
    '',
    'Bob Builder',
    'Bob Builder and Carol Danvers',
    'Bob Builder, Carol Danvers and Dora',
    'Bob Builder, Carol Danvers, Dora and 1 other',
    'Bob Builder, Carol Danvers, Dora and 2 others',
  ])
  // Of somebody who was deleted the user name is left.
  expect(peopleInWords(t, shared(1, [{ id: 'g', username: 'gone', name: null }]))).toBe('gone')
  expect(stopInWords(t, { ...shared(1), volume: { id: 'v', name: 'home', sizeGiB: 5 } })).toBe(
    'What runs and what is in memory is lost. What is on the volume home stays. It is shared with Bob Builder, who may be working in it.',
  )
  expect(stopInWords(t, { ...shared(0), volume: null })).toMatch(/it has no volume\.$/)
})
