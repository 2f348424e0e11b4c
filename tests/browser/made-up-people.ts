import type { BelongingsCount, User } from '@tenantry/contract'

// The people of a server that is made up, and what they own.
export const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
export const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString()

export const me = { id: id(20), username: 'ada', name: 'Ada Person' }
export const bob = { id: id(30), username: 'bob', name: 'Bob Builder' }
export const carol = { id: id(31), username: 'carol', name: 'Carol Danvers' }
export const colleagues = [
  { userId: bob.id, username: 'bob', name: 'Bob Builder' },
  { userId: carol.id, username: 'carol', name: 'Carol Danvers' },
]
export const user: User = {
  ...{ id: bob.id, username: 'bob', email: 'bob@acme.test', firstName: 'Bob', lastName: 'Builder', status: 'active' },
  ...{ role: { id: id(90), name: 'Tenant User' }, lastLoginAt: at(-60), lockedUntil: null, temporaryUntil: null },
  ...{ eraseAt: null, createdAt: at(-90_000), updatedAt: at(-90_000), version: 1 },
}
/** Somebody who owns so many workspaces, volumes and jobs. */
export const owning = (n: number, username: string, [workspaces, volumes, jobs] = [0, 0, 0]): BelongingsCount => ({
  ...{ id: id(n), username },
  ...{ workspaces: workspaces ?? 0, volumes: volumes ?? 0, jobs: jobs ?? 0 },
})

export type People = {
  /** What the one who is asked about owns. */
  belongings: { workspaces: { id: string; name: string; state: string }[]; volumes: object[]; jobs: number }
  /** Who there is beside bob, with what they own. */
  people: BelongingsCount[]
}

/** What is answered about people; undefined where nothing is. */
export function answerOfPeople({ belongings, people }: People, what: string, body: { ids?: string[] }): unknown {
  const ids = body.ids ?? []
  switch (what) {
    case 'GET users/:id':
      return user
    case 'GET users': {
      const others = people.map(({ id, username }) => ({ ...user, id, username, email: `${username}@acme.test` }))
      return { items: [user, ...others], next: null, previous: null }
    }
    case 'GET users/count':
      return { count: 1 + people.length, more: false }
    case 'GET users/:id/owned':
      return { items: [] }
    case 'GET users/:id/belongings':
    case 'POST users/:id/belongings':
      return belongings
    case 'POST users/bulk/belongings':
      return { items: people.filter((one) => ids.includes(one.id)) }
    case 'POST users/bulk/settle-belongings':
    case 'POST users/bulk/disable':
    case 'POST users/bulk/delete':
      return { items: ids.map((id) => resultOf(people, id)) }
    default:
      return undefined
  }
}

/** What became of one of several: done, or refused. */
export const resultOf = (people: BelongingsCount[], id: string, problem: object | null = null) => ({
  ...{ id, username: people.find((one) => one.id === id)?.username ?? 'bob' },
  ...{ done: problem === null, problem },
})
