import type { BelongingsCount, BulkResult, Problem } from '@tenantry/contract'
import { expect, test } from 'vitest'
import { failedFirst, inWords, letGo, settlementOfAll, together } from './bulk.ts'

const own = (id: string, workspaces: number, jobs: number): BelongingsCount => ({
  ...{ id, username: `user ${id}`, workspaces, volumes: 1, jobs },
})
const counts = [own('a', 2, 0), own('b', 0, 1), own('c', 0, 0)]
const problem = { type: '/problems/x', code: 'x', title: 'It went wrong', status: 409 } satisfies Problem
const resultOf = (ids: string[], refused: string[]): BulkResult => ({
  items: ids.map((id) => ({
    ...{ id, username: null },
    ...(refused.includes(id) ? { done: false, problem } : { done: true, problem: null }),
  })),
})

test('what several own is decided on once for all, and only where there is some of it', () => {
  expect(together(counts)).toEqual({ workspaces: 2, volumes: 3, jobs: 1 })
  const chosen = { workspaces: 'hand_over', to: 'd', jobs: 'cancel' } as const
  expect(settlementOfAll(counts, chosen)).toEqual(chosen)
  expect(settlementOfAll([own('b', 0, 1)], chosen)).toEqual({ workspaces: 'keep', to: null, jobs: 'cancel' })
  expect(settlementOfAll([own('c', 0, 0)], chosen)).toBeNull()
  expect(settlementOfAll(counts, { workspaces: 'keep', to: null, jobs: 'keep' })).toBeNull()
})

test('only those whose belongings were settled are let go', async () => {
  const asked: [string, string[]][] = []
  const outcomes = await letGo({
    ...{ ids: ['a', 'b', 'c', 'd'], counts },
    settle: async (ids) => {
      asked.push(['settle', ids])
      return resultOf(ids, ['b'])
    },
    act: async (ids) => {
      asked.push(['act', ids])
      return resultOf(ids, ['d'])
    },
  })
  expect(asked).toEqual([
    ['settle', ['a', 'b', 'c', 'd']],
    ['act', ['a', 'c', 'd']],
  ])
  expect(outcomes.map(({ id, done, settled, owned }) => [id, done, settled, owned?.workspaces])).toEqual([
    ['b', false, 'refused', 0],
    ['d', false, 'done', undefined],
    ['a', true, 'done', 2],
    ['c', true, 'done', undefined],
  ])
})

test('where all are refused nobody is let go, and where nothing is settled everybody', async () => {
  const never = () => Promise.reject(new Error('not to be asked'))
  const ids = ['a', 'b']
  const refused = await letGo({ ids, counts, settle: async (all) => resultOf(all, all), act: never })
  expect(refused.map(({ done }) => done)).toEqual([false, false])
  const gone = await letGo({ ids, counts, settle: null, act: async (all) => resultOf(all, []) })
  expect(gone.map(({ done, settled }) => [done, settled])).toEqual([
    [true, 'not_asked'],
    [true, 'not_asked'],
  ])
})

test('a refusal is told with what it says of itself, before what is done', () => {
  expect(inWords(problem)).toBe('It went wrong.')
  expect(inWords({ ...problem, detail: 'The user is deleted.' })).toBe('It went wrong. The user is deleted.')
  expect(failedFirst([{ done: true }, { done: false }])).toEqual([{ done: false }, { done: true }])
})
