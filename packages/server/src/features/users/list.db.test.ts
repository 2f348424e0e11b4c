import * as contract from '@tenantry/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import { openTestHouse, type TestHouse } from '../../../../../tests/support/house.ts'

let house: TestHouse
let admin: Client
let roles: Map<string, string>
let deleted = 0
const given = ['Ada', 'Grace', 'Zoë', 'Øystein', 'נועה', 'Alan', '明', 'Barbara']
const family = ['Byron', 'Hopper', 'Gödel', 'van Rossum', 'Trần', "O'Neill", 'Sparck-Jones']

beforeAll(async () => {
  house = await openTestHouse()
  const acme = await house.tenant('acme')
  await house.role(acme, 'Operator', ['user.view'])
  roles = acme.roles
  const other = await house.tenant('globex')
  await house.person(other, 'ada', 'Tenant Admin')
  admin = await house.signedIn(await house.person(acme, 'root.of.acme', 'Tenant Admin'))
  const lines = Array.from({ length: 240 }, (_, n) => {
    const [first, last] = [given[(n * 7) % given.length], family[(n * 5) % family.length]]
    const role = ['Tenant User', 'Operator', 'Tenant Admin'][(n * n) % 3]
    return `u${String((n * 7919) % 1000).padStart(3, '0')}.${n % 9},p${n}@mail${n % 4}.test,${first},"${last}",${role}`
  })
  const { body } = await admin.ask(contract.importUsers, {
    body: `username,email,first_name,last_name,role\n${lines.join('\n')}\n`,
  })
  expect(body.created).toBe(240)
  const all = await everything({})
  for (const [index, { id }] of all.entries()) {
    if (index % 11 === 3) await admin.ask(contract.disableUser, { params: { id } })
    if (index % 17 === 5 && (await admin.ask(contract.deleteUser, { params: { id } })).status === 200) deleted += 1
  }
})
afterAll(() => house.close())

type Query = Record<string, string | number>
const page = async (query: Query) => {
  const { status, body } = await admin.ask(contract.listUsers, { query })
  expect(status).toBe(200)
  return body as { items: contract.User[]; next: string | null; previous: string | null }
}

/** Walks a list to its end, and all the way back, and expects to meet the same on both ways. */
async function everything(query: Query, limit = 37): Promise<contract.User[]> {
  const pages: contract.User[][] = []
  let current = await page({ ...query, limit })
  expect(current.previous).toBeNull()
  pages.push(current.items)
  while (current.next) {
    current = await page({ ...query, limit, cursor: current.next })
    pages.push(current.items)
  }
  for (let index = pages.length - 2; index >= 0; index -= 1) {
    current = await page({ ...query, limit, cursor: current.previous ?? '' })
    expect(current.items.map(({ id }) => id)).toEqual(pages[index]?.map(({ id }) => id))
  }
  expect(current.previous).toBeNull()
  return pages.flat()
}

const collator = new Intl.Collator('und')
const keys: Record<string, (user: contract.User) => string | number> = {
  username: ({ username }) => username,
  email: ({ email }) => email.toLowerCase(),
  created: ({ id }) => id,
  role: ({ role }) => role.name,
}
const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0)

test.each(Object.keys(keys))(
  'sorted by %s, up and down, page by page: complete, in order, nobody twice',
  async (sort) => {
    const key = keys[sort] as (user: contract.User) => string
    for (const sign of ['', '-']) {
      const all = await everything({ sort: `${sign}${sort}` })
      expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
      const ordered = [...all].sort((a, b) => compare(key(a), key(b)) * (sign ? -1 : 1))
      expect(all.map(key)).toEqual(ordered.map(key))
      expect(all.length).toBe(241 - deleted)
    }
  },
)

test('sorted by name as people sort names: accents beside their letters', async () => {
  const names = (await everything({ sort: 'name' })).map(({ firstName, lastName }) => `${firstName} ${lastName}`)
  const latin = names.filter((name) => /^[A-ZØ]/.test(name))
  expect(latin).toEqual([...latin].sort((a, b) => collator.compare(a.toLowerCase(), b.toLowerCase())))
})

test('sorted by status and last login: complete, groups together', async () => {
  for (const sort of ['status', '-status', 'lastLogin', '-lastLogin']) {
    const all = await everything({ sort })
    expect(new Set(all.map(({ id }) => id)).size).toBe(241 - deleted)
  }
  const statuses = (await everything({ sort: 'status' })).map(({ status }) => status)
  expect(statuses.filter((status, index) => status !== statuses[index - 1]).length).toBe(new Set(statuses).size)
})

test('filters narrow any order, several values at a time', async () => {
  const all = await everything({})
  const operator = roles.get('Operator') ?? ''
  const tenantUser = roles.get('Tenant User') ?? ''
  for (const sort of ['username', 'name', '-role', 'status', 'lastLogin', '-created']) {
    const found = await everything({ sort, role: `${operator},${tenantUser}`, status: 'disabled,invited' }, 20)
    const expected = all.filter(
      (user) => [operator, tenantUser].includes(user.role.id) && ['disabled', 'invited'].includes(user.status),
    )
    expect(found.map(({ id }) => id).sort()).toEqual(expected.map(({ id }) => id).sort())
  }
  expect(await everything({ status: 'deleted' })).toHaveLength(deleted)
})

const fold = (text: string) =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
const matches = (user: contract.User, q: string) => {
  const words = fold([user.username, user.firstName, user.lastName, user.email].join(' ')).split(/[-\s._@+']+/)
  return fold(q)
    .split(/[-\s._@+']+/)
    .filter(Boolean)
    .every((term) => words.some((word) => word.startsWith(term)))
}

test.each([
  'ada',
  'GODEL',
  'gödel',
  'rossum',
  'jones ada',
  'mail3',
  'p1',
  "o'n",
  'u0',
  'נועה',
  'nobody-at-all',
  'test mail2 ada',
  '%',
  '_',
])('a search for “%s” finds by the beginnings of words, in any order, each once', async (q) => {
  const all = await everything({})
  const expected = (q === '%' ? [] : q === '_' ? all : all.filter((user) => matches(user, q)))
    .map(({ id }) => id)
    .sort()
  for (const query of [{ q }, { q, sort: 'name' }, { q, sort: '-role' }] as Query[]) {
    const found = (await everything(query, 13)).map(({ id }) => id)
    expect([...found].sort()).toEqual(expected)
  }
  const { body } = await admin.ask(contract.countUsers, { query: { q } })
  expect(body).toEqual({ count: expected.length, more: false })
})

test('a cursor of another order, another list, or made up is refused', async () => {
  const { next } = await page({ limit: 5 })
  const forged = Buffer.from(JSON.stringify(['users username', 0, "x' or 1=1", 'no-uuid'])).toString('base64url')
  const broken = Buffer.from(JSON.stringify(['users created', 0, 'no-uuid', 'no-uuid'])).toString('base64url')
  for (const query of [
    { cursor: next ?? '', sort: 'email' },
    { cursor: 'AAAA' },
    { cursor: '%00' },
    { cursor: broken, sort: 'created' },
  ]) {
    const { status } = await admin.ask(contract.listUsers, { query })
    expect(status).toBe(400)
  }
  expect((await admin.ask(contract.listUsers, { query: { cursor: forged } })).status).toBe(200)
})

test('never anybody of another tenant', async () => {
  for (const user of await everything({})) expect(user.email).not.toContain('globex')
})
