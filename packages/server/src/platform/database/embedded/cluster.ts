import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Binaries } from './binaries.ts'
import { giveTo, type RunAs } from './run-as.ts'

const run = promisify(execFile)
const port = 5432
// sun_path is 108 bytes on Linux, 104 elsewhere (unix(7)).
const longestSocket = 100

export type Places = { cluster: string; sockets: string; secrets: string; log: string; port: number }

/** Where things are under a data folder. Socket paths are short, so a long folder has them in the temporary folder. */
export function placesOf(dataFolder: string): Places {
  const near = join(dataFolder, 'run')
  const far = join(tmpdir(), `tenantry-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 12)}`)
  return {
    cluster: join(dataFolder, 'postgres'),
    sockets: join(near, `.s.PGSQL.${port}`).length <= longestSocket ? near : far,
    secrets: join(dataFolder, 'secrets'),
    log: join(dataFolder, 'postgres.log'),
    port,
  }
}

/** A password kept in the data folder, made when first asked for. */
export async function secret({ secrets }: Places, name: string): Promise<string> {
  const path = join(secrets, name)
  const kept = await readFile(path, 'utf8').catch(() => null)
  if (kept) return kept.trim()
  await mkdir(secrets, { recursive: true, mode: 0o700 })
  const made = randomBytes(24).toString('base64url')
  await writeFile(path, `${made}\n`, { mode: 0o600, flag: 'wx' })
  return made
}

/** Makes the cluster where there is none. Made beside and renamed, so that a half-made one is never taken for whole. */
export async function ensureCluster(places: Places, { initdb }: Binaries, user: RunAs): Promise<'made' | 'found'> {
  if (await stat(join(places.cluster, 'PG_VERSION')).catch(() => null)) return 'found'
  const half = `${places.cluster}.new`
  const passwordFile = `${places.cluster}.password`
  await rm(half, { recursive: true, force: true })
  await mkdir(half, { mode: 0o700 })
  await giveTo(half, user)
  await writeFile(passwordFile, await secret(places, 'postgres-superuser'), { mode: 0o600 })
  await giveTo(passwordFile, user)
  try {
    const words = [
      ...(user?.prefix ?? []),
      initdb,
      `--pgdata=${half}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--data-checksums',
    ]
    const identity = user && user.prefix.length === 0 ? { uid: user.uid, gid: user.gid } : {}
    await run(words[0] as string, words.slice(1), { cwd: '/', env: environment(), ...identity })
  } finally {
    await rm(passwordFile, { force: true })
  }
  await rename(half, places.cluster)
  return 'made'
}

/** The folder of the socket, which only that user and root may enter. */
export async function ensureSocketFolder({ sockets }: Places, user: RunAs): Promise<void> {
  await mkdir(sockets, { recursive: true, mode: 0o700 })
  await giveTo(sockets, user)
  await chmod(sockets, 0o700)
}

/** Nothing of ours, and messages in a language that can be looked up. */
export const environment = (): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
})
