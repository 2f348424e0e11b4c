import * as contract from '@tenantry/contract'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import { allocateTo, connect, engineSettings, until } from '../../../../../tests/support/engines.ts'
import { type FakeHost, openFakeHost } from '../../../../../tests/support/fake-host.ts'
import { openTestHouse, type Person, root, type TestHouse, twoTenants } from '../../../../../tests/support/house.ts'
import { makeUpJobs } from '../../../../../tests/support/made-up-jobs.ts'
import { type Engine, EngineError, type Opening } from '../../engines/port.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const made = makeUpJobs()
let house: TestHouse
let host: FakeHost
let tenants: Awaited<ReturnType<typeof twoTenants>>
let platform: Client
let wakeTheDead = () => {}
const dead = new Promise<void>((done) => {
  wakeTheDead = done
})
const hang = async (): Promise<never> => {
  await dead
  throw new EngineError('slow', 'It did not answer in time.')
}

beforeAll(async () => {
  host = await openFakeHost()
  const open = ({ address }: Opening): Engine => ({
    ...made.open(),
    workspaces: address?.endsWith(':8') ? host.host : { ...host.host, start: hang, stop: hang },
  })
  house = await openTestHouse(engineSettings, { open })
  tenants = await twoTenants(house)
  platform = await house.signedIn(root)
})
afterAll(async () => {
  wakeTheDead()
  await house?.close()
  await host?.close()
})

/** Connects an engine of which a tenant has a part: what launches a workspace there. */
async function launcher(name: string, address: string, { tenant, admin }: typeof tenants.acme) {
  const credential = { type: 'slurm_token', user: 'slurm', token: 'a token of the fake' }
  const engineId = await connect(platform, { kind: 'slurm', name, address, credential })
  await allocateTo(platform, tenant, engineId, { kind: 'slurm', accounts: [name], partitions: ['gpu'] })
  const client = await house.signedIn(admin as Person)
  const profile = { id: 'cpu', name: 'CPU', cpus: 1, memoryMiB: 1024, accelerator: null }
  const { body } = await client.ask(contract.createTemplate, {
    body: {
      name: `Jupyter ${name}`,
      engineId,
      placement: { where: 'gpu', account: name },
      profiles: [profile],
      limits: { cpus: 16, memoryMiB: 65_536, volumeGiB: 0, idleMinutes: 60 },
    },
  })
  const templateId = body.id
  return async (called: string) => {
    const launched = await client.ask(contract.launchWorkspace, {
      body: { name: called, templateId, profileId: 'cpu', cpus: 1, memoryMiB: 1024 },
    })
    expect([launched.status, launched.body.code]).toEqual([201, undefined])
    const { id } = launched.body
    return async () => (await client.ask(contract.getWorkspace, { params: { id } })).body.state
  }
}

test('engines that do not answer hold up their own workspaces, however many, and nobody else’s', async () => {
  for (const [index, name] of ['dead', 'deaf', 'dull'].entries()) {
    const launch = await launcher(name, `http://127.0.0.1:1${index}`, tenants.acme)
    for (let n = 1; n <= 25; n += 1) await launch(`${name} ${n}`)
  }
  const launch = await launcher('fine', 'http://127.0.0.1:8', tenants.globex)
  const stateOf = await launch('mine')
  // The dead wake only when this test is over.
  await until(stateOf, (state) => state === 'running', { seconds: 30 })
})
