import { get } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as contract from '@tenantry/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import { allocateTo, cardOf, connect, engineSettings, until } from '../../../../../tests/support/engines.ts'
import { type Fake, type FakeCluster, fakeSlurm, startFake } from '../../../../../tests/support/fake-engines.ts'
import { openTestHouse, root, type TestHouse, twoTenants } from '../../../../../tests/support/house.ts'

let house: TestHouse
let acme: Awaited<ReturnType<typeof twoTenants>>['acme']
let globex: typeof acme
let platform: Client
let peer: Fake
let base: string
const cluster: FakeCluster = {
  nodes: [
    { name: 'gpu1', gpus: 8, used: 0, state: 'idle', partitions: ['acme'] },
    { name: 'gpu2', gpus: 8, used: 0, state: 'idle', partitions: ['globex'] },
  ],
  jobs: [],
}

beforeAll(async () => {
  house = await openTestHouse(engineSettings)
  ;({ acme, globex } = await twoTenants(house))
  platform = await house.signedIn(root)
  peer = await startFake(fakeSlurm(() => cluster))
  const credential = { type: 'slurm_token', user: 'slurm', token: 'a token of the fake' }
  const id = await connect(platform, { kind: 'slurm', name: 'hpc', address: peer.address, credential })
  for (const { slug, ...tenant } of [acme.tenant, globex.tenant]) {
    await allocateTo(platform, { slug, ...tenant }, id, { kind: 'slurm', accounts: [slug], partitions: [slug] })
  }
  await house.app.listen({ port: 0, host: '127.0.0.1' })
  base = `http://127.0.0.1:${(house.app.server.address() as AddressInfo).port}`
  const user = await house.signedIn(acme.user)
  await until(
    () => cardOf(user, 'slurm'),
    ({ count }) => count === 1,
  )
})
afterAll(async () => {
  await house?.close()
  await peer?.close()
})

/** An open page: what it has heard, and whether it still hears. */
function openPage(client: Client) {
  const heard: { event: string; data: contract.Overview; text: string }[] = []
  const page = { heard, ended: false, status: 0, close: () => request.destroy() }
  const cookie = [...client.jar].map(([name, value]) => `${name}=${value}`).join('; ')
  let rest = ''
  const request = get(`${base}/api/v1/dashboard/events`, { headers: { cookie }, agent: false }, (response) => {
    page.status = response.statusCode ?? 0
    response.setEncoding('utf8')
    response.on('data', (chunk: string) => {
      const events = (rest + chunk).split('\n\n')
      rest = events.pop() ?? ''
      for (const text of events) {
        const [, event = '', data = ''] = /^event: (\w+)\ndata: (.*)$/s.exec(text) ?? []
        if (event !== '') heard.push({ event, data: JSON.parse(data), text })
      }
    })
    response.on('close', () => {
      page.ended = true
    })
  })
  request.on('error', () => {
    page.ended = true
  })
  return page
}
const used = (page: ReturnType<typeof openPage>) => {
  const last = page.heard.filter(({ event }) => event === 'overview').at(-1)
  return last?.data.cards.find(({ kind }) => kind === 'slurm')?.gpus[0]?.used
}
const run = (id: number, tenant: 'acme' | 'globex', gpus: number) => {
  const node = tenant === 'acme' ? 'gpu1' : 'gpu2'
  cluster.jobs.push({ id, user: 'uma', account: tenant, node, gpus, state: 'RUNNING' })
  for (const one of cluster.nodes) if (one.name === node) Object.assign(one, { used: one.used + gpus, state: 'mixed' })
}

describe('an open page', () => {
  test('hears of a change at the engine within about a second, and only of its own tenant’s', async () => {
    const mine = openPage(await house.signedIn(acme.user))
    const others = openPage(await house.signedIn(globex.user))
    await until(
      async () => [used(mine), used(others)],
      ([a, b]) => a === 0 && b === 0,
    )
    const begun = performance.now()
    run(1, 'acme', 3)
    await until(
      async () => used(mine),
      (count) => count === 3,
      { every: 10 },
    )
    expect(performance.now() - begun).toBeLessThan(2_000)
    await until(
      async () => mine.heard,
      (heard) => heard.some(({ event }) => event === 'jobs'),
    )
    expect(used(others)).toBe(0)
    expect(others.heard.map(({ text }) => text).join()).not.toMatch(/gpu1|acme/)
    expect(mine.heard.map(({ text }) => text).join()).not.toMatch(/gpu2|globex/)
    for (const page of [mine, others]) page.close()
  })

  test('the same comes from another replica, and the engine is asked no more for it', async () => {
    const replica = await house.replica()
    await replica.listen({ port: 0, host: '127.0.0.1' })
    const before = base
    base = `http://127.0.0.1:${(replica.server.address() as AddressInfo).port}`
    const page = openPage(await house.signedIn(acme.user, replica))
    base = before
    run(2, 'acme', 1)
    await until(
      async () => used(page),
      (count) => count === 4,
      { every: 10 },
    )
    // Two readings a second, whoever looks.
    const readings = () => peer.asked('/slurm/v0.0.38/nodes')
    const already = readings()
    const begun = performance.now()
    await until(
      async () => readings(),
      (count) => count >= already + 5,
    )
    expect(performance.now() - begun).toBeGreaterThan(2_000)
    page.close()
  })

  test('ends with the session, within a second of its user being disabled', async () => {
    const person = await house.person(acme.tenant, 'leaver', 'Tenant User')
    const page = openPage(await house.signedIn(person))
    await until(
      async () => page.heard.length,
      (count) => count > 0,
    )
    const admin = await house.signedIn(acme.admin)
    const begun = performance.now()
    await admin.ask(contract.disableUser, { params: { id: person.id }, headers: { 'if-match': '*' } })
    await until(async () => page.ended, Boolean, { seconds: 1, every: 5 })
    expect(performance.now() - begun).toBeLessThan(1_000)
  })

  test('shows the kinds its person may see, and no longer those they may not', async () => {
    const role = await house.role(acme.tenant, 'Slurm Only', ['slurm.view', 'tenant.view'])
    const person = await house.person(acme.tenant, 'slurmer', 'Slurm Only')
    const page = openPage(await house.signedIn(person))
    const kinds = () =>
      page.heard
        .filter(({ event }) => event === 'overview')
        .at(-1)
        ?.data.cards.map(({ kind }) => kind)
    await until(
      async () => kinds(),
      (shown) => shown?.join() === 'slurm',
    )
    const admin = await house.signedIn(acme.admin)
    await admin.ask(contract.editRole, {
      params: { id: role },
      headers: { 'if-match': '*' },
      body: { permissions: ['vm.view', 'tenant.view'] },
    })
    await until(
      async () => kinds(),
      (shown) => shown?.join() === 'vm',
    )
    page.close()
  })

  test('is for those who are signed in', async () => {
    const page = openPage(house.client())
    await until(
      async () => page.status,
      (status) => status !== 0,
    )
    expect(page.status).toBe(401)
  })
})

describe('a layout', () => {
  const item = { i: 'slurm', type: 'slurm', x: 0, y: 0, w: 6, h: 4 }
  const layout = (items: unknown[]) => ({ schema: 1, items, removed: ['quota'], seen: ['slurm', 'quota'] })

  test('is the product’s, then the tenant’s, then one’s own; and back', async () => {
    const user = await house.signedIn(acme.user)
    const admin = await house.signedIn(acme.admin)
    expect((await user.ask(contract.getLayout)).body).toMatchObject({ source: 'product', revision: 0 })
    const refused = await user.ask(contract.setDefaultLayout, { body: { layout: layout([item]), revision: 0 } })
    expect(refused.body.missing).toEqual(['dashboard.set_default'])
    expect((await admin.ask(contract.setDefaultLayout, { body: { layout: layout([item]), revision: 0 } })).status).toBe(
      200,
    )
    expect((await user.ask(contract.getLayout)).body).toMatchObject({
      source: 'tenant',
      revision: 0,
      defaultRevision: 1,
    })
    const own = await user.ask(contract.saveLayout, { body: { layout: layout([{ ...item, w: 12 }]), revision: 0 } })
    expect(own.body).toMatchObject({ source: 'own', revision: 1, layout: { removed: ['quota'] } })
    const again = await (await house.signedIn(acme.user)).ask(contract.getLayout)
    expect(again.body).toEqual(own.body)
    expect((await user.ask(contract.resetLayout)).body).toMatchObject({ source: 'tenant', revision: 0 })
    const { text } = await admin.ask(contract.listAuditEntries, { query: { limit: 50 } })
    expect(text).toMatch(/dashboard\.default_set/)
  })

  test('is not saved over one that was saved elsewhere', async () => {
    const user = await house.signedIn(acme.user)
    const save = (revision: number, w: number) =>
      user.ask(contract.saveLayout, { body: { layout: layout([{ ...item, w }]), revision } })
    const saves = await Promise.all([save(0, 5), save(0, 6), save(0, 7)])
    expect(saves.map(({ status }) => status).sort()).toEqual([200, 412, 412])
    expect((await save(1, 8)).status).toBe(200)
    expect((await save(1, 9)).body.code).toBe('changed_meanwhile')
    expect((await user.ask(contract.getLayout)).body.layout.items[0].w).toBe(8)
  })

  test('that lies on top of itself, or outside of the grid, is refused', async () => {
    const user = await house.signedIn(globex.user)
    const save = async (items: unknown[]) =>
      (await user.ask(contract.saveLayout, { body: { layout: layout(items), revision: 0 } })).body.code
    expect(await save([item, { ...item, i: 'b', type: 'vm', x: 3 }])).toBe('layout_overlaps')
    expect(await save([item, { ...item, i: 'b', x: 6 }])).toBe('layout_overlaps')
    expect(await save([{ ...item, x: 12 }])).toBe('invalid_input')
    expect(await save([{ ...item, x: 8 }])).toBe('layout_overlaps')
    expect(await save([{ ...item, i: '<script>' }])).toBe('invalid_input')
    expect((await user.ask(contract.getLayout)).body.source).toBe('product')
  })
})

test('users by role are counted for who may see users', async () => {
  const admin = await house.signedIn(globex.admin)
  const { body } = await admin.ask(contract.countUsersByRole)
  expect(body.items.map(({ role, users }: { role: string; users: number }) => [role, users]).sort()).toEqual([
    ['Help Desk', 1],
    ['Tenant Admin', 1],
    ['Tenant User', 1],
  ])
  const user = await house.signedIn(globex.user)
  expect((await user.ask(contract.countUsersByRole)).status).toBe(403)
})

test('an announcement is for everybody of the tenant and nobody else, until it is over or taken down', async () => {
  const admin = await house.signedIn(acme.admin)
  const user = await house.signedIn(acme.user)
  const titles = async (client: Client) =>
    (await client.ask(contract.listAnnouncements)).body.items.map(({ title }: contract.Announcement) => title)
  const soon = new Date(house.clock.now().getTime() + 60_000).toISOString()
  expect((await user.ask(contract.announce, { body: { title: 'Mine' } })).body.missing).toEqual([
    'tenant.update_settings',
  ])
  expect((await admin.ask(contract.announce, { body: { title: 'Over', until: '2020-01-01T00:00:00Z' } })).status).toBe(
    400,
  )
  const made = await admin.ask(contract.announce, { body: { title: 'Maintenance', text: 'On Sunday', until: soon } })
  const lasting = await admin.ask(contract.announce, { body: { title: 'Ask Ada' } })
  expect([made.status, lasting.status]).toEqual([201, 201])
  expect(await titles(user)).toEqual(['Ask Ada', 'Maintenance'])
  expect(await titles(await house.signedIn(globex.user))).toEqual([])
  const foreign = await (await house.signedIn(globex.admin)).ask(contract.takeDownAnnouncement, {
    params: { id: made.body.id },
  })
  expect(foreign.status).toBe(404)
  house.clock.forward(61_000)
  expect(await titles(user)).toEqual(['Ask Ada'])
  expect((await admin.ask(contract.takeDownAnnouncement, { params: { id: lasting.body.id } })).status).toBe(204)
  expect(await titles(user)).toEqual([])
  const { text } = await admin.ask(contract.listAuditEntries, { query: { limit: 50 } })
  expect(text).toMatch(/announcement\.made.*|announcement\.taken_down/)
})
