import * as contract from '@tenantry/contract'
import { afterAll, expect, test, vi } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import { takenIn, until } from '../../../../../tests/support/engines.ts'
import type { Person } from '../../../../../tests/support/house.ts'
import { readJob } from '../../../../../tests/support/made-up-jobs.ts'
import { openWorkspacesHouse } from '../../../../../tests/support/workspaces-house.ts'
import { keepHouse } from '../../housekeeping.ts'

// A busy machine takes its time over what is waited for here.
vi.setConfig({ testTimeout: 120_000 })

const { house, made, acme, globex, admin, user, engineId, templateId, close } = await openWorkspacesHouse()
afterAll(close)

async function launch(client: Client, name: string): Promise<contract.Workspace> {
  const size = { cpus: 2, memoryMiB: 4096, volume: { name: `home of ${name}`, sizeGiB: 5 } }
  const { status, body } = await client.ask(contract.launchWorkspace, {
    body: { name, templateId, profileId: 'cpu', ...size },
  })
  expect([status, body.code]).toEqual([201, undefined])
  return body
}
const call = (client: Client, { id }: Person, firstName: string, lastName: string) =>
  client.ask(contract.editUser, { params: { id }, body: { firstName, lastName }, headers: { 'if-match': '*' } })
const read = async (client: Client, id: string): Promise<contract.Workspace> =>
  (await client.ask(contract.getWorkspace, { params: { id } })).body
const share = (client: Client, id: string, { id: userId }: Person) =>
  client.ask(contract.shareWorkspace, { params: { id }, body: { userId } })
const everybodys = async (query: object = {}) =>
  (await admin.ask(contract.listWorkspaces, { query: { whose: 'all', ...query } })).body.items
const jobs = async (): Promise<contract.Job[]> =>
  (await admin.ask(contract.listJobs, { query: { whose: 'all' } })).body.items

test('a workspace, its volume and those it is shared with are somebody’s, by name', async () => {
  await call(admin, acme.user, 'Uma', 'Thorne')
  const uma = { id: acme.user.id, username: 'uma', name: 'Uma Thorne' }
  const { id } = await launch(user, 'named')
  expect(await read(user, id)).toMatchObject({ owner: uma, sharedWith: 0, sharedPeople: [] })
  for (const name of ['dora', 'cleo', 'bert', 'egon'])
    await share(user, id, await house.person(acme.tenant, name, 'Tenant User'))
  const [listed] = await everybodys()
  expect(listed).toMatchObject({ owner: uma, sharedWith: 4 })
  // Three are named, whatever there are: the answer of a list stays small.
  expect(listed.sharedPeople).toMatchObject([
    { username: 'bert', name: 'First bert Last bert' },
    { username: 'cleo', name: 'First cleo Last cleo' },
    { username: 'dora', name: 'First dora Last dora' },
  ])
  expect((await user.ask(contract.listVolumes)).body.items).toMatchObject([{ owner: 'uma', person: uma }])
  for (const q of ['thorne', 'UMA TH', 'uma', 'named']) expect(await everybodys({ q })).toMatchObject([{ id }])
  expect(await everybodys({ q: 'thorns' })).toEqual([])
})

test('nobody of another tenant is ever named, not even where the user name is the same', async () => {
  const elsewhere = await house.signedIn(globex.admin)
  await call(elsewhere, globex.user, 'Foreign', 'Stranger')
  const gus = await house.person(globex.tenant, 'gus', 'Tenant User')
  await call(elsewhere, gus, 'Foreign', 'Gustav')
  const { id } = await launch(user, 'within')
  expect((await share(user, id, gus)).status).toBe(404)
  made.jobs.set('acme', [readJob('1', { owner: 'uma' }), readJob('2', { owner: 'gus' })])
  made.change()
  const found = await until(jobs, ({ length }) => length === 2)
  const personOf = (nativeId: string) => found.find((job) => job.nativeId === nativeId)?.person
  expect(personOf('1')).toEqual({ id: acme.user.id, username: 'uma', name: 'Uma Thorne' })
  expect(personOf('2')).toBeNull()
  for (const answer of [
    await admin.ask(contract.listWorkspaces, { query: { whose: 'all' } }),
    await admin.ask(contract.listVolumes, { query: { whose: 'all' } }),
    await admin.ask(contract.listJobs, { query: { whose: 'all' } }),
    await admin.ask(contract.listJobs, { query: { whose: 'all', q: 'foreign' } }),
  ]) {
    expect(answer.status).toBe(200)
    expect(answer.text).not.toMatch(/Foreign|Stranger|Gustav/)
  }
  expect(await everybodys({ q: 'foreign' })).toEqual([])
})

test('of who was deleted the user name is left, until they are erased', async () => {
  const leaver = await house.person(acme.tenant, 'leaver', 'Tenant User')
  await takenIn(admin, leaver)
  const { id } = await launch(await house.signedIn(leaver), 'left behind')
  const { id: shared } = await launch(user, 'shared')
  await share(user, shared, leaver)
  made.jobs.set('acme', [readJob('3', { owner: 'leaver' })])
  made.change()
  const theirs = (await until(jobs, (all) => all.some(({ nativeId }) => nativeId === '3'))).find(
    ({ nativeId }) => nativeId === '3',
  )
  const named = { id: leaver.id, username: 'leaver', name: 'First leaver Last leaver' }
  const unnamed = { ...named, name: null }
  /** What they gave their jobs. */
  const submissions = () =>
    house.deps.database.withTenant({ tenantId: acme.tenant.id }, (tx) =>
      tx.read('select spec from job_submissions where tenant_id = $1 and user_id = $2', [acme.tenant.id, leaver.id]),
    )
  const script = { name: 'train', script: '#!/bin/bash\ntrue', where: 'gpu', cpus: 1, memoryMiB: 100, minutes: 5 }
  const sent = await (await house.signedIn(leaver)).ask(contract.submitJob, { body: { engineId, ...script } })
  expect(sent.status).toBe(201)
  expect(theirs?.person).toEqual(named)
  expect((await read(admin, id)).owner).toEqual(named)

  await admin.ask(contract.deleteUser, { params: { id: leaver.id } })
  expect((await read(admin, id)).owner).toEqual(unnamed)
  expect((await read(user, shared)).sharedPeople).toEqual([unnamed])
  const job = { params: { id: theirs?.id ?? '' } }
  expect((await admin.ask(contract.getJob, job)).body).toMatchObject({ owner: 'leaver', person: unnamed })
  const everybody = { query: { whose: 'all' } } as const
  for (const answer of [
    await admin.ask(contract.listWorkspaces, everybody),
    await admin.ask(contract.listVolumes, everybody),
    await admin.ask(contract.listJobs, everybody),
    await user.ask(contract.listWorkspaceShares, { params: { id: shared } }),
  ]) {
    expect(answer.text).toContain('leaver')
    expect(answer.text).not.toContain('First leaver')
  }
  expect(await everybodys({ q: 'first leaver' })).toEqual([])
  expect(await everybodys({ q: 'leaver' })).toMatchObject([{ id }])
  await admin.ask(contract.restoreUser, { params: { id: leaver.id } })
  expect((await read(admin, id)).owner).toEqual(named)

  expect(await submissions()).toHaveLength(1)
  await admin.ask(contract.deleteUser, { params: { id: leaver.id } })
  house.clock.forward(31 * 86_400_000)
  await keepHouse(house.deps.database)
  const later = await house.signedIn(acme.admin)
  expect((await read(later, id)).owner).toEqual({ ...unnamed, username: 'erased' })
  expect((await later.ask(contract.getJob, job)).body).toMatchObject({ owner: 'leaver', person: null })
  expect(await submissions()).toEqual([])
  const { body } = await later.ask(contract.listVolumes, everybody)
  expect(body.items.filter(({ person }: contract.Volume) => person === null)).toMatchObject([{ owner: 'erased' }])
})
