import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { asUser, giveTo, hasName, type RunAs } from '../../processes/run-as.ts'
import type { Binaries } from './binaries.ts'
import { environment, type Places, secret, syncFolder } from './places.ts'

const run = promisify(execFile)

/**
 * Makes the cluster where there is none. Made beside and renamed, so that a half-made one is never taken for whole.
 * Throws where there is one that cannot be used, and says why.
 */
export async function ensureCluster(places: Places, binaries: Binaries, user: RunAs): Promise<void> {
  const found = await stat(places.cluster).catch(() => null)
  if (found) return assertUsable(places.cluster, found.uid, binaries, user)
  const folder = dirname(places.cluster)
  const prefix = `${basename(places.cluster)}.new`
  // An initdb that outlived its killed server may still write to its own; each attempt has a name of its own.
  for (const name of await readdir(folder)) {
    if (name.startsWith(prefix)) await rm(join(folder, name), { recursive: true, force: true, maxRetries: 5 })
  }
  const half = join(folder, `${prefix}-${randomBytes(4).toString('hex')}`)
  const passwordFile = `${half}.password`
  await mkdir(half, { mode: 0o700 })
  await giveTo(half, user)
  await writeFile(passwordFile, await secret(places, 'postgres-superuser'), { mode: 0o600 })
  await giveTo(passwordFile, user)
  try {
    await initialize(binaries.initdb, half, passwordFile, user)
  } finally {
    await rm(passwordFile, { force: true })
  }
  await rename(half, places.cluster)
  await syncFolder(folder)
}

async function initialize(initdb: string, folder: string, passwordFile: string, user: RunAs): Promise<void> {
  const { file, args, identity } = asUser(user, [
    initdb,
    `--pgdata=${folder}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Sorts as people expect, the same on every machine; nothing depends on what the system has installed.
    '--locale-provider=icu',
    '--icu-locale=und',
    '--locale=C',
    '--data-checksums',
    '--no-instructions',
  ])
  try {
    await run(file, args, { cwd: '/', env: environment(), ...identity })
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string }
    const uid = user?.uid ?? process.getuid?.()
    if (uid !== undefined && !(await hasName(uid))) {
      throw new Error(
        `PostgreSQL does not work for a user without a name. Add one of id ${uid} to /etc/passwd, or set DATABASE_URL.`,
        { cause: error },
      )
    }
    throw new Error(`The database could not be made: ${stderr?.trim() || message}`, { cause: error })
  }
}

async function assertUsable(cluster: string, owner: number, { version }: Binaries, user: RunAs): Promise<void> {
  const uid = user?.uid ?? process.getuid?.()
  if (uid !== undefined && owner !== uid) {
    throw new Error(
      owner === 0
        ? `${cluster} belongs to root, and PostgreSQL does not run as root. Give it to the user it should run as: chown -R`
        : `${cluster} belongs to the user of id ${owner}. Start as that user, or as root.`,
    )
  }
  const text = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => null)
  if (text === null) throw new Error(`${cluster} is no database: PG_VERSION is missing. Restore it, or move it away.`)
  if (Number(text) !== version) {
    throw new Error(
      `${cluster} was made by PostgreSQL ${text.trim()}, and this is ${version}. Dump it with the old one and restore it here.`,
    )
  }
}
