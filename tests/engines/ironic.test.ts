import * as contract from '@tenantry/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, type Ironic } from '../../dev/engines/ironic.mjs'
import type { Client } from '../support/client.ts'
import { allocateTo, bringUp, cardOf, connect, engineSettings, type Running, until } from '../support/engines.ts'
import { openTestHouse, root, type TestHouse, twoTenants } from '../support/house.ts'

const ironic = await bringUp<Ironic>('ironic')
if ('missing' in ironic) process.stdout.write(`NOT RUN: the tests on a real Ironic. ${ironic.missing}\n`)

describe.skipIf('missing' in ironic)('a real Ironic that two tenants lease machines of', () => {
  const { state, down } = ironic as Running<Ironic>
  let house: TestHouse
  let tenants: Awaited<ReturnType<typeof twoTenants>>
  let platform: Client
  let admin: Client
  let user: Client
  let globex: Client

  const list = async (client: Client, query: Record<string, string> = {}): Promise<contract.Resource[]> =>
    (await client.ask(contract.listBareMetal, { query })).body.items
  const machine = async (name: string) => (await list(admin)).find((one) => one.name === name) as contract.Resource
  const power = (client: Client, id: string, verb: contract.PowerVerb) =>
    client.ask(contract.powerBareMetal, { params: { id }, body: { verb } })

  beforeAll(async () => {
    house = await openTestHouse(engineSettings)
    tenants = await twoTenants(house)
    platform = await house.signedIn(root)
    admin = await house.signedIn(tenants.acme.admin)
    user = await house.signedIn(tenants.acme.user)
    globex = await house.signedIn(tenants.globex.admin)
    const id = await connect(platform, {
      kind: 'ironic',
      name: 'metal',
      address: state.address,
      credential: { type: 'none' },
    })
    await allocateTo(platform, tenants.acme.tenant, id, { kind: 'ironic', lessee: 'acme' })
    await allocateTo(platform, tenants.globex.tenant, id, { kind: 'ironic', lessee: 'globex' })
    await until(
      () => list(user),
      ({ length }) => length === 3,
    )
    await until(
      () => list(globex),
      ({ length }) => length === 2,
    )
  })
  afterAll(async () => {
    await house?.close()
    await down()
  })

  test('each tenant has the machines it leases, with their GPUs and Ironic’s own words', async () => {
    const found = (await list(user)).map(({ name, state: is, nativeState, gpus }) => [
      name,
      is,
      nativeState.join(' '),
      gpus[0]?.used,
    ])
    expect(found).toEqual([
      ['bm-1', 'running', 'active power on', 8],
      ['bm-2', 'stopped', 'active power off', 8],
      ['bm-3', 'pending', expect.stringMatching(/^available/), 0],
    ])
    const card = await cardOf(user, 'baremetal')
    expect(card).toMatchObject({
      count: 3,
      gpus: [{ model: 'h100', profile: null, total: 24, used: 16, free: 8 }],
      attention: [],
    })
    const others = await cardOf(globex, 'baremetal')
    expect(others.attention).toMatchObject([{ name: 'bm-5', state: 'degraded', reason: 'a fan is being replaced' }])
    const { text } = await user.ask(contract.listBareMetal)
    for (const name of ['bm-4', 'bm-5', 'bm-6', 'globex']) expect(text).not.toContain(name)
  })

  test('lists are searched, filtered, sorted and paged', async () => {
    expect((await list(user, { q: 'BM-2' })).map(({ name }) => name)).toEqual(['bm-2'])
    expect((await list(user, { state: 'running,pending' })).map(({ name }) => name)).toEqual(['bm-1', 'bm-3'])
    for (const sort of contract.resourceSorts) {
      const whole = (await list(user, { sort })).map(({ name }) => name)
      const first = await user.ask(contract.listBareMetal, { query: { sort, limit: 2 } })
      const second = await user.ask(contract.listBareMetal, { query: { sort, limit: 2, cursor: first.body.next } })
      const names = [...first.body.items, ...second.body.items].map(({ name }: contract.Resource) => name)
      expect([names, second.body.next, first.body.total]).toEqual([whole, null, 3])
      const back = await user.ask(contract.listBareMetal, { query: { sort, limit: 2, cursor: second.body.previous } })
      expect(back.body.items.map(({ name }: contract.Resource) => name)).toEqual(whole.slice(0, 2))
    }
  })

  test('power is asked by who may, reaches the machine, and shows', async () => {
    const { id } = await machine('bm-1')
    expect((await power(user, id, 'stop')).body.code).toBe('missing_permission')
    expect((await power(admin, id, 'start')).body.code).toBe('wrong_state')
    expect((await power(admin, id, 'stop')).status).toBe(202)
    await until(
      () => machine('bm-1'),
      (one) => one.state === 'stopped',
    )
    const node = await ask(state.address, 'GET', `/v1/nodes/${state.nodes['bm-1']}`)
    expect(node.power_state).toBe('power off')
    expect((await power(admin, id, 'start')).status).toBe(202)
    await until(
      () => machine('bm-1'),
      (one) => one.state === 'running',
    )
    const { body } = await admin.ask(contract.listAuditEntries, { query: { limit: 50 } })
    const entries = body.items.filter(({ action }: { action: string }) => action === 'baremetal.powered')
    expect(entries).toHaveLength(2)
  })

  test('a machine of another tenant is not there, and stays as it is', async () => {
    const foreign = (await list(globex)).find(({ name }) => name === 'bm-4') as contract.Resource
    const nothing = await power(admin, '01900000-0000-8000-8000-00000000dead', 'stop')
    const answer = await power(admin, foreign.id, 'stop')
    expect([answer.status, answer.text]).toEqual([nothing.status, nothing.text])
    expect((await admin.ask(contract.getBareMetal, { params: { id: foreign.id } })).status).toBe(404)
    const node = await ask(state.address, 'GET', `/v1/nodes/${state.nodes['bm-4']}`)
    expect(node.power_state).toBe('power on')
  })

  test('a machine whose lease moves leaves one tenant and comes to the other', async () => {
    await ask(state.address, 'PATCH', `/v1/nodes/${state.nodes['bm-3']}`, [
      { op: 'replace', path: '/lessee', value: 'globex' },
    ])
    await until(
      () => list(globex),
      (found) => found.some(({ name }) => name === 'bm-3'),
    )
    await until(
      () => list(user),
      (found) => !found.some(({ name }) => name === 'bm-3'),
    )
  })

  test('what is withdrawn is gone at once; an engine of which nobody has a part can be disconnected', async () => {
    const engines = (await platform.ask(contract.listEngines)).body.items
    const params = { id: engines[0].id }
    expect((await platform.ask(contract.disconnectEngine, { params })).body.detail).toMatch(/acme, globex/)
    for (const { id } of (await platform.ask(contract.listAllocations)).body.items) {
      expect((await platform.ask(contract.withdrawAllocation, { params: { id } })).status).toBe(204)
    }
    expect(await list(user)).toEqual([])
    expect((await platform.ask(contract.disconnectEngine, { params })).status).toBe(204)
    expect((await platform.ask(contract.listEngines)).body.items).toEqual([])
  })
})
