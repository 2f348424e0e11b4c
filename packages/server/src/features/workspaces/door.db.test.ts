import { once } from 'node:events'
import { request } from 'node:http'
import { type AddressInfo, connect as connectTo } from 'node:net'
import * as contract from '@tenantry/contract'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import { allocateTo, cardOf, connect, engineSettings, takenIn, until } from '../../../../../tests/support/engines.ts'
import { type Fake, fakeSlurm, startFake } from '../../../../../tests/support/fake-engines.ts'
import { type FakeHost, openFakeHost } from '../../../../../tests/support/fake-host.ts'
import { openTestHouse, root, type TestHouse, twoTenants } from '../../../../../tests/support/house.ts'

let house: TestHouse
let host: FakeHost
let peer: Fake
let acme: Awaited<ReturnType<typeof twoTenants>>['acme']
let admin: Client
let port: number
let otherPort: number
let templateId: string

beforeAll(async () => {
  host = await openFakeHost()
  house = await openTestHouse(engineSettings, { open: host.open })
  ;({ acme } = await twoTenants(house))
  const platform = await house.signedIn(root)
  const node = { name: 'gpu1', gpus: 8, used: 0, state: 'idle', partitions: ['acme'] }
  peer = await startFake(fakeSlurm(() => ({ nodes: [node], jobs: [] })))
  const credential = { type: 'slurm_token', user: 'slurm', token: 'a token of the fake' }
  const engineId = await connect(platform, { kind: 'slurm', name: 'hpc', address: peer.address, credential })
  await allocateTo(platform, acme.tenant, engineId, { kind: 'slurm', accounts: ['acme'], partitions: ['acme'] })
  admin = await house.signedIn(acme.admin)
  await takenIn(admin, acme.user, acme.admin)
  await until(
    () => cardOf(admin, 'slurm'),
    ({ count }) => count === 1,
  )
  const listen = async (app: TestHouse['app']) => {
    await app.listen({ port: 0, host: '127.0.0.1' })
    return (app.server.address() as AddressInfo).port
  }
  port = await listen(house.app)
  house.deps.publicUrl = `http://127.0.0.1:${port}`
  otherPort = await listen(await house.replica())
  const { body } = await admin.ask(contract.createTemplate, {
    body: {
      name: 'Jupyter',
      engineId,
      placement: { where: 'acme', account: 'acme' },
      profiles: [{ id: 'cpu', name: 'CPU', cpus: 1, memoryMiB: 1024, accelerator: null }],
      limits: { cpus: 2, memoryMiB: 2048, volumeGiB: 0, idleMinutes: null },
    },
  })
  templateId = body.id
})
afterAll(async () => {
  await house?.close()
  await peer?.close()
  await host?.close()
})

let count = 0
async function running(client: Client): Promise<string> {
  count += 1
  const { body } = await client.ask(contract.launchWorkspace, {
    body: { name: `one ${count}`, templateId, profileId: 'cpu', cpus: 1, memoryMiB: 1024 },
  })
  await until(
    async () => (await client.ask(contract.getWorkspace, { params: { id: body.id } })).body.state,
    (state) => state === 'running',
  )
  return body.id
}

type Sent = { status: number; text: string; headers: Record<string, string | string[] | undefined> }
/** A request as a browser sends it to a workspace's own origin. */
function send(
  origin: string,
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
    at = port,
  }: { method?: string; headers?: Record<string, string>; body?: string; at?: number } = {},
): Promise<Sent> {
  return new Promise((done, failed) => {
    const asked = request({
      host: '127.0.0.1',
      port: at,
      path,
      method,
      headers: { host: new URL(origin).host, ...headers },
    })
    asked.on('response', async (response) => {
      let text = ''
      for await (const chunk of response.setEncoding('utf8')) text += chunk
      done({ status: response.statusCode ?? 0, text, headers: response.headers })
    })
    asked.on('error', failed)
    asked.end(body)
  })
}

type Entered = { origin: string; cookie: string; ticket: string }
async function enter(client: Client, id: string, at = port): Promise<Entered> {
  const { body } = await client.ask(contract.openWorkspace, { params: { id } })
  const { action, ticket } = body
  const origin = new URL(action).origin
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await send(origin, new URL(action).pathname, {
    method: 'POST',
    headers: form,
    body: `ticket=${ticket}`,
    at,
  })
  expect([answer.status, answer.headers.location]).toEqual([303, '/'])
  const cookie = String(answer.headers['set-cookie']).split(';')[0] as string
  return { origin, cookie, ticket }
}

test('a ticket opens the workspace’s own origin once, and the cookie of it that workspace alone', async () => {
  const user = await house.signedIn(acme.user)
  const id = await running(user)
  const other = await running(user)
  const { body } = await user.ask(contract.openWorkspace, { params: { id } })
  expect(body.action).toMatch(new RegExp(`^http://ws-[a-z0-9]{12}\\.localhost:${port}/\\.tenantry/enter$`))
  expect(body.action).not.toContain(body.ticket)
  const { origin, cookie, ticket } = await enter(user, id)
  const used = await send(origin, '/.tenantry/enter', { method: 'POST', body: `ticket=${ticket}` })
  expect(used.status).toBe(403)

  const inside = await send(origin, '/tree?a=1', { headers: { cookie, authorization: 'token mine' } })
  // The notebook asks for its secret, which no browser ever sees.
  const { secret } = [...host.there.values()][0] as { secret: string }
  expect(JSON.parse(inside.text)).toEqual({ path: '/tree?a=1', authorization: `token ${secret}` })
  expect((await send(origin, '/')).status).toBe(403)
  const theirOrigin = new URL((await user.ask(contract.openWorkspace, { params: { id: other } })).body.action).origin
  expect((await send(theirOrigin, '/', { headers: { cookie } })).status).toBe(403)
  // The session's own cookie is none of a workspace's, nor the other way around.
  const portal = [...user.jar].map(([name, value]) => `${name}=${value}`).join('; ')
  expect((await send(origin, '/', { headers: { cookie: portal } })).status).toBe(403)
  expect((await send(`http://127.0.0.1:${port}`, '/api/v1/session', { headers: { cookie } })).status).toBe(401)
  // Another site's script sends no request in its name.
  const post = { method: 'POST', headers: { cookie, origin: 'http://evil.test' }, body: '{}' }
  expect((await send(origin, '/api/kernels', post)).status).toBe(403)
  expect((await send(origin, '/api/kernels', { ...post, headers: { cookie, origin } })).status).toBe(200)
})

/** Holds a websocket open: when it was ended. */
async function hold(origin: string, cookie: string, at: number): Promise<{ ended: Promise<number> }> {
  const socket = connectTo(at, '127.0.0.1')
  const { host: authority } = new URL(origin)
  socket.write(
    `GET /api/socket HTTP/1.1\r\nHost: ${authority}\r\nOrigin: ${origin}\r\nCookie: ${cookie}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  )
  const [first] = await once(socket, 'data')
  expect(String(first)).toMatch(/^HTTP\/1.1 101/)
  socket.on('error', () => {})
  return { ended: once(socket, 'close').then(() => performance.now()) }
}

test.each([
  ['the user is disabled', (user: { id: string }) => admin.ask(contract.disableUser, { params: { id: user.id } })],
  ['they are signed out', (user: { id: string }) => admin.ask(contract.signOutUser, { params: { id: user.id } })],
])('everything open is cut within a second when %s, on every replica', async (_, cut) => {
  count += 1
  const person = await house.person(acme.tenant, `cut${count}`, 'Tenant User')
  const user = await house.signedIn(person)
  const id = await running(user)
  const { origin, cookie } = await enter(user, id)
  const sockets = await Promise.all([port, otherPort].map((at) => hold(origin, cookie, at)))
  const begun = performance.now()
  expect((await cut(person)).status).toBeLessThan(300)
  const ends = await Promise.all(sockets.map(({ ended }) => ended))
  process.stdout.write(`  cut after ${ends.map((end) => Math.round(end - begun)).join(' and ')} ms\n`)
  expect(Math.max(...ends) - begun).toBeLessThan(1_000)
  for (const at of [port, otherPort]) expect((await send(origin, '/', { headers: { cookie }, at })).status).toBe(403)
})

test('whoever a share is withdrawn from is cut off, and the owner is not', async () => {
  const owner = await house.signedIn(acme.user)
  const guest = await house.person(acme.tenant, 'guest', 'Tenant User')
  const visitor = await house.signedIn(guest)
  const id = await running(owner)
  const refused = await visitor.ask(contract.openWorkspace, { params: { id } })
  expect(refused.status).toBe(404)
  await owner.ask(contract.shareWorkspace, { params: { id }, body: { userId: guest.id } })
  const theirs = await enter(visitor, id)
  const own = await enter(owner, id)
  const socket = await hold(theirs.origin, theirs.cookie, otherPort)
  const kept = await hold(own.origin, own.cookie, port)
  const begun = performance.now()
  await owner.ask(contract.unshareWorkspace, { params: { id, userId: guest.id } })
  expect((await socket.ended) - begun).toBeLessThan(1_000)
  expect((await send(theirs.origin, '/', { headers: { cookie: theirs.cookie } })).status).toBe(403)
  expect((await send(own.origin, '/', { headers: { cookie: own.cookie } })).status).toBe(200)
  const { status } = await owner.ask(contract.stopWorkspace, { params: { id } })
  expect(status).toBe(202)
  await kept.ended
})

test('whoever is disabled while they are looked up is not let in by what was read before', async () => {
  const person = await house.person(acme.tenant, 'early', 'Tenant User')
  const user = await house.signedIn(person)
  const id = await running(user)
  // Where they came in is the other server: this one does not know them.
  const { origin, cookie } = await enter(user, id, otherPort)
  const { database } = house.deps
  const { withTenant } = database
  let goOn = () => {}
  let read = () => {}
  const disabled = new Promise<void>((done) => {
    goOn = done
  })
  const isRead = new Promise<void>((done) => {
    read = done
  })
  // The first look-up at the door has read everything, and its answer is late.
  let late = false
  const spy = vi.spyOn(database, 'withTenant').mockImplementation(async (tenant, work, ...more) => {
    const found = await withTenant.call(database, tenant, work as never, ...more)
    if (late || !String(work).includes('findEntry')) return found as never
    late = true
    read()
    await disabled
    return found as never
  })
  const asking = send(origin, '/', { headers: { cookie } })
  await isRead
  await admin.ask(contract.disableUser, { params: { id: person.id } })
  goOn()
  expect((await asking).status).toBe(403)
  spy.mockRestore()
})

test('a ticket serves nobody once the session it was made with has ended, nor after its time', async () => {
  const person = await house.person(acme.tenant, 'late', 'Tenant User')
  const user = await house.signedIn(person)
  const id = await running(user)
  const form = (ticket: string) => ({ method: 'POST', body: `ticket=${ticket}` })
  const first = (await user.ask(contract.openWorkspace, { params: { id } })).body
  house.clock.forward(31_000)
  expect((await send(new URL(first.action).origin, '/.tenantry/enter', form(first.ticket))).status).toBe(403)
  const second = (await user.ask(contract.openWorkspace, { params: { id } })).body
  await admin.ask(contract.signOutUser, { params: { id: person.id } })
  expect((await send(new URL(second.action).origin, '/.tenantry/enter', form(second.ticket))).status).toBe(403)
})
