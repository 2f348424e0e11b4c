import type { BelongingsCount, BulkResult, Problem } from '@tenantry/contract'
import { goesOn, type Settlement, settlementOf, settles } from './belongings.ts'

export type Action = 'changeRole' | 'disable' | 'enable' | 'delete'

type Item = BulkResult['items'][number]
/** What became of one of several. */
export type Outcome = Item & {
  /** What they owned that goes on without them. */
  owned: BelongingsCount | null
  /** What became of that: with `refused` nothing else was done. */
  settled: 'not_asked' | 'done' | 'refused'
}

/** What all of them own together. */
export const together = (counts: readonly BelongingsCount[]) => ({
  workspaces: counts.reduce((sum, { workspaces }) => sum + workspaces, 0),
  volumes: counts.reduce((sum, { volumes }) => sum + volumes, 0),
  jobs: counts.reduce((sum, { jobs }) => sum + jobs, 0),
})

/** What is settled before several are let go, the same for all; null where there is nothing to settle. */
export function settlementOfAll(counts: readonly BelongingsCount[], chosen: Settlement): Settlement | null {
  const all = together(counts)
  return settles(all, chosen) ? settlementOf(all, chosen) : null
}

type LetGo = {
  ids: readonly string[]
  /** As it was when it was asked what is to become of it. */
  counts: readonly BelongingsCount[]
  settle: ((ids: string[]) => Promise<BulkResult>) | null
  act: (ids: string[]) => Promise<BulkResult>
}

/**
 * Settles, and lets go of those for whom that succeeded. All are settled, also who owned nothing: they may have begun
 * something since. What was refused comes first.
 */
export async function letGo({ ids, counts, settle, act }: LetGo): Promise<Outcome[]> {
  const before = settle ? (await settle([...ids])).items : []
  const refused = before.filter(({ done }) => !done)
  const left = ids.filter((id) => !refused.some((one) => one.id === id))
  const after = left.length > 0 ? (await act(left)).items : []
  const owners = new Map(counts.filter(goesOn).map((count) => [count.id, count]))
  const outcome = (item: Item, settled: Outcome['settled']): Outcome => {
    return { ...item, owned: owners.get(item.id) ?? null, settled }
  }
  return failedFirst([
    ...refused.map((item) => outcome(item, 'refused')),
    ...after.map((item) => outcome(item, settle ? 'done' : 'not_asked')),
  ])
}

export const failedFirst = <One extends { done: boolean }>(all: readonly One[]): One[] => [
  ...all.filter(({ done }) => !done),
  ...all.filter(({ done }) => done),
]

/** A refusal in words. */
export const inWords = ({ title, detail }: Problem): string => (detail ? `${title}. ${detail}` : `${title}.`)
