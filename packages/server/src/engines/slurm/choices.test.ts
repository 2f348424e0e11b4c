import { NewJob } from '@tenantry/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { choicesOf, chosen, type Grounds } from './choices.ts'
import { type Membership, type Partition, readMemberships, readPartitions } from './places.ts'
import type { Account, Node } from './shapes.ts'
import type { SlurmScope } from './share.ts'

// The same two partitions as v0.0.38 and as v0.0.42 say them.
const old = {
  partitions: [
    {
      name: 'acme',
      flags: ['default'],
      state: 'UP',
      allowed_accounts: 'acme',
      denied_accounts: '',
      allowed_qos: '',
      denied_qos: '',
      default_time_limit: 60,
      max_time_limit: 2880,
    },
    {
      name: 'cpu',
      flags: [],
      state: 'DOWN',
      allowed_accounts: '',
      denied_accounts: 'lab',
      allowed_qos: 'high',
      denied_qos: '',
      default_time_limit: null,
      max_time_limit: -1,
    },
  ],
}
const set = (number: number) => ({ set: true, infinite: false, number })
const recent = {
  partitions: [
    {
      name: 'acme',
      flags: ['DEFAULT'],
      partition: { state: ['UP'] },
      accounts: { allowed: 'acme', deny: '' },
      qos: { allowed: 'ALL', deny: '', assigned: '' },
      defaults: { time: set(60) },
      maximums: { time: set(2880) },
    },
    {
      name: 'cpu',
      partition: { state: ['DOWN'] },
      accounts: { allowed: 'ALL', deny: 'lab' },
      qos: { allowed: 'high', deny: '', assigned: '' },
      defaults: { time: { set: false, infinite: false, number: 0 } },
      maximums: { time: { set: false, infinite: true, number: 0 } },
    },
  ],
}
const accounts: Account[] = [
  { name: 'root', parent: null },
  { name: 'acme', parent: 'root' },
  { name: 'lab', parent: 'acme' },
  { name: 'globex', parent: 'root' },
]
const scope: SlurmScope = { kind: 'slurm', accounts: ['acme'], partitions: ['acme', 'cpu'], prefix: null }
const member = (account: string, more: Partial<Membership> = {}): Membership => ({
  account,
  partition: null,
  qos: ['high', 'normal'],
  defaultQos: null,
  isDefault: false,
  ...more,
})
const node = (name: string, more: Partial<Node> = {}): Node => ({
  name,
  states: ['IDLE'],
  cpus: 16,
  allocatedCpus: 0,
  memory: 64_000,
  allocatedMemory: 0,
  gres: 'gpu:h100:8',
  gresUsed: 'gpu:h100:3(IDX:0-2)',
  partitions: ['acme'],
  reason: null,
  address: name,
  ...more,
})
const grounds = (more: Partial<Grounds> = {}): Grounds => ({
  partitions: readPartitions(old),
  nodes: [],
  accounts,
  memberships: [member('acme')],
  nested: true,
  ...more,
})
const lines = (of: Grounds) =>
  choicesOf(of, scope, []).combinations.map(({ where, account, qos }) => `${where} ${account} ${qos}`)

test('one shape comes of every version', () => {
  expect(readPartitions(recent)).toEqual(readPartitions(old))
  expect(readPartitions(old).map(({ defaultMinutes, maxMinutes }) => [defaultMinutes, maxMinutes])).toEqual([
    [60, 2880],
    [null, null],
  ])
  const association = { account: 'acme', cluster: 'hpc', user: 'ada', qos: ['normal'], default: { qos: 'normal' } }
  const others = [
    { ...association, user: 'bob' },
    { ...association, cluster: 'other' },
    { ...association, user: '' },
  ]
  const found = readMemberships({ associations: [{ ...association, is_default: 1 }, ...others] }, 'hpc', 'ada')
  expect(found).toEqual([member('acme', { qos: ['normal'], defaultQos: 'normal', isDefault: true })])
  expect(readMemberships({ associations: [{ ...association, is_default: true }] }, 'hpc', 'ada')).toEqual(found)
})

test('what both the account and the partition take is offered, the defaults first', () => {
  expect(lines(grounds())).toEqual(['acme acme normal', 'acme acme high', 'cpu acme high'])
  expect(lines(grounds({ memberships: [member('acme', { defaultQos: 'high' })] }))[0]).toBe('acme acme high')
  const two = [member('acme'), member('lab', { isDefault: true })]
  expect(lines(grounds({ memberships: two }))[0]).toBe('acme lab normal')
  expect(lines(grounds({ memberships: [member('acme', { partition: 'cpu' })] }))).toEqual(['cpu acme high'])
})

test('an account below one that a partition takes is taken from 23.11 on, and so it is with one it denies', () => {
  const memberships = [member('lab', { qos: ['normal'] })]
  expect(lines(grounds({ memberships }))).toEqual(['acme lab normal'])
  expect(lines(grounds({ memberships, nested: false }))).toEqual([])
  const below = [...accounts, { name: 'deep', parent: 'lab' }]
  const deep = { accounts: below, memberships: [member('deep', { qos: ['high'] })] }
  expect(lines(grounds(deep))).toEqual(['acme deep high'])
  expect(lines(grounds({ ...deep, nested: false }))).toEqual(['cpu deep high'])
})

test('what Slurm refuses at once is no choice, what waits is', () => {
  const other = (more: object) => readPartitions({ partitions: [{ ...old.partitions[0], ...more }] })
  for (const more of [{ state: 'DRAIN' }, { state: 'INACTIVE' }, { flags: ['root_only'] }]) {
    expect(lines(grounds({ partitions: other(more) }))).toEqual([])
  }
  const down = choicesOf(grounds({ partitions: other({ state: 'DOWN' }) }), scope, [])
  expect([down.combinations.length, down.places[0]?.open]).toEqual([2, false])
})

test('a place has what its largest node has, and is free what nobody holds on nodes that take work', () => {
  const nodes = [
    node('a'),
    node('b', { cpus: 64, gres: 'gpu:h100:4,shard:h100:16', gresUsed: 'gpu:h100:0(IDX:N/A)' }),
    node('c', { states: ['IDLE', 'DRAIN'] }),
    node('d', { partitions: ['other'], cpus: 999 }),
  ]
  const [place] = choicesOf(grounds({ nodes }), scope, []).places
  expect(place).toEqual({
    name: 'acme',
    open: true,
    nodes: 3,
    cpus: 64,
    memoryMiB: 64_000,
    gpus: [{ model: 'h100', perNode: 8, total: 20, free: 9 }],
    defaultMinutes: 60,
    maxMinutes: 2880,
  })
})

test('what is chosen is never outside of the scope, whatever is there and asked for', { timeout: 60_000 }, () => {
  const names = ['root', 'acme', 'lab', 'globex', 'inner', 'below']
  const places = ['acme', 'cpu', 'globex', 'gpu']
  const tree: Account[] = [...accounts, { name: 'inner', parent: 'acme' }, { name: 'below', parent: 'inner' }]
  const subset = fc.oneof(fc.constant<string[]>([]), fc.subarray(names))
  const partition = (name: string): fc.Arbitrary<Partition> =>
    fc.record({
      name: fc.constant(name),
      states: fc.constantFrom(['UP'], ['UP'], ['DOWN'], ['DRAIN']),
      flags: fc.constantFrom<string[]>([], ['DEFAULT'], ['ROOT_ONLY']),
      allowedAccounts: subset,
      deniedAccounts: subset,
      allowedQos: fc.constantFrom<string[]>([], [], ['high']),
      deniedQos: fc.constantFrom<string[]>([], ['normal']),
      defaultMinutes: fc.constant(null),
      maxMinutes: fc.constant(null),
    })
  const membership = fc.record({
    account: fc.constantFrom('acme', 'lab', 'acme', ...names),
    partition: fc.oneof(fc.constant(null), fc.constantFrom(...places)),
    qos: fc.subarray(['normal', 'high']),
    defaultQos: fc.constantFrom(null, 'high'),
    isDefault: fc.boolean(),
  })
  const asked = [...places, '*', ''].flatMap((where) =>
    [null, '', ...names].flatMap((account) => [null, 'high', 'other'].map((qos) => ({ where, account, qos }))),
  )
  const partitions = fc.tuple(...places.map(partition))
  let taken = 0
  fc.assert(
    fc.property(partitions, fc.array(membership, { maxLength: 6 }), fc.boolean(), (all, memberships, nested) => {
      // `inner` is another tenant’s, within.
      const of = { partitions: all, nodes: [], accounts: tree, memberships, nested }
      const choices = choicesOf(of, scope, ['inner', 'globex'])
      const found = asked.flatMap((job) => {
        try {
          return [{ job, ...chosen(choices, scope, job) }]
        } catch {
          return []
        }
      })
      taken += found.length
      const within = [...choices.combinations, ...found].every(
        ({ where, account }) => ['acme', 'lab'].includes(account) && ['acme', 'cpu'].includes(where),
      )
      const asAsked = found.every(
        ({ job, where, account, qos }) =>
          where === job.where && (!job.account || account === job.account) && (!job.qos || qos === job.qos),
      )
      expect([within, asAsked]).toEqual([true, true])
    }),
    { numRuns: 500 },
  )
  expect(taken).toBeGreaterThan(500)
})

test('the contract takes what is offered', () => {
  const [first] = choicesOf(grounds(), scope, []).combinations
  const job = {
    engineId: '0190a8f0-0000-7000-8000-000000000000',
    name: 'a',
    script: '#!/bin/sh',
    cpus: 1,
    memoryMiB: 1,
  }
  expect(NewJob.parse({ ...job, ...first, minutes: 1 })).toMatchObject(first ?? {})
})
