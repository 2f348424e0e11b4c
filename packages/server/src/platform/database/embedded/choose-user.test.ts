import { chmod, chown, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { placesOf } from './places.ts'
import { isAlive, processesOf } from './processes.ts'
import { base, dataFolder, query, start, startElsewhere } from './trial.ts'

const isRoot = process.getuid?.() === 0
if (!isRoot) process.stdout.write('NOT RUN: the tests of starting as root, because this is not root.\n')

test.runIf(isRoot)(
  'root below a folder that only root may enter: it starts, is found again, and is not root',
  async () => {
    await chmod(base, 0o700)
    const other = await startElsewhere()
    expect((await stat(join(dataFolder, 'postgres'))).uid).not.toBe(0)
    expect(processesOf(placesOf(dataFolder))).toContain(other.pid)
    await other.end('SIGKILL')
    const postgres = await start()
    expect(isAlive(other.pid)).toBe(false)
    expect((await stat(`/proc/${postgres.pid()}`)).uid).not.toBe(0)
    await query(postgres, 'select 1')
  },
)

const nobody = 65_534
const nameless = 12_345
const as = (uid: number) => ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--']

test.runIf(isRoot)('root in a folder of somebody: PostgreSQL runs as that somebody', async () => {
  await chown(base, nobody, nobody)
  const postgres = await start()
  expect((await stat(`/proc/${postgres.pid()}`)).uid).toBe(nobody)
})

test.runIf(isRoot)('a normal user: PostgreSQL runs as that user', async () => {
  await chown(base, nobody, nobody)
  const other = await startElsewhere(as(nobody))
  expect((await stat(`/proc/${other.pid}`)).uid).toBe(nobody)
  await query(other, 'select 1')
  await other.end('SIGTERM')
  expect(processesOf(placesOf(dataFolder))).toEqual([])
})

test.runIf(isRoot)(
  'a user without a name: root takes another one, a normal start is refused with a way out',
  async () => {
    await chown(base, nameless, nameless)
    await expect(startElsewhere(as(nameless))).rejects.toThrow(/user without a name.*12345.*DATABASE_URL/)
    await rm(dataFolder, { recursive: true })
    const postgres = await start()
    expect((await stat(`/proc/${postgres.pid()}`)).uid).not.toBe(nameless)
  },
)

test.runIf(isRoot)('somebody else on the database of another user is refused', async () => {
  await chown(base, nobody, nobody)
  await (await startElsewhere(as(nobody))).end('SIGTERM')
  await expect(startElsewhere(as(nameless))).rejects.toThrow(`belongs to the user of id ${nobody}`)
})
