import { type Permission, tenantAdminCore, tenantPermissions } from '@tenantry/contract'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRole, deleteRole, editRole } from '../../packages/server/src/features/roles/change.ts'
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
const duels = proof === 1 ? 3 : 1_000
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

test(`of two admins who take each other down in 200 ways at once, one always remains (${duels} rounds)`, async () => {
  for (let round = 0; round < duels; round += 1) {
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
}, 3_600_000)

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
}, 3_600_000)

type Snapshot = Map<string, { tenant: string; rights: ReadonlySet<Permission> }>

/** What everybody in these tenants may do right now, by the id of the user. */
async function everybody(tenants: TestTenant[]): Promise<Snapshot> {
  const found: Snapshot = new Map()
  for (const { id, slug } of tenants) {
    const [users, roles] = await house.deps.database.readAtOnce({ tenantId: id }, (tx) =>
      Promise.all([
        tx.read<{ id: string; role_id: string; gone: boolean }>(
          'select id, role_id, disabled_at is not null or deleted_at is not null as gone from users where tenant_id = $1',
          [id],
        ),
        rolesOf(tx, id),
      ]),
    )
    const rights = new Map(roles.map((role) => [role.id, rightsOf(role)]))
    for (const user of users) {
      found.set(user.id, { tenant: slug, rights: (!user.gone && rights.get(user.role_id)) || new Set() })
    }
  }
  return found
}

const grabbed: Permission[] = [
  'user.view',
  'user.create',
  'user.delete',
  'role.assign',
  'role.update',
  'job.submit',
  'audit.view',
]

/** Three tenants with six people each of different strength, and every way there is to change somebody's rights. */
test(`no sequence of actions gives anybody a right that the actor did not hold (${5_000 * proof} actions)`, async () => {
  const tenants: TestTenant[] = []
  const people: { id: string; username: string; tenant: TestTenant }[] = []
  const holdings: [string, Permission[]][] = [
    ['Help Desk', ['user.view', 'user.reset_password']],
    ['Recruiter', ['user.view', 'user.create', 'user.update', 'role.assign']],
    ['Warden', ['user.view', 'user.disable', 'user.delete', 'role.assign', 'user.reset_password']],
    ['Builder', ['role.view', 'role.create', 'role.update', 'role.delete', 'role.assign', 'user.view', 'job.submit']],
  ]
  for (const slug of ['ladder', 'steps', 'rungs']) {
    const tenant = await house.tenant(slug)
    for (const [name, permissions] of holdings) await house.role(tenant, name, permissions)
    for (const [index, name] of ['Tenant Admin', ...holdings.map(([name]) => name), 'Tenant User'].entries()) {
      people.push({ ...(await house.person(tenant, `climber${index}`, name)), tenant })
    }
    tenants.push(tenant)
  }
  const counts = new Map<string, number>()
  let made = 0
  let foreign = 0
  const step = fc.record({
    actor: fc.nat(people.length - 1),
    target: fc.nat(people.length - 1),
    // Mostly in one's own tenant; foreign ids are tried as well.
    abroad: fc.nat(9),
    role: fc.nat(20),
    permissions: fc.subarray(grabbed),
    way: fc.constantFrom(
      ...(['changeRole', 'edit', 'reset', 'link', 'disable', 'enable', 'delete', 'restore', 'create'] as const),
      ...(['createRole', 'editRole', 'disableRole', 'deleteRole'] as const),
    ),
  })
  let before = await everybody(tenants)
  for (const taken of fc.sample(step, { numRuns: 5_000 * proof, seed: 20_26 })) {
    const { actor, target, role, way, permissions } = taken
    const by = people[actor] as (typeof people)[0]
    const home = people.filter(({ tenant }) => tenant === by.tenant)
    const on = (taken.abroad === 0 ? people[target] : home[target % home.length]) as (typeof people)[0]
    const roles = await house.deps.database.readAtOnce({ tenantId: on.tenant.id }, (tx) => rolesOf(tx, on.tenant.id))
    const given = roles[role % roles.length] as (typeof roles)[0]
    const held = before.get(by.id)?.rights ?? new Set()
    // The session of the actor may say more than is true by now: what counts is what the database says.
    const claims = asActor(by.tenant, by.id, by.username, tenantPermissions)
    const { deps } = house
    made += 1
    const run = {
      changeRole: () => changeRole(deps, claims, on.id, given.id),
      edit: () => editUser(deps, claims, on.id, { roleId: given.id, firstName: `Step ${made}` }, null),
      reset: () => resetPassword(deps, claims, on.id),
      link: () => sendSetUpLink(deps, claims, on.id),
      disable: () => disableUser(deps, claims, on.id),
      enable: () => enableUser(deps, claims, on.id),
      delete: () => deleteUser(deps, claims, on.id),
      restore: () => restoreUser(deps, claims, on.id),
      create: () => {
        const person = { username: `new${made}`, email: `new${made}@x.test`, firstName: 'N', lastName: 'N' }
        return createUser(deps, claims, { ...person, roleId: given.id })
      },
      createRole: () => createRole(deps, claims, { name: `Made ${made}`, permissions }),
      editRole: () => editRole(deps, claims, given.id, { permissions, enabled: true }, null),
      disableRole: () => editRole(deps, claims, given.id, { enabled: role % 2 === 0 }, null),
      deleteRole: () => deleteRole(deps, claims, given.id, roles[(role + 1) % roles.length]?.id),
    }[way]
    const outcome = await attempt(run())
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    if (outcome === 'not_signed_in') {
      // Somebody outside lets them in again, or nobody would be left to act.
      await attempt(restoreUser(deps, operator(by.tenant.id), by.id))
      await attempt(enableUser(deps, operator(by.tenant.id), by.id))
      before = await everybody(tenants)
    }
    if (outcome !== 'done') continue
    foreign += Number(on.tenant !== by.tenant && !['create', 'createRole'].includes(way))
    const after = await everybody(tenants)
    for (const [id, { tenant, rights }] of after) {
      const had = before.get(id)?.rights ?? new Set()
      const gained = [...rights].filter((permission) => !had.has(permission) && !held.has(permission))
      // Enabling and restoring give back what somebody had, and only to whom the actor outranks.
      expect([way, by.username, tenant, gained]).toEqual([way, by.username, tenant, []])
      const changed = rights.size !== had.size || [...rights].some((permission) => !had.has(permission))
      if (changed) expect(tenant).toBe(by.tenant.slug)
    }
    // Whoever can set what somebody signs in with could be them.
    if (way === 'reset' || way === 'link') {
      const taker = [...(before.get(on.id)?.rights ?? [])].filter((permission) => !held.has(permission))
      expect([way, by.username, on.username, taker]).toEqual([way, by.username, on.username, []])
    }
    before = after
  }
  process.stdout.write(`  ${[...counts].map(([outcome, count]) => `${outcome} ${count}`).join(', ')}\n`)
  // The run is worth something only if much was done and much refused.
  expect(counts.get('done')).toBeGreaterThan(100)
  expect(counts.get('exceeds_your_rights')).toBeGreaterThan(100)
  expect(counts.get('not_found')).toBeGreaterThan(20)
  expect(foreign).toBe(0)
}, 3_600_000)
