import { expect, test } from 'vitest'
import { gpusOf, readGres, readModel } from './gres.ts'

test.each([
  ['gpu:4', [['gpu', null, 4]]],
  ['gpu:h100:8(S:0-1)', [['gpu', 'h100', 8]]],
  ['gpu:fake1:0(IDX:N/A)', [['gpu', 'fake1', 0]]],
  ['gpu:h100:4(IDX:0-3)', [['gpu', 'h100', 4]]],
  ['gpu:a100_3g.20gb:2(S:0)', [['gpu', 'a100_3g.20gb', 2]]],
  ['gres:gpu:h100:2', [['gpu', 'h100', 2]]],
  ['gres/gpu:h100=2', [['gpu', 'h100', 2]]],
  ['gres/gpu=16', [['gpu', null, 16]]],
  ['gpu', [['gpu', null, 1]]],
  ['shard:8(-/5,5/5,3/5,0/5)', [['shard', null, 8]]],
  [
    'gpu:h100:2(IDX:0,3),shard:h100:16(0/8,4/8),nic:1',
    [
      ['gpu', 'h100', 2],
      ['shard', 'h100', 16],
      ['nic', null, 1],
    ],
  ],
  ['craynetwork:4K', [['craynetwork', null, 4096]]],
  ['N/A', []],
  ['(null)', []],
  ['', []],
  ['::::', []],
] as const)('%s is read', (text, expected) => {
  expect(readGres(text).map(({ name, type, count }) => [name, type, count])).toEqual(expected)
})

test('a shard is never counted as a GPU', () => {
  expect([...gpusOf('gpu:h100:8,shard:h100:64')]).toEqual([['h100', 8]])
})

test('MIG slices have their profile', () => {
  expect(readModel('a100_3g.20gb')).toEqual({ model: 'a100', profile: '3g.20gb' })
  expect(readModel('h100')).toEqual({ model: 'h100', profile: null })
  expect(readModel('1g.10gb')).toEqual({ model: 'GPU', profile: '1g.10gb' })
})
