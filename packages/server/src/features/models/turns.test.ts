import { expect, test } from 'vitest'
import { openTurns } from './turns.ts'

type One = { tenant: string; n: number }
const due = (tenant: string, count: number): One[] => Array.from({ length: count }, (_, n) => ({ tenant, n }))

/** What is worked off ends when it is told to. */
function openSlow(rules: { atOnce: number; ofOne: number }) {
  const ends = new Map<One, () => void>()
  const begun: One[] = []
  const turns = openTurns<One>({
    ...rules,
    tenantOf: ({ tenant }) => tenant,
    work: (one) => {
      begun.push(one)
      return new Promise((done) => {
        ends.set(one, () => {
          ends.delete(one)
          done()
        })
      })
    },
  })
  const under = (tenant: string) => [...ends.keys()].filter((one) => one.tenant === tenant).length
  const end = async (tenant: string) => {
    const [one] = [...ends.keys()].filter((each) => each.tenant === tenant)
    if (one) ends.get(one)?.()
    await new Promise((done) => setImmediate(done))
  }
  return { turns, begun, under, end }
}

test('what hangs of one tenant leaves the others their turns', () => {
  const { turns, under } = openSlow({ atOnce: 16, ofOne: 4 })
  turns.set(due('hung', 150))
  expect(under('hung')).toBe(4)
  turns.set([...due('hung', 150), ...due('quick', 1)])
  expect([under('hung'), under('quick')]).toEqual([4, 1])
})

test('a turn that falls free is for whoever has the fewest', async () => {
  const { turns, begun, under, end } = openSlow({ atOnce: 4, ofOne: 3 })
  turns.set([...due('one', 9), ...due('other', 9)])
  expect([under('one'), under('other')]).toEqual([2, 2])
  turns.set([...due('one', 9), ...due('late', 1)])
  await end('one')
  expect(begun.at(-1)?.tenant).toBe('late')
})

test('all of it is worked off, each in its order', async () => {
  const { turns, begun, end } = openSlow({ atOnce: 4, ofOne: 2 })
  turns.set(due('one', 9))
  for (let n = 0; n < 9; n += 1) await end('one')
  expect(begun.map(({ n }) => n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
})

test('whoever closes it waits for what is under way, and nothing more begins', async () => {
  const { turns, begun, end } = openSlow({ atOnce: 2, ofOne: 1 })
  turns.set(due('one', 5))
  let closed = false
  const closing = turns.close().then(() => {
    closed = true
  })
  expect(closed).toBe(false)
  await end('one')
  await closing
  expect(begun).toHaveLength(1)
})
