import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { type Note, openAgent } from './agent.ts'
import { openDoor } from './door.ts'
import { openPeople } from './people.ts'
import { openReader } from './reader.ts'

// Who reads here is whoever runs the tests: becoming somebody else is for become.test.ts.
const secret = 's'.repeat(32)
const folder = mkdtempSync(join(tmpdir(), 'log-agent-'))
const rules = { minUid: 1000, maxFollow: 60, maxOpen: 10, maxOpenPerUser: 5 }
const uids: Record<string, number> = { uma: 1001, ada: 1002, root: 0, bin: 2 }
let closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing) await close()
  closing = []
})
afterAll(() => rmSync(folder, { recursive: true }))

async function open(more: Partial<typeof rules> = {}, settings: { ownUid?: number | null; lookEvery?: number } = {}) {
  const notes: Note[] = []
  const reader = openReader(false)
  const people = openPeople(async (name) => {
    const uid = uids[name]
    return uid === undefined ? null : { name, uid, gid: uid, home: `/home/${name}` }
  })
  const note = (line: Note) => notes.push(line)
  const answer = openAgent({ ...rules, ...more }, people, reader, note, { ownUid: null, ...settings })
  const asked = { host: '127.0.0.1', port: 0, tls: null, secret: Buffer.from(secret), turnedAway: () => {} }
  const door = await openDoor({ ...asked, answer })
  const aborted = new AbortController()
  closing.push(async () => {
    aborted.abort()
    reader.close()
    await door.close()
  })
  const ask = (way: string, query: Record<string, string>, { signal = aborted.signal, authorization = secret } = {}) =>
    fetch(`${door.url}/v1/${way}?${new URLSearchParams(query)}`, {
      signal,
      headers: { authorization: `Bearer ${authorization}` },
    })
  const refusal = async (way: string, query: Record<string, string>) => {
    const response = await ask(way, query)
    return [response.status, ((await response.json()) as { error: string }).error]
  }
  return { ask, refusal, notes, reader, url: door.url }
}

let count = 0
const file = (content: string | Buffer) => {
  count += 1
  const path = join(folder, `job-${count}.out`)
  writeFileSync(path, content)
  return path
}

/** What comes of an answer that goes on, piece by piece. */
function follow(response: Response) {
  const pieces = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>
  let text = ''
  return {
    /** All that has come, once it ends as given. */
    async until(end: string): Promise<string> {
      while (!text.endsWith(end)) {
        const { done, value } = await pieces.read()
        if (done) throw new Error(`it ended with ${JSON.stringify(text)}`)
        text += Buffer.from(value).toString()
      }
      return text
    },
    /** All that has come, once it is over. */
    async over(): Promise<string> {
      for (let piece = await pieces.read(); !piece.done; piece = await pieces.read())
        text += Buffer.from(piece.value).toString()
      return text
    },
  }
}

test('the bytes of a file, from anywhere in it, counted from either end', async () => {
  const { ask } = await open()
  const content = Buffer.from([0, 1, 10, 255, 13, 10, 0, 200, 10, 10])
  const path = file(content)
  for (const [from, start] of [
    ['0', 0],
    ['3', 3],
    ['10', 10],
    ['11', 10],
    ['999999999999999', 10],
    ['-4', 6],
    ['-10', 0],
    ['-11', 0],
  ] as const) {
    const response = await ask('file', { user: 'uma', path, from })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/octet-stream')
    expect([from, response.headers.get('x-from'), response.headers.get('x-size')]).toEqual([from, `${start}`, '10'])
    expect(Buffer.from(await response.arrayBuffer())).toEqual(content.subarray(start))
  }
})

test('an empty file is one', async () => {
  const { ask } = await open()
  const response = await ask('file', { user: 'uma', path: file('') })
  expect([response.status, response.headers.get('x-size'), await response.text()]).toEqual([200, '0', ''])
})

test('a big file comes whole, and of its end a million bytes at most', async () => {
  const { ask } = await open()
  const content = Buffer.alloc(3_000_000, 'tenantry ')
  const path = file(content)
  const whole = await ask('file', { user: 'uma', path })
  expect(Buffer.from(await whole.arrayBuffer()).equals(content)).toBe(true)
  const end = await ask('file', { user: 'uma', path, from: '-2500000' })
  expect(end.headers.get('x-from')).toBe('2000000')
  expect((await end.arrayBuffer()).byteLength).toBe(1_000_000)
})

test('what is written after it was opened is not sent, unless it is followed', async () => {
  const { ask } = await open()
  // More than fits between the file and a client that does not read yet.
  const size = 32_000_000
  const path = file(Buffer.alloc(size, 'x'))
  const response = await ask('file', { user: 'uma', path, from: '5' })
  appendFileSync(path, 'more')
  expect((await response.arrayBuffer()).byteLength).toBe(size - 5)
})

test('a followed file goes on as it grows', async () => {
  const { ask } = await open()
  const path = file('one\n')
  const response = await ask('file', { user: 'uma', path, from: '1', follow: 'true' })
  expect([response.headers.get('x-from'), response.headers.get('x-size')]).toEqual(['1', '4'])
  const followed = follow(response)
  expect(await followed.until('ne\n')).toBe('ne\n')
  appendFileSync(path, 'two\n')
  expect(await followed.until('two\n')).toBe('ne\ntwo\n')
  appendFileSync(path, 'three\n')
  expect(await followed.until('three\n')).toBe('ne\ntwo\nthree\n')
})

test('it ends where the file became shorter, and says nothing of what stands there then', async () => {
  const { ask } = await open()
  const path = file('a long line of the first run\n')
  const followed = follow(await ask('file', { user: 'uma', path, follow: 'true' }))
  await followed.until('run\n')
  truncateSync(path, 0)
  appendFileSync(path, 'second\n')
  expect(await followed.over()).toBe('a long line of the first run\n')
})

test('it ends where another file has taken its place, and where the file is gone', async () => {
  const { ask } = await open({}, { lookEvery: 50 })
  const path = file('first\n')
  const replaced = follow(await ask('file', { user: 'uma', path, follow: 'true' }))
  await replaced.until('first\n')
  renameSync(file('second\n'), path)
  expect(await replaced.over()).toBe('first\n')
  const removed = follow(await ask('file', { user: 'uma', path, follow: 'true' }))
  await removed.until('second\n')
  rmSync(path)
  expect(await removed.over()).toBe('second\n')
})

test('nobody follows for ever', async () => {
  const { ask } = await open({ maxFollow: 0.2 })
  const followed = follow(await ask('file', { user: 'uma', path: file('one\n'), follow: 'true' }))
  expect(await followed.over()).toBe('one\n')
})

test('nor keeps a place who does not read what they asked for', async () => {
  const { ask } = await open({ maxFollow: 0.2, maxOpenPerUser: 1 })
  const path = file(Buffer.alloc(30_000_000, 'x'))
  const unread = await ask('file', { user: 'uma', path, follow: 'true' })
  expect(unread.status).toBe(200)
  expect((await ask('stat', { user: 'uma', path })).status).toBe(429)
  await expect.poll(async () => (await ask('stat', { user: 'uma', path })).status, { timeout: 20_000 }).toBe(200)
})

test('a person reads so many files at once, all together so many, and a place is free once its reader has left', async () => {
  const { ask, refusal } = await open({ maxOpenPerUser: 2, maxOpen: 3 })
  const path = file('x\n')
  const leave = new AbortController()
  const query = { user: 'uma', path, follow: 'true' }
  for (const signal of [leave.signal, undefined]) await follow(await ask('file', query, { signal })).until('x\n')
  expect(await refusal('file', query)).toEqual([429, 'too_many'])
  expect((await ask('stat', { user: 'ada', path })).status).toBe(200)
  await follow(await ask('file', { ...query, user: 'ada' })).until('x\n')
  expect(await refusal('file', { ...query, user: 'ada' })).toEqual([429, 'too_many'])
  leave.abort()
  await expect.poll(async () => (await ask('stat', { user: 'uma', path })).status).toBe(200)
})

test('what is not there, no file, or not to be asked for has a code of its own', async () => {
  const { refusal } = await open()
  const path = file('x')
  const fifo = join(folder, 'fifo')
  execFileSync('mkfifo', [fifo])
  mkdirSync(join(folder, 'folder'))
  for (const way of ['file', 'stat']) {
    for (const missing of [join(folder, 'none'), `${path}/below`, `/${'x'.repeat(300)}`])
      expect(await refusal(way, { user: 'uma', path: missing })).toEqual([404, 'not_found'])
    for (const other of [join(folder, 'folder'), fifo, '/dev/null'])
      expect([other, ...(await refusal(way, { user: 'uma', path: other }))]).toEqual([other, 409, 'not_a_file'])
    for (const wrong of ['', 'x', './x', '~/x', `/a\0b`, `/${'x'.repeat(4096)}`])
      expect(await refusal(way, { user: 'uma', path: wrong })).toEqual([400, 'bad_path'])
    for (const user of ['', 'Uma', '--reuid=0', '0', 'uma root'])
      expect(await refusal(way, { user, path })).toEqual([400, 'bad_user'])
    for (const user of ['root', 'bin', 'stranger'])
      expect(await refusal(way, { user, path })).toEqual([403, 'user_refused'])
  }
  for (const from of ['x', '1.5', '', '1e3', '$((1))'])
    expect((await refusal('file', { user: 'uma', path, from }))[0]).toBe(400)
  expect((await refusal('file', { user: 'uma', path, follow: 'yes' }))[0]).toBe(400)
  expect((await refusal('files', { user: 'uma', path }))[0]).toBe(404)
})

test('a path is a path, whatever a shell would make of it', async () => {
  const { ask } = await open()
  for (const name of ['$(touch pwned)', '`id`', '"; id; "', "'", '-n', 'a b', 'a\nb', '*', '%s', 'ü']) {
    const path = join(folder, name)
    writeFileSync(path, name)
    expect(await (await ask('file', { user: 'uma', path })).text()).toBe(name)
    expect(await (await ask('stat', { user: 'uma', path })).json()).toMatchObject({ size: Buffer.byteLength(name) })
  }
})

test('size and time of a file, and where somebody is at home', async () => {
  const { ask } = await open()
  const path = file('four')
  execFileSync('touch', ['-d', '2026-01-02T03:04:05Z', path])
  expect(await (await ask('stat', { user: 'uma', path })).json()).toEqual({
    size: 4,
    mtime: '2026-01-02T03:04:05.000Z',
  })
  expect(await (await ask('person', { user: 'uma' })).json()).toEqual({ home: '/home/uma' })
  expect((await ask('person', { user: 'root' })).status).toBe(403)
})

test('an agent that is not root’s reads for its own user alone', async () => {
  const { ask, refusal } = await open({}, { ownUid: 1001 })
  const path = file('x')
  expect((await ask('file', { user: 'uma', path })).status).toBe(200)
  expect(await refusal('file', { user: 'ada', path })).toEqual([403, 'user_refused'])
})

test('without the secret nothing is read, and nothing is written whatever is asked', async () => {
  const { ask, url } = await open()
  const path = file('x')
  expect((await ask('file', { user: 'uma', path }, { authorization: `${secret}x` })).status).toBe(401)
  const headers = { authorization: `Bearer ${secret}` }
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
    expect((await fetch(`${url}/v1/file?user=uma&path=${path}`, { method, headers })).status).toBe(405)
})

test('every file that is asked for is on the record, and what stands in it is not', async () => {
  const { ask, notes } = await open()
  const path = file('what stands in it')
  await (await ask('file', { user: 'uma', path })).text()
  await (await ask('stat', { user: 'uma', path })).text()
  await (await ask('file', { user: 'uma', path: '/none' })).text()
  await (await ask('file', { user: 'root', path })).text()
  const line = { time: expect.any(String), address: '127.0.0.1' }
  expect(notes).toEqual([
    { ...line, user: 'uma', path, result: 'opened' },
    { ...line, user: 'uma', path, result: 'seen' },
    { ...line, user: 'uma', path: '/none', result: 'not_found' },
    { ...line, user: 'root', path, result: 'user_refused' },
  ])
  expect(JSON.stringify(notes)).not.toContain('what stands')
})

test('where the agent stops, what is followed ends', async () => {
  const { ask, reader } = await open()
  const followed = follow(await ask('file', { user: 'uma', path: file('x\n'), follow: 'true' }))
  await followed.until('x\n')
  reader.close()
  expect(await followed.over()).toBe('x\n')
})
