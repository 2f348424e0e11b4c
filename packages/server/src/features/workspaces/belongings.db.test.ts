import * as contract from '@tenantry/contract'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import { until } from '../../../../../tests/support/engines.ts'
import { away } from '../../../../../tests/support/fake-host.ts'
import type { Person } from '../../../../../tests/support/house.ts'
import { readJob } from '../../../../../tests/support/made-up-jobs.ts'
import { openWorkspacesHouse } from '../../../../../tests/support/workspaces-house.ts'

// A busy machine takes its time over what is waited for here.
vi.setConfig({ testTimeout: 120_000 })

const absent = '01900000-0000-7000-8000-00000000dead'
const { house, made, acme, globex, admin, user, templateId, close } = await openWorkspacesHouse()
afterAll(close)
beforeEach(() => {
  made.faults.clear()
  made.asked.length = 0
})

let count = 0
/** Somebody who is about to go. */
const leaver = (role = 'Tenant User'): Promise<Person> => {
  count += 1
  return house.person(acme.tenant, `leaver${count}`, role)
}
/** Launches what is theirs, and waits until it runs. Answers its id. */
async function works(person: Person, more: object = {}): Promise<string> {
  const theirs = await house.signedIn(person)
  const { status, body } = await theirs.ask(contract.launchWorkspace, {
    body: { name: 'notebook', templateId, profileId: 'cpu', cpus: 2, memoryMiB: 4096, ...more },
  })
  expect([status, body.code]).toEqual([201, undefined])
  await until(
    () => read(body.id),
    ({ state }) => state === 'running',
    { seconds: 60 },
  )
  return body.id
}
const read = async (id: string): Promise<contract.Workspace> =>
  (await admin.ask(contract.getWorkspace, { params: { id } })).body
/** Lets each of these have a job that runs, called as they are. */
async function submitted(...people: Person[]): Promise<void> {
  const jobs = people.map(({ username }) => readJob(username, { owner: username }))
  made.jobs.set('acme', jobs)
  made.change()
  await until(
    async () => (await admin.ask(contract.listJobs, { query: { whose: 'all', limit: 200 } })).body.items,
    (items: contract.Job[]) => people.every(({ username }) => items.some(({ nativeId }) => nativeId === username)),
  )
}
const cancelled = () => made.asked.filter(({ verb }) => verb === 'cancel').map(({ nativeId }) => nativeId)
const idsOf = (people: Person[]) => people.map(({ id }) => id)
type Body = contract.BodyInputOf<typeof contract.bulkSettleBelongings>
const settle = (client: Client, body: Body) => client.ask(contract.bulkSettleBelongings, { body })
const results = (body: contract.BulkResult) => body.items.map(({ done, problem }) => problem?.code ?? done)
const recorded = async (action: contract.AuditAction, result: 'success' | 'refused' = 'success') => {
  const { body } = await admin.ask(contract.listAuditEntries, { query: { action, result, limit: 200 } })
  return body.items.map(({ target }: contract.AuditEntry) => target?.name)
}

test('what somebody leaves behind is stopped, handed over or kept as it is decided', async () => {
  const one = await leaver()
  const kept = await works(one)
  const params = { id: one.id }
  expect((await admin.ask(contract.getBelongings, { params })).body).toMatchObject({
    workspaces: [{ id: kept, state: 'running' }],
    jobs: 0,
  })
  const ask = (client: Client, body: contract.BodyInputOf<typeof contract.settleBelongings>) =>
    client.ask(contract.settleBelongings, { params, body })
  for (const body of [{}, { to: null }, { to: one.id }, { to: one.id.toUpperCase() }]) {
    const refused = await ask(admin, { workspaces: 'hand_over', jobs: 'keep', ...body })
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([400, '/to'])
  }
  expect((await ask(user, { workspaces: 'stop', jobs: 'keep' })).status).toBe(403)
  expect((await ask(admin, { workspaces: 'hand_over', to: acme.user.id, jobs: 'cancel' })).status).toBe(200)
  await until(
    () => read(kept),
    ({ owner }) => owner?.username === 'uma',
  )
})

test('what several own is counted for each; whoever is not there is left out, and so is who is elsewhere', async () => {
  const [busy, idle] = [await leaver(), await leaver()]
  await works(busy, { volume: { name: 'home', sizeGiB: 5 } })
  await submitted(busy)
  const ids = [absent, globex.user.id, idle.id, busy.id, busy.id]
  expect((await admin.ask(contract.countBelongings, { body: { ids } })).body).toEqual({
    items: [
      { id: busy.id, username: busy.username, workspaces: 1, volumes: 1, jobs: 1 },
      { id: idle.id, username: idle.username, workspaces: 0, volumes: 0, jobs: 0 },
    ],
  })
  expect((await user.ask(contract.countBelongings, { body: { ids } })).status).toBe(403)
  for (const none of [[], Array.from({ length: 501 }, () => absent)])
    expect((await admin.ask(contract.countBelongings, { body: { ids: none } })).status).toBe(400)
})

test('of several each is settled with the guards of one, and what is refused for one stops none of the others', async () => {
  const [busy, other, idle, gone] = [await leaver(), await leaver(), await leaver(), await leaver()]
  const theirs = [await works(busy), await works(other)]
  await submitted(busy, other)
  await admin.ask(contract.deleteUser, { params: { id: gone.id } })
  const ids = [busy.id, acme.admin.id, absent, globex.user.id, gone.id, idle.id, other.id]
  const body = { ids, workspaces: 'stop', jobs: 'cancel' } as const
  expect((await settle(user, body)).status).toBe(403)
  const { status, body: answer } = await settle(admin, body)
  expect([status, results(answer)]).toEqual([
    200,
    [true, 'not_on_yourself', 'not_found', 'not_found', 'wrong_state', true, true],
  ])
  expect(answer.items.map(({ username }: { username: string | null }) => username)).toEqual([
    ...[busy.username, 'ada', null, null, gone.username, idle.username, other.username],
  ])
  expect(cancelled()).toEqual([busy.username, other.username])
  for (const id of theirs)
    await until(
      () => read(id),
      ({ state }) => state === 'stopped',
    )
  // On record for who had something, and for nobody else.
  const told = await recorded('user.belongings_settled')
  for (const { username } of [busy, other]) expect(told).toContain(username)
  expect(told).not.toContain(idle.username)
  expect(await recorded('user.belongings_settled', 'refused')).toEqual(['ada'])
})

test('nobody settles for somebody with rights they lack, nor what they may not decide', async () => {
  const helping = ['user.view', 'workspace.manage_all'] as const
  await house.role(acme.tenant, 'Caretaker', [...helping])
  const caretaker = await house.signedIn(await leaver('Caretaker'))
  const [peer, above] = [await leaver('Caretaker'), await leaver('Tenant Admin')]
  const kept = await works(above)
  const ids = [above.id, peer.id]
  const { body } = await settle(caretaker, { ids, workspaces: 'stop', jobs: 'keep' })
  expect(results(body)).toEqual(['exceeds_your_rights', true])
  const both = await settle(caretaker, { ids, workspaces: 'stop', jobs: 'cancel' })
  expect([both.status, both.body.missing]).toEqual([403, ['job.cancel_all']])
  expect((await read(kept)).state).toBe('running')
})

test('nothing is handed over to who is let go or not there, and then nothing is done at all', async () => {
  const [one, two, off] = [await leaver(), await leaver(), await leaver()]
  const theirs = [await works(one), await works(two)]
  await submitted(one, two)
  await admin.ask(contract.disableUser, { params: { id: off.id } })
  const body = { ids: idsOf([one, two]), workspaces: 'hand_over', jobs: 'cancel' } as const
  for (const to of [null, two.id, two.id.toUpperCase()]) {
    const refused = await settle(admin, { ...body, to })
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([400, '/to'])
  }
  const nobody = await settle(admin, { ...body, to: absent })
  expect([nobody.status, nobody.body.code]).toEqual([404, 'not_found'])
  for (const to of [globex.user.id, off.id])
    expect(await settle(admin, { ...body, to })).toMatchObject({ status: 404, text: nobody.text })
  for (const id of theirs) expect((await read(id)).state).toBe('running')
  expect(cancelled()).toEqual([])

  expect(results((await settle(admin, { ...body, to: acme.user.id })).body)).toEqual([true, true])
  for (const id of theirs)
    await until(
      () => read(id),
      ({ owner }) => owner?.username === 'uma',
    )
  expect(cancelled()).toEqual([one.username, two.username])
})

test('an engine that does not answer is waited for once, and holds up only whose jobs it has', async () => {
  const [one, two, idle] = [await leaver(), await leaver(), await leaver()]
  await submitted(one, two)
  made.faults.set('cancel', { error: away() })
  const body = { ids: idsOf([one, idle, two]), workspaces: 'stop', jobs: 'cancel' } as const
  expect(results((await settle(admin, body)).body)).toEqual(['engine_unavailable', true, 'engine_unavailable'])
  expect(await recorded('job.cancelled', 'refused')).toEqual([`job ${one.username}`])
  // The next request asks it again.
  made.faults.clear()
  expect(results((await settle(admin, body)).body)).toEqual([true, true, true])
  expect(cancelled()).toEqual([one.username, two.username])
})
