import { createHmac } from 'node:crypto'
import { connect } from 'node:net'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { type Note, openBroker } from './broker.ts'
import { type Door, openDoor } from './door.ts'
import { openPeople, type Person } from './people.ts'

const secret = 's'.repeat(32)
const key = Buffer.from('the key of the cluster, 32 bytes')
const person = (name: string, uid: number): Person => ({ name, uid, gid: uid, home: `/home/${name}` })
const people = [
  person('uma', 1001),
  person('bin', 2),
  person('slurm', 64_030),
  person('controller', 64_030),
  person('toor', 0),
  person('nobody', 65_534),
  person('mallory', 1002),
]
const rules = {
  key,
  keyOwner: 64_030,
  serviceUser: 'slurm',
  denyUsers: new Set(['mallory']),
  minUid: 1000,
  unknownUsers: false,
  tokensPerMinute: 6000,
}

let notes: Note[] = []
const doors: Door[] = []
beforeEach(() => {
  notes = []
})
afterAll(() => Promise.all(doors.map((door) => door.close())))

async function open(more: Partial<typeof rules> = {}, find = async (name: string) => lookUp(name)) {
  const answer = openBroker({ ...rules, ...more }, openPeople(find), (note) => notes.push(note))
  const turnedAway = (address: string) =>
    notes.push({ time: '', user: null, seconds: null, address, result: 'unauthorised' })
  const door = await openDoor({
    host: '127.0.0.1',
    port: 0,
    tls: null,
    secret: Buffer.from(secret),
    answer,
    turnedAway,
  })
  doors.push(door)
  return door.url
}
const lookUp = (name: string) => people.find((one) => one.name === name) ?? null

async function ask(
  url: string,
  body: unknown,
  headers: Record<string, string> = { authorization: `Bearer ${secret}` },
) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(`${url}/v1/token`, { method: 'POST', body: text, headers })
  const answered = (await response.json()) as { token: string; expiresAt: string; error: string; message: string }
  return { status: response.status, headers: response.headers, body: answered }
}

test('a token is what scontrol makes: HS256 with who, from when and until when', async () => {
  const url = await open()
  const { status, body } = await ask(url, { user: 'uma', seconds: 120 })
  expect(status).toBe(200)
  const [head = '', claims = '', signature] = body.token.split('.')
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
  expect(read(head)).toEqual({ alg: 'HS256', typ: 'JWT' })
  const { iat, exp, sun } = read(claims)
  expect([sun, exp - iat]).toEqual(['uma', 120])
  expect(Math.abs(iat - Date.now() / 1000)).toBeLessThan(5)
  expect(Date.parse(body.expiresAt)).toBe(exp * 1000)
  expect(signature).toBe(createHmac('sha256', key).update(`${head}.${claims}`).digest('base64url'))
})

test('a token lives 300 seconds at most, whatever is asked for', async () => {
  const url = await open()
  const begun = Date.now()
  const { body } = await ask(url, { user: 'uma', seconds: 1e9 })
  expect(Date.parse(body.expiresAt) - begun).toBeLessThanOrEqual(300_000)
  expect(notes[0]?.seconds).toBe(300)
})

test('without the secret, or with another, nobody gets anything', async () => {
  const url = await open()
  for (const authorization of ['', 'Bearer', `Bearer ${secret}x`, `Bearer ${secret.slice(1)}`, `Basic ${secret}`]) {
    const { status, body } = await ask(url, { user: 'uma', seconds: 60 }, { authorization })
    expect([authorization, status, body.error]).toEqual([authorization, 401, 'unauthorised'])
  }
  expect(notes.map(({ result }) => result)).toEqual(Array(5).fill('unauthorised'))
})

test('what is no name of a user, no number of seconds or no JSON is refused', async () => {
  const url = await open()
  const wrong: unknown[] = ['Uma', '-u', '1001', 'a b', 'uma\n', '../x', 'u'.repeat(65), '', null, 7, { a: 1 }]
  for (const user of wrong) {
    const { status, body } = await ask(url, { user, seconds: 60 })
    expect([user, status, body.error]).toEqual([user, 400, 'bad_user'])
  }
  for (const seconds of [0, -1, 1.5, '60', null, undefined, Number.NaN]) {
    const { status, body } = await ask(url, { user: 'uma', seconds })
    expect([seconds, status, body.error]).toEqual([seconds, 400, 'bad_request'])
  }
  for (const body of ['', '{', 'null', '[]', '7']) expect((await ask(url, body)).status).toBe(400)
})

test('nothing is ever signed for the system: root, SlurmUser under any name, low uids, nobody, whom the operator names', async () => {
  const url = await open({ serviceUser: 'desk' })
  for (const user of ['root', 'slurm', 'controller', 'toor', 'bin', 'nobody', 'mallory', 'stranger']) {
    const { status, body } = await ask(url, { user, seconds: 60 })
    expect([user, status, body.error]).toEqual([user, 403, 'user_refused'])
    expect(body.token).toBeUndefined()
  }
})

test('the service user is the exception', async () => {
  const url = await open()
  expect((await ask(url, { user: 'slurm', seconds: 60 })).status).toBe(200)
  expect((await ask(url, { user: 'controller', seconds: 60 })).status).toBe(403)
})

test('names that are unknown here are signed for where the operator says so, and those of the system are not', async () => {
  const url = await open({ unknownUsers: true, serviceUser: 'desk' }, async () => null)
  expect((await ask(url, { user: 'stranger', seconds: 60 })).status).toBe(200)
  for (const user of ['root', 'slurm', 'nobody', 'mallory'])
    expect((await ask(url, { user, seconds: 60 })).status).toBe(403)
})

test('where users cannot be looked up nobody is taken for unknown, and the next one is looked up again', async () => {
  let works = false
  const url = await open({ unknownUsers: true }, async (name) => {
    if (!works) throw new Error('the directory is down')
    return lookUp(name)
  })
  expect((await ask(url, { user: 'toor', seconds: 60 })).body.error).toBe('unavailable')
  works = true
  expect((await ask(url, { user: 'toor', seconds: 60 })).body.error).toBe('user_refused')
})

test('more tokens a minute than the bound are refused', async () => {
  const url = await open({ tokensPerMinute: 3 })
  const wish = { user: 'uma', seconds: 60 }
  for (let count = 0; count < 3; count += 1) expect((await ask(url, wish)).status).toBe(200)
  const { status, headers, body } = await ask(url, wish)
  expect([status, body.error, headers.get('retry-after')]).toEqual([429, 'too_many', '1'])
})

test('each token is on the record, and neither it nor the secret is', async () => {
  const url = await open()
  const { body } = await ask(url, { user: 'uma', seconds: 60 })
  await ask(url, { user: 'root', seconds: 60 })
  await ask(url, { user: 7, seconds: 60 })
  expect(notes).toEqual([
    { time: expect.any(String), user: 'uma', seconds: 60, address: '127.0.0.1', result: 'issued' },
    { time: expect.any(String), user: 'root', seconds: 60, address: '127.0.0.1', result: 'user_refused' },
    { time: expect.any(String), user: null, seconds: null, address: '127.0.0.1', result: 'bad_user' },
  ])
  const text = JSON.stringify(notes)
  expect(text).not.toContain(body.token.split('.')[2])
  expect(text).not.toContain(secret)
})

test('a long body is not read to its end, other ways lead nowhere, and life is shown without a secret', async () => {
  const url = await open()
  const long = await ask(url, `{"user":"uma","seconds":60,"x":"${'x'.repeat(5000)}"}`)
  expect([long.status, long.body.error]).toEqual([413, 'too_long'])
  const headers = { authorization: `Bearer ${secret}` }
  expect((await fetch(`${url}/v1/tokens`, { headers })).status).toBe(404)
  expect((await fetch(`${url}/v1/token`, { headers })).status).toBe(405)
  const life = await fetch(`${url}/healthz`)
  expect([life.status, await life.json()]).toEqual([200, { ok: true }])
  expect(await raw(url, 'GET //[ HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 4\d\d /)
})

/** What a client gets for exactly these bytes. */
const raw = (url: string, bytes: string): Promise<string> =>
  new Promise((done, failed) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes))
    socket.once('data', (data) => {
      socket.destroy()
      done(String(data))
    })
    socket.once('error', failed)
  })
