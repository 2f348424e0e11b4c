import { type Permission, tenantAdminCore, tenantPermissions } from '@tenantry/contract'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  changeRole,
  deleteUser,
  disableUser,
  editUser,
  enableUser,
  resetPassword,
  restoreUser,
  sendSetUpLink,
} from '../../packages/server/src/features/users/actions.ts'
import { createUser } from '../../packages/server/src/features/users/create.ts'
import { lockUsers } from '../../packages/server/src/features/users/index.ts'
import { type Actor, operator } from '../../packages/server/src/platform/access/actor.ts'
import { rightsOf } from '../../packages/server/src/platform/access/rights.ts'
import { rolesOf } from '../../packages/server/src/platform/access/roles.ts'
import { ProblemError } from '../../packages/server/src/platform/http/problem.ts'
import { openTestHouse, type TestHouse, type TestTenant } from '../support/house.ts'

// Sizes that fit a run of every test; PROOF multiplies them.
const proof = Number(process.env.PROOF ?? 1)
let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse()
})
afterAll(() => house.close())

const asActor = (tenant: TestTenant, id: string, name: string, permissions: readonly Permission[]): Actor => ({
  ...operator(tenant.id),
  kind: 'user',
  userId: id,
  name,
  visiting: false,
  permissions: new Set(permissions),
})

const rightsNow = (tenant: TestTenant, id: string): Promise<ReadonlySet<Permission>> =>
  house.deps.database.withTenant({ tenantId: tenant.id }, async (tx) => {
    const [user] = await lockUsers(tx, tenant.id, [id])
    return user && !user.deleted_at && !user.disabled_at ? rightsOf(user) : new Set()
  })

const attempt = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
    return 'done'
  } catch (error) {
    if (error instanceof ProblemError) return error.code
    throw error
  }
}

test(`of two admins who take each other down in 200 ways at once, one always remains (${3 * proof} rounds)`, async () => {
  for (let round = 0; round < 3 * proof; round += 1) {
    const tenant = await house.tenant(`duel${round}`)
    const people = [
      await house.person(tenant, 'a.admin', 'Tenant Admin'),
      await house.person(tenant, 'b.admin', 'Tenant Admin'),
    ]
    const actors = people.map(({ id, username }) => asActor(tenant, id, username, tenantPermissions))
    const toUser = tenant.roles.get('Tenant User') ?? ''
    const ways = [
      (by: Actor, id: string) => changeRole(house.deps, by, id, toUser),
      (by: Actor, id: string) => disableUser(house.deps, by, id),
      (by: Actor, id: string) => deleteUser(house.deps, by, id),
      (by: Actor, id: string) => editUser(house.deps, by, id, { roleId: toUser }, null),
    ]
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, index) => {
        const one = index % 2
        const by = index % 5 === 0 ? operator(tenant.id) : (actors[one] as Actor)
        return attempt((ways[index % 4] as (typeof ways)[0])(by, people[1 - one]?.id ?? ''))
      }),
    )
    const left = await Promise.all(people.map(({ id }) => rightsNow(tenant, id)))
    const admins = left.filter((rights) => tenantAdminCore.every((permission) => rights.has(permission)))
    expect(admins).toHaveLength(1)
    expect(results).toContain('done')
  }
}, 240_000)

test(`two who are no party to it take down the last two admins at once: one remains (${25 * proof} rounds)`, async () => {
  const tenant = await house.tenant('pair')
  const people = [
    await house.person(tenant, 'a.admin', 'Tenant Admin'),
    await house.person(tenant, 'b.admin', 'Tenant Admin'),
  ]
  const by = operator(tenant.id)
  const ways = [disableUser, deleteUser]
  for (let round = 0; round < 25 * proof; round += 1) {
    const way = ways[round % 2] as typeof disableUser
    const results = await Promise.all(people.map(({ id }) => attempt(way(house.deps, by, id))))
    expect(results.sort()).toEqual(['done', 'last_tenant_admin'])
    for (const { id } of people)
      await attempt(round % 2 ? restoreUser(house.deps, by, id) : enableUser(house.deps, by, id))
  }
}, 240_000)

/** One tenant with five people of different strength, and every way there is to change somebody's rights. */
test(`no sequence of actions gives anybody a right that the actor did not hold (${400 * proof} actions)`, async () => {
  const tenant = await house.tenant('ladder')
  await house.role(tenant, 'Help Desk', ['user.view', 'user.reset_password'])
  await house.role(tenant, 'Recruiter', ['user.view', 'user.create', 'user.update', 'role.assign'])
  await house.role(tenant, 'Warden', ['user.view', 'user.disable', 'user.delete', 'role.assign', 'user.reset_password'])
  const names = ['Tenant Admin', 'Help Desk', 'Recruiter', 'Warden', 'Tenant User']
  const people = []
  for (const [index, name] of [...names, 'Tenant Admin'].entries())
    people.push(await house.person(tenant, `climber${index}`, name))
  const roles = await house.deps.database.withTenant({ tenantId: tenant.id }, (tx) => rolesOf(tx, tenant.id))
  const counts = new Map<string, number>()
  let created = 0

  const step = fc.record({
    actor: fc.nat(people.length - 1),
    target: fc.nat(people.length - 1),
    role: fc.nat(roles.length - 1),
    way: fc.constantFrom('changeRole', 'edit', 'reset', 'link', 'disable', 'enable', 'delete', 'restore', 'create'),
  })
  const steps = fc.sample(step, { numRuns: 400 * proof, seed: 20_26 })
  for (const { actor, target, role, way } of steps) {
    const by = people[actor] as (typeof people)[0]
    const on = people[target] as (typeof people)[0]
    const held = await rightsNow(tenant, by.id)
    const before = await house.deps.database.withTenant({ tenantId: tenant.id }, async (tx) => {
      const [user] = await lockUsers(tx, tenant.id, [on.id])
      return user ? rightsOf(user) : new Set<Permission>()
    })
    const given = roles[role] as (typeof roles)[0]
    // The session of the actor may say more than is true by now: what counts is what the database says.
    const claims = asActor(tenant, by.id, by.username, tenantPermissions)
    const run = {
      changeRole: () => changeRole(house.deps, claims, on.id, given.id),
      edit: () => editUser(house.deps, claims, on.id, { roleId: given.id, firstName: `Step ${created}` }, null),
      reset: () => resetPassword(house.deps, claims, on.id),
      link: () => sendSetUpLink(house.deps, claims, on.id),
      disable: () => disableUser(house.deps, claims, on.id),
      enable: () => enableUser(house.deps, claims, on.id),
      delete: () => deleteUser(house.deps, claims, on.id),
      restore: () => restoreUser(house.deps, claims, on.id),
      create: () => {
        created += 1
        const person = { username: `new${created}`, email: `new${created}@x.test`, firstName: 'N', lastName: 'N' }
        return createUser(house.deps, claims, { ...person, roleId: given.id })
      },
    }[way]
    const outcome = await attempt(run())
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    if (outcome !== 'done') continue
    const subset = (rights: ReadonlySet<Permission>) => [...rights].every((permission) => held.has(permission))
    if (way !== 'create')
      expect([way, by.username, on.username, subset(before)]).toEqual([way, by.username, on.username, true])
    if (['changeRole', 'edit', 'create'].includes(way))
      expect([way, given.name, subset(rightsOf(given))]).toEqual([way, given.name, true])
  }
  // The run is worth something only if much was done and much refused.
  expect(counts.get('done')).toBeGreaterThan(20)
  expect(counts.get('exceeds_your_rights')).toBeGreaterThan(20)
  expect(
    await house.deps.database.withTenant({ tenantId: tenant.id }, async (tx) => (await rolesOf(tx, tenant.id)).length),
  ).toBe(roles.length)
}, 240_000)
