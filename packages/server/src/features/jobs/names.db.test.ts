import type { AddressInfo } from 'node:net'
import * as contract from '@tenantry/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import { allocateTo, connect, engineSettings, takenIn, until } from '../../../../../tests/support/engines.ts'
import { openTestHouse, type Person, root, type TestHouse, twoTenants } from '../../../../../tests/support/house.ts'
import { makeUpJobs, readJob } from '../../../../../tests/support/made-up-jobs.ts'

// One cluster for two tenants, of which neither has a prefix: a name is one person’s, and the cluster’s own people are nobody’s.
const made = makeUpJobs()
let house: TestHouse
let acme: Awaited<ReturnType<typeof twoTenants>>['acme']
let globex: typeof acme
let platform: Client
/** Of acme; nobody else is called so. */
let alba: Person
let admin: Client
let engineId: string
let allocationId: string
let base: string

beforeAll(async () => {
  house = await openTestHouse(engineSettings, { open: made.open })
  ;({ acme, globex } = await twoTenants(house))
  platform = await house.signedIn(root)
  const credential = { type: 'slurm_token', user: 'slurm', token: 'a token of the fake' }
  engineId = await connect(platform, { kind: 'slurm', name: 'hpc', address: 'http://127.0.0.1:9', credential })
  made.foreign.add('mallory')
  await allocateTo(platform, globex.tenant, engineId, { kind: 'slurm', accounts: ['globex'], partitions: ['gpu'] })
  await takenIn(await house.signedIn(globex.admin), globex.user)
  const scope = { kind: 'slurm', accounts: ['acme'], partitions: ['gpu'] }
  allocationId = await allocateTo(platform, acme.tenant, engineId, scope)
  alba = await house.person(acme.tenant, 'alba', 'Tenant Admin')
  admin = await house.signedIn(alba)
  await house.app.listen({ port: 0, host: '127.0.0.1' })
  base = `http://127.0.0.1:${(house.app.server.address() as AddressInfo).port}`
  made.jobs.set('acme', [readJob('7', { owner: 'zoe', state: 'stopped', endReason: 'COMPLETED' })])
  made.output.set('7', Buffer.from('what a link in the home of zoe leads to'))
})
afterAll(() => house?.close())

const job = () => ({
  engineId,
  name: 'train',
  script: '#!/bin/bash\ntrue',
  where: 'gpu',
  cpus: 1,
  memoryMiB: 100,
  minutes: 5,
})
const choices = async (client: Client) =>
  (await client.ask(contract.listJobChoices)).body.engines.map(
    ({ choices, reason }: { choices: unknown; reason: unknown }) => [choices !== null, reason],
  )

/** All that comes of following the output of the one job, until it ends. */
async function output(client: Client): Promise<string> {
  const found = await until(
    async () => (await admin.ask(contract.listJobs, { query: { whose: 'all' } })).body.items as contract.Job[],
    (items) => items.some(({ nativeId }) => nativeId === '7'),
  )
  const cookie = [...client.jar].map(([name, value]) => `${name}=${value}`).join('; ')
  const id = found.find(({ nativeId }) => nativeId === '7')?.id
  const response = await fetch(`${base}/api/v1/jobs/${id}/output`, {
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
  })
  return response.text()
}

test.each([
  ['mallory', 'mallory is somebody’s of another account'],
  ['uma', 'the name uma is somebody else’s'],
])(
  '%s, whom the cluster did not take in as one of the tenant, submits nothing and reads nothing as them',
  async (name, why) => {
    const person = name === 'uma' ? acme.user : await house.person(acme.tenant, name, 'Tenant Admin')
    await takenIn(admin, person)
    const client = await house.signedIn(person)
    made.asked.length = 0
    expect(await choices(client)).toEqual([[false, expect.stringContaining(why)]])
    const refused = await client.ask(contract.submitJob, { body: job() })
    expect([refused.status, refused.body.code, refused.body.detail]).toEqual([
      409,
      'engine_refused',
      expect.stringContaining(why),
    ])
    if (name === 'mallory') {
      const heard = await output(client)
      expect(heard).toContain(why)
      expect(heard).not.toContain('what a link')
    }
    expect(made.asked).toEqual([])
    // Whoever was taken in may.
    await takenIn(admin, alba)
    expect(await output(admin)).toContain('what a link')
  },
)

test('with another prefix everybody has another name: until the cluster has taken that in, nothing is done by it', async () => {
  await takenIn(admin, alba)
  expect((await admin.ask(contract.submitJob, { body: job() })).status).toBe(201)
  made.foreign.add('alba')
  const { body } = await platform.ask(contract.changeAllocation, {
    params: { id: allocationId },
    headers: { 'if-match': '*' },
    body: { scope: { kind: 'slurm', accounts: ['acme'], partitions: ['gpu'], prefix: 'ac-' } },
  })
  expect(body.scope.prefix).toBe('ac-')
  made.asked.length = 0
  expect((await admin.ask(contract.submitJob, { body: job() })).status).not.toBe(201)
  await takenIn(admin, alba)
  const after = await admin.ask(contract.submitJob, { body: job() })
  expect([after.status, after.body.detail]).toEqual([409, expect.stringContaining('another account')])
  expect(made.asked).toEqual([])
})
