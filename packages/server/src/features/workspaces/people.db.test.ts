import * as contract from '@tenantry/contract'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import { allocateTo, connect, engineSettings, until } from '../../../../../tests/support/engines.ts'
import { type FakeHost, openFakeHost } from '../../../../../tests/support/fake-host.ts'
import { openTestHouse, type Person, root, type TestHouse, twoTenants } from '../../../../../tests/support/house.ts'
import { makeUpJobs, readJob } from '../../../../../tests/support/made-up-jobs.ts'
import { keepHouse } from '../../housekeeping.ts'

// A busy machine takes its time over what is waited for here.
vi.setConfig({ testTimeout: 120_000 })

const made = makeUpJobs()
let house: TestHouse
let host: FakeHost
let acme: Awaited<ReturnType<typeof twoTenants>>['acme']
let globex: typeof acme
let admin: Client
let user: Client
let templateId: string

beforeAll(async () => {
  host = await openFakeHost()
  house = await openTestHouse(engineSettings, { open: () => ({ ...made.open(), workspaces: host.host }) })
  ;({ acme, globex } = await twoTenants(house))
  const platform = await house.signedIn(root)
  const credential = { type: 'slurm_token', user: 'slurm', token: 'a token of the fake' }
  const engineId = await connect(platform, { kind: 'slurm', name: 'hpc', address: 'http://127.0.0.1:9', credential })
  await allocateTo(platform, acme.tenant, engineId, { kind: 'slurm', accounts: ['acme'], partitions: ['gpu'] })
  admin = await house.signedIn(acme.admin)
  user = await house.signedIn(acme.user)
  const { body } = await admin.ask(contract.createTemplate, {
    body: {
      name: 'Jupyter',
      engineId,
      placement: { where: 'gpu', account: 'acme' },
      profiles: [{ id: 'cpu', name: 'CPU', cpus: 2, memoryMiB: 4096, accelerator: null }],
      limits: { cpus: 16, memoryMiB: 65_536, volumeGiB: 100, idleMinutes: 60 },
    },
  })
  templateId = body.id
})
afterAll(async () => {
  await house?.close()
  await host?.close()
})

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

  await admin.ask(contract.deleteUser, { params: { id: leaver.id } })
  house.clock.forward(31 * 86_400_000)
  await keepHouse(house.deps.database)
  admin = await house.signedIn(acme.admin)
  expect((await read(admin, id)).owner).toEqual({ ...unnamed, username: 'erased' })
  expect((await admin.ask(contract.getJob, job)).body).toMatchObject({ owner: 'leaver', person: null })
  const { body } = await admin.ask(contract.listVolumes, everybody)
  expect(body.items.filter(({ person }: contract.Volume) => person === null)).toMatchObject([{ owner: 'erased' }])
})
