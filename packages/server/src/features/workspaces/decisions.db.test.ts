import * as contract from '@tenantry/contract'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import { takenIn, until } from '../../../../../tests/support/engines.ts'
import { away } from '../../../../../tests/support/fake-host.ts'
import type { Person } from '../../../../../tests/support/house.ts'
import { readJob } from '../../../../../tests/support/made-up-jobs.ts'
import { openWorkspacesHouse } from '../../../../../tests/support/workspaces-house.ts'
import { readFacts } from './quota.ts'

// A busy machine takes its time over what is waited for here.
vi.setConfig({ testTimeout: 120_000 })

const { house, host, made, acme, admin, user, engineId, templateId, close } = await openWorkspacesHouse()
afterAll(close)
afterEach(() => {
  host.fail = null
})

let count = 0
/** Launches one, and waits until it runs: its id, and its name at the engine. */
async function running(client: Client): Promise<{ id: string; native: string }> {
  count += 1
  const before = new Set(host.there.keys())
  const { body } = await client.ask(contract.launchWorkspace, {
    body: { name: `notebook ${count}`, templateId, profileId: 'cpu', cpus: 2, memoryMiB: 4096 },
  })
  await reaches(body.id, 'running')
  return { id: body.id, native: [...host.there.keys()].find((name) => !before.has(name)) ?? '' }
}
const read = async (id: string): Promise<contract.Workspace> =>
  (await admin.ask(contract.getWorkspace, { params: { id } })).body
const reaches = (id: string, state: contract.WorkspaceState) =>
  until(
    () => read(id),
    (found) => found.state === state,
    { seconds: 60 },
  )
const asTenant = <T extends object>(text: string, values: unknown[] = []) =>
  house.deps.database.withTenant({ tenantId: acme.tenant.id }, (tx) => tx.read<T>(text, values))
const facts = () =>
  house.deps.database.withTenant({ tenantId: acme.tenant.id }, (tx) =>
    readFacts(tx, acme.tenant.id, acme.user.id, engineId),
  )
/** What the tenant has at the engine now, as it is read there. */
async function submitted(...jobs: ReturnType<typeof readJob>[]): Promise<void> {
  made.jobs.set('acme', jobs)
  made.change()
  await until(
    async () => (await admin.ask(contract.listJobs, { query: { whose: 'all', limit: 200 } })).body.items,
    (items: contract.Job[]) => jobs.every(({ nativeId }) => items.some((item) => item.nativeId === nativeId)),
  )
}

test.each(['running', 'stopped'] as const)(
  'whom a workspace was shared with has no way into what the heir starts: handed over while it is %s',
  async (state) => {
    const guest = await house.person(acme.tenant, `guest-${state}`, 'Tenant User')
    const heir = await house.person(acme.tenant, `heir-${state}`, 'Tenant User')
    const [visitor, theirs] = [await house.signedIn(guest), await house.signedIn(heir)]
    const { id } = await running(user)
    const params = { id }
    await user.ask(contract.shareWorkspace, { params, body: { userId: guest.id } })
    expect((await visitor.ask(contract.openWorkspace, { params })).status).toBe(200)
    if (state === 'stopped') {
      await user.ask(contract.stopWorkspace, { params })
      await reaches(id, 'stopped')
    }
    await admin.ask(contract.handOverWorkspace, { params, body: { to: heir.id } })
    await until(
      () => read(id),
      ({ owner }) => owner.username === heir.username,
    )
    expect((await theirs.ask(contract.startWorkspace, { params })).status).toBe(202)
    await reaches(id, 'running')
    expect((await visitor.ask(contract.openWorkspace, { params })).status).toBe(404)
    expect((await read(id)).sharedWith).toBe(0)
    const { body } = await theirs.ask(contract.listWorkspaceEvents, { params })
    expect(body.items.map(({ text }: { text: string }) => text)).toContain(
      `No longer shared with ${guest.username}: it has another owner.`,
    )
  },
)

test.each(['by who looks after it', 'with what somebody leaves behind'])(
  'one that restarts is stopped %s, and does not come up again',
  async (how) => {
    count += 1
    const person: Person = await house.person(acme.tenant, `leaver${count}`, 'Tenant User')
    const theirs = await house.signedIn(person)
    const { id } = await running(theirs)
    // It is being ended for as long as its engine does not answer.
    host.fail = (verb) => (verb === 'stop' ? { error: away() } : null)
    await theirs.ask(contract.restartWorkspace, { params: { id } })
    expect(await read(id)).toMatchObject({ state: 'stopping', can: { stop: true } })
    const { status } = how.startsWith('by')
      ? await admin.ask(contract.stopWorkspace, { params: { id } })
      : await admin.ask(contract.settleBelongings, {
          params: { id: person.id },
          body: { workspaces: 'stop', jobs: 'keep' },
        })
    expect(status).toBeLessThan(300)
    expect((await read(id)).can.stop).toBe(false)
    host.fail = null
    await reaches(id, 'stopped')
    expect((await admin.ask(contract.stopWorkspace, { params: { id } })).body.code).toBe('wrong_state')
  },
)

test('whom the cluster did not take in by their name starts no workspace as whoever is called so, and reads none of it', async () => {
  made.foreign.add('mallory')
  const mallory = await house.person(acme.tenant, 'mallory', 'Tenant User')
  await takenIn(admin, mallory)
  const theirs = await house.signedIn(mallory)
  const others = new Set(host.there.keys())
  host.calls.length = 0
  const { body } = await theirs.ask(contract.launchWorkspace, {
    body: { name: 'notebook', templateId, profileId: 'cpu', cpus: 2, memoryMiB: 4096 },
  })
  const failed = await reaches(body.id, 'failed')
  expect(failed.reason).toMatch(/mallory is somebody’s of another account/)
  const asked = host.calls.filter(({ name }) => !others.has(name)).map(({ verb }) => verb)
  expect(asked).not.toContain('start')
  expect(asked).not.toContain('read')
})

test('one that is deleted while somebody starts it stays deleted', async () => {
  const { id } = await running(user)
  await user.ask(contract.stopWorkspace, { params: { id } })
  await reaches(id, 'stopped')
  let letThem = () => {}
  const held = new Promise<void>((done) => {
    letThem = done
  })
  let has = () => {}
  const isLocked = new Promise<void>((done) => {
    has = done
  })
  const blocker = house.deps.database.withTenant({ tenantId: acme.tenant.id }, async (tx) => {
    await tx.read('select id from workspaces where id = $1 for update', [id])
    has()
    await held
  })
  await isLocked
  // In this database: other tests wait for locks as well.
  const waiting = (n: number) =>
    until(
      () =>
        asTenant<{ n: number }>(
          `select count(distinct pid)::int as n from pg_locks waits where not granted and exists (select from pg_locks has
             where has.pid = waits.pid and has.database = (select oid from pg_database where datname = current_database()))`,
        ),
      ([found]) => (found?.n ?? 0) >= n,
    )
  const deleting = user.ask(contract.deleteWorkspace, { params: { id }, query: { volume: 'keep' } })
  await waiting(1)
  const starting = user.ask(contract.startWorkspace, { params: { id } })
  await waiting(2)
  letThem()
  await blocker
  expect([(await deleting).status, (await starting).status]).toEqual([204, 404])
  await until(
    () => asTenant('select id from workspaces where id = $1', [id]),
    (rows) => rows.length === 0,
  )
})

test('a job that is only called as a workspace is a job: it counts, and goes with its owner', async () => {
  const person = await house.person(acme.tenant, 'borrower', 'Tenant User')
  const { native } = await running(await house.signedIn(person))
  const owner = person.username
  await submitted(
    readJob(`handle of ${native}`, { owner, name: native, cpus: 2 }),
    readJob('77', { owner, name: native, cpus: 1_000 }),
  )
  const params = { id: person.id }
  expect((await facts()).jobs).toContainEqual(expect.objectContaining({ model: null, cpus: 1_000 }))
  expect((await admin.ask(contract.getBelongings, { params })).body.jobs).toBe(1)
  await admin.ask(contract.settleBelongings, { params, body: { workspaces: 'keep', jobs: 'cancel' } })
  expect(made.asked.filter(({ verb }) => verb === 'cancel').map(({ nativeId }) => nativeId)).toEqual(['77'])
})

test('however much a job uses, everybody else is told what there is', async () => {
  const memoryMiB = 3 * 2 ** 31
  await submitted(readJob('90', { memoryMiB, cpus: 0.5, gpuModels: [] }))
  expect((await facts()).jobs).toMatchObject([{ memory_mib: memoryMiB, cpus: 1 }])
  expect((await user.ask(contract.listWorkspaceChoices)).status).toBe(200)
})
