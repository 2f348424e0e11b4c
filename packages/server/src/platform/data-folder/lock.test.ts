import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { acquireDataFolderLock, DataFolderInUse, holderOf } from './lock.ts'

const lockModule = JSON.stringify(new URL('./lock.ts', import.meta.url).href)
let folder: string
const children: ChildProcess[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantry-lock-'))
})

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

/** A process that takes the lock, says so or why not, and stays. Words on its input let all of them begin at once. */
function contender(who: string) {
  const program = `
    const { acquireDataFolderLock } = await import(${lockModule})
    process.stdout.write('ready\\n')
    process.stdin.once('data', async () => {
      try { await acquireDataFolderLock(${JSON.stringify(folder)}, ${JSON.stringify(who)}); process.stdout.write('taken\\n') }
      catch (error) { process.stdout.write(error.constructor.name + '\\n') }
    })`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.push(child)
  const lines: string[] = []
  const waiting: (() => void)[] = []
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    lines.push(...text.split('\n').filter(Boolean))
    for (const wake of waiting.splice(0)) wake()
  })
  return {
    pid: child.pid as number,
    says: async () => {
      while (lines.length === 0) await new Promise<void>((wake) => waiting.push(wake))
      return lines.shift()
    },
    begin: () => child.stdin.write('begin\n'),
    killed: () =>
      new Promise<void>((done) => {
        child.once('exit', () => done())
        child.kill('SIGKILL')
      }),
  }
}

async function taken(who: string) {
  const other = contender(who)
  expect(await other.says()).toBe('ready')
  other.begin()
  expect(await other.says()).toBe('taken')
  return other
}

test('a second process is refused and told who holds the folder', async () => {
  const other = await taken('the server')
  const refusal = await acquireDataFolderLock(folder, 'the tenantry command').catch((error) => error)
  expect(refusal).toBeInstanceOf(DataFolderInUse)
  expect(refusal.message).toContain(`in use by the server (process ${other.pid}, since 20`)
  expect(refusal.message).toContain(folder)
})

test('what a process killed with SIGKILL left behind is no obstacle', async () => {
  const other = await taken('the server')
  expect((await holderOf(folder))?.pid).toBe(other.pid)
  await other.killed()
  expect(await holderOf(folder)).toBeNull()
  const lock = await acquireDataFolderLock(folder, 'the server')
  expect((await holderOf(folder))?.pid).toBe(process.pid)
  await lock.release()
})

test('a pid that another process has by now is no obstacle', async () => {
  const stale = { pid: process.ppid, started: 'another-boot/1', who: 'the server', since: new Date(0).toISOString() }
  await writeFile(join(folder, 'lock.7'), JSON.stringify(stale))
  const lock = await acquireDataFolderLock(folder, 'the server')
  expect(await readdir(folder)).toEqual(['lock.8'])
  await lock.release()
})

test('once released it can be taken again, and nothing piles up', async () => {
  for (let round = 0; round < 5; round += 1) await (await acquireDataFolderLock(folder, 'a test')).release()
  expect(await holderOf(folder)).toBeNull()
  expect(await readdir(folder)).toHaveLength(1)
})

test('a torn lock file is no obstacle', async () => {
  await writeFile(join(folder, 'lock.1'), '{"pid": 1, "sta')
  await (await acquireDataFolderLock(folder, 'a test')).release()
})

test('within one process it is taken once too', async () => {
  const lock = await acquireDataFolderLock(folder, 'a test')
  const taking = Array.from({ length: 20 }, () => acquireDataFolderLock(folder, 'a test'))
  expect((await Promise.allSettled(taking)).map(({ status }) => status)).toEqual(Array(20).fill('rejected'))
  await lock.release()
})

test('of many that begin at once over a stale lock, one gets it', { timeout: 60_000 }, async () => {
  const stale = { pid: 4_194_305, started: 'gone', who: 'the server', since: new Date(0).toISOString() }
  await writeFile(join(folder, 'lock.1'), JSON.stringify(stale))
  const contenders = Array.from({ length: 6 }, (_, index) => contender(`contender ${index}`))
  for (const each of contenders) expect(await each.says()).toBe('ready')
  for (const each of contenders) each.begin()
  const answers = await Promise.all(contenders.map((each) => each.says()))
  expect(answers.sort()).toEqual([...Array(5).fill('DataFolderInUse'), 'taken'])
})

test('racing in one process a hundred times, never two hold it', async () => {
  for (let round = 0; round < 100; round += 1) {
    const results = await Promise.allSettled(Array.from({ length: 4 }, () => acquireDataFolderLock(folder, 'a test')))
    const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    expect(won).toHaveLength(1)
    await won[0]?.release()
  }
})
