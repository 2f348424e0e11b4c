import { get } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as contract from '@tenantry/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import { allocateTo, connect, engineSettings, takenIn, until } from '../../../../../tests/support/engines.ts'
import { openTestHouse, root, type TestHouse, twoTenants } from '../../../../../tests/support/house.ts'
import { makeUpJobs, readJob, readTask } from '../../../../../tests/support/made-up-jobs.ts'

const made = makeUpJobs()
let house: TestHouse
let acme: Awaited<ReturnType<typeof twoTenants>>['acme']
let user: Client
let admin: Client
let base: string

beforeAll(async () => {
  house = await openTestHouse(engineSettings, { open: made.open })
  ;({ acme } = await twoTenants(house))
  const platform = await house.signedIn(root)
  const credential = { type: 'slurm_token', user: 'slurm', token: 'a token of the fake' }
  const engine = await connect(platform, { kind: 'slurm', name: 'hpc', address: 'http://127.0.0.1:9', credential })
  await allocateTo(platform, acme.tenant, engine, { kind: 'slurm', accounts: ['acme'], partitions: ['gpu'] })
  await house.app.listen({ port: 0, host: '127.0.0.1' })
  base = `http://127.0.0.1:${(house.app.server.address() as AddressInfo).port}`
  user = await house.signedIn(acme.user)
  admin = await house.signedIn(acme.admin)
  await takenIn(admin, acme.user, acme.admin)
})
afterAll(() => house?.close())

type Heard = { event: string; data: { text?: string; from?: number; size?: number; reason?: string } }

/** Follows what a job writes: what was heard, and whether it goes on. `pause` reads no more until `resume`. */
function follow(client: Client, id: string, query = '') {
  const heard: Heard[] = []
  const cookie = [...client.jar].map(([name, value]) => `${name}=${value}`).join('; ')
  const page = {
    heard,
    ended: false,
    status: 0,
    type: '',
    close: () => request.destroy(),
    pause: () => {},
    resume: () => {},
  }
  let rest = ''
  const request = get(`${base}/api/v1/jobs/${id}/output${query}`, { headers: { cookie }, agent: false }, (response) => {
    page.status = response.statusCode ?? 0
    page.type = String(response.headers['content-type'])
    page.pause = () => response.pause()
    page.resume = () => response.resume()
    response.setEncoding('utf8')
    response.on('data', (chunk: string) => {
      const events = (rest + chunk).split('\n\n')
      rest = events.pop() ?? ''
      for (const text of events) {
        const [, event = '', data = ''] = /^event: (\w+)\ndata: (.*)$/s.exec(text) ?? []
        if (event !== '') heard.push({ event, data: JSON.parse(data) })
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
type Page = ReturnType<typeof follow>
const textOf = ({ heard }: Page) => heard.map(({ event, data }) => (event === 'output' ? data.text : '')).join('')
const hears = (page: Page, holds: (page: Page) => boolean) =>
  until(
    async () => ({ heard: page.heard.slice(-3), ended: page.ended, holds: holds(page) }),
    (found) => found.holds,
    { every: 10 },
  )
const ends = { state: 'stopped' as const, endReason: 'COMPLETED', endedAt: '2026-11-01T11:00:00.000Z' }
const idOf = async (nativeId: string, state: contract.ResourceState = 'running') => {
  const found = await until(
    async () =>
      ((await admin.ask(contract.listJobs, { query: { whose: 'all' } })).body.items as contract.Job[]).find(
        (one) => one.nativeId === nativeId && one.state === state,
      ),
    (one) => one !== undefined,
  )
  return found?.id as string
}

test('comes as it is written, waits where there is none yet, and ends with the job', async () => {
  made.jobs.set('acme', [readJob('1', { state: 'pending', startedAt: null, reason: 'Resources' })])
  const page = follow(user, await idOf('1', 'pending'))
  await hears(page, ({ heard }) => heard.length > 0)
  expect([page.status, page.type]).toEqual([200, 'text/event-stream; charset=utf-8'])
  expect(page.heard[0]).toEqual({ event: 'waiting', data: { reason: 'It has not begun yet: Resources.' } })
  made.jobs.set('acme', [readJob('1')])
  await hears(page, ({ heard }) => heard.some(({ data }) => data.reason === 'It has written nothing yet.'))
  const euro = Buffer.from('€')
  made.write('1', 'Grüße, ')
  made.write('1', euro.subarray(0, 1))
  await hears(page, (one) => textOf(one) === 'Grüße, ')
  made.write('1', Buffer.concat([euro.subarray(1), Buffer.from('!')]))
  await hears(page, (one) => textOf(one) === 'Grüße, €!')
  const last = page.heard.at(-1)?.data
  expect([last?.from, last?.size]).toEqual([9, 13])
  made.jobs.set('acme', [readJob('1', ends)])
  await hears(page, ({ heard, ended }) => ended && heard.at(-1)?.event === 'end')
  expect(textOf(page)).toBe('Grüße, €!')
  expect(made.asked.filter(({ verb }) => verb === 'output').every(({ person }) => person?.username === 'uma')).toBe(
    true,
  )
})

test('what it wrote last is sent before the end, from where one asks for it', async () => {
  made.jobs.set('acme', [readJob('2', ends)])
  made.write('2', 'one\ntwo\nthree\n')
  const id = await idOf('2', 'stopped')
  for (const [query, text] of [
    ['', 'one\ntwo\nthree\n'],
    ['?from=4', 'two\nthree\n'],
    ['?from=-6', 'three\n'],
    ['?from=100', ''],
    ['?stream=stderr&from=0', 'one\ntwo\nthree\n'],
  ]) {
    const page = follow(user, id, query)
    await hears(page, ({ ended }) => ended)
    expect([query, textOf(page), page.heard.at(-1)?.event]).toEqual([query, text, 'end'])
  }
})

test('is read as whoever asks: another’s only where the engine lets them', async () => {
  made.jobs.set('acme', [readJob('3'), readTask('30', 0)])
  made.write('3', 'mine')
  made.readers.set('3', ['uma'])
  const id = await idOf('3')
  const own = follow(user, id)
  await hears(own, (one) => textOf(one) === 'mine')
  own.close()
  const others = follow(admin, id)
  await hears(others, ({ ended }) => ended)
  expect(others.heard).toEqual([
    { event: 'waiting', data: { reason: 'You may not read this.' } },
    { event: 'end', data: {} },
  ])
  const bob = await house.signedIn(await house.person(acme.tenant, 'bob', 'Tenant User'))
  const hidden = follow(bob, id)
  await hears(hidden, ({ ended }) => ended)
  expect(hidden.status).toBe(404)
  const guest = await house.signedIn(root)
  await guest.ask(contract.enterTenant, { params: { id: acme.tenant.id } })
  const visiting = follow(guest, id)
  await hears(visiting, ({ ended }) => ended)
  expect(visiting.status).toBe(404)
  const array = follow(user, await idOf('30'))
  await hears(array, ({ ended }) => ended)
  expect(array.heard[0]?.data.reason).toBe('Each task of an array writes on its own.')
})

test('ends within a second of the right to see it, or of the session, and the engine is asked no more', async () => {
  made.jobs.set('acme', [readJob('4', { owner: 'leaver' }), readJob('5')])
  made.write('4', 'go on')
  made.write('5', 'go on')
  const role = await house.role(acme.tenant, 'Watcher', ['job.view_all', 'job.submit'])
  const leaver = await house.person(acme.tenant, 'leaver', 'Tenant User')
  const watcher = await house.person(acme.tenant, 'wanda', 'Watcher')
  const first = follow(await house.signedIn(leaver), await idOf('4'))
  const second = follow(await house.signedIn(watcher), await idOf('5'))
  for (const page of [first, second]) await hears(page, (one) => textOf(one) === 'go on')
  const before = made.reading
  const ifMatch = { 'if-match': '*' }
  let begun = performance.now()
  await admin.ask(contract.disableUser, { params: { id: leaver.id }, headers: ifMatch })
  await until(async () => first.ended, Boolean, { every: 5 })
  expect(performance.now() - begun).toBeLessThan(1_000)
  expect(second.ended).toBe(false)
  begun = performance.now()
  await admin.ask(contract.editRole, {
    params: { id: role },
    headers: ifMatch,
    body: { permissions: ['job.view_own', 'job.submit'] },
  })
  await until(async () => second.ended, Boolean, { every: 5 })
  expect(performance.now() - begun).toBeLessThan(1_000)
  await until(
    async () => made.reading,
    (count) => count === before - 2,
  )
})

test('goes on however much it is and however slowly it is read, whole and in order', async () => {
  made.jobs.set('acme', [readJob('6', ends)])
  const line = `${'ä€😀'.repeat(20)}\n`
  const whole = Buffer.from(line.repeat(150_000))
  made.output.set('6', whole)
  const page = follow(user, await idOf('6', 'stopped'), '?from=0')
  await hears(page, ({ heard }) => heard.length > 0)
  page.pause()
  // Nobody reads: after what the sockets hold, the engine is asked for no more.
  let before = -1
  const still = async () => {
    const same = made.given === before
    before = made.given
    return same
  }
  await until(still, Boolean, { every: 500 })
  expect(made.given).toBeLessThan(whole.length * 0.7)
  page.resume()
  await until(async () => page.ended, Boolean, { seconds: 30 })
  const pieces = page.heard.filter(({ event }) => event === 'output')
  let at = 0
  for (const { data } of pieces) {
    const length = Buffer.byteLength(data.text ?? '')
    if (data.from !== at || length > 65_536) expect([data.from, length]).toEqual([at, '≤ 65536'])
    at += length
  }
  expect(at).toBe(whole.length)
  expect(textOf(page) === whole.toString()).toBe(true)
})

test('is followed by twenty pages of a session at most', async () => {
  made.jobs.set('acme', [readJob('7')])
  made.write('7', 'x')
  const id = await idOf('7')
  const client = await house.signedIn(acme.user)
  const pages = Array.from({ length: 20 }, () => follow(client, id))
  for (const page of pages) await hears(page, (one) => textOf(one) === 'x')
  const more = follow(client, id)
  await hears(more, ({ ended }) => ended)
  expect(more.status).toBe(429)
  pages.pop()?.close()
  const again = await until(
    async () => {
      const page = follow(client, id)
      await hears(page, ({ status }) => status !== 0)
      return page
    },
    ({ status }) => status === 200,
  )
  for (const page of [...pages, again]) page.close()
})
