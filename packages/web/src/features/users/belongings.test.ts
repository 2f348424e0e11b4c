import type { Belongings } from '@tenantry/contract'
import { expect, test } from 'vitest'
import { goesOn, ownedBy, settlementFor, settlementOf, settles } from './belongings.ts'

const workspaces: Belongings['workspaces'] = [{ id: 'w', name: 'PyTorch', state: 'running' }]
const volumes = [{ id: 'v', name: 'home', sizeGiB: 10 }]

test('volumes alone go on without anybody: they need no decision', () => {
  expect(goesOn(ownedBy({ workspaces: [], volumes, jobs: 0 }))).toBe(false)
  expect(goesOn(ownedBy({ workspaces, volumes: [], jobs: 0 }))).toBe(true)
  expect(goesOn(ownedBy({ workspaces: [], volumes: [], jobs: 1 }))).toBe(true)
})

test('of whoever is disabled no job loses its work; of whoever is deleted everything ends', () => {
  expect(settlementFor('disable')).toEqual({ workspaces: 'stop', to: null, jobs: 'keep' })
  expect(settlementFor('delete')).toEqual({ workspaces: 'stop', to: null, jobs: 'cancel' })
})

test('only what there is, is settled, and keeping needs no settling', () => {
  const chosen = { workspaces: 'hand_over', to: 'bob', jobs: 'cancel' } as const
  expect(settlementOf({ workspaces: 0, jobs: 2 }, chosen)).toEqual({
    ...{ workspaces: 'keep', to: null, jobs: 'cancel' },
  })
  expect(settlementOf({ workspaces: 1, jobs: 0 }, chosen)).toEqual({
    ...{ workspaces: 'hand_over', to: 'bob', jobs: 'keep' },
  })
  expect(settles({ workspaces: 1, jobs: 2 }, { workspaces: 'keep', to: null, jobs: 'keep' })).toBe(false)
  expect(settles({ workspaces: 0, jobs: 2 }, { workspaces: 'stop', to: null, jobs: 'keep' })).toBe(false)
  expect(settles({ workspaces: 0, jobs: 2 }, chosen)).toBe(true)
})
