import { createHash, randomBytes } from 'node:crypto'
import { chmod, lstat, mkdir, open, readFile, rename } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { giveTo, type RunAs } from '../../processes/run-as.ts'

const port = 5432
// sun_path is 108 bytes on Linux, 104 elsewhere (unix(7)).
const longestSocket = 100

export type Places = { cluster: string; sockets: string; secrets: string; log: string; port: number; name: string }

/**
 * Where things are under a data folder (absolute). Socket paths are short, so a long folder has them in the temporary
 * folder. `name` marks the processes of this cluster among others.
 */
export function placesOf(dataFolder: string): Places {
  const name = `tenantry-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 12)}`
  const fits = (folder: string) => Buffer.byteLength(socketIn(folder)) <= longestSocket
  const sockets = [join(dataFolder, 'run'), join(tmpdir(), name)].find(fits) ?? join('/tmp', name)
  return {
    cluster: join(dataFolder, 'postgres'),
    sockets,
    secrets: join(dataFolder, 'secrets'),
    log: join(dataFolder, 'postgres.log'),
    port,
    name,
  }
}

export const socketIn = (folder: string): string => join(folder, `.s.PGSQL.${port}`)

/** The folder of the socket, which only that user and root may enter. Throws where a stranger made it before us. */
export async function ensureSocketFolder({ sockets }: Places, user: RunAs): Promise<void> {
  await mkdir(sockets, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  // In the temporary folder anybody may plant a link or a folder of that name.
  const found = await lstat(sockets)
  const expected = [process.getuid?.(), user?.uid]
  if (!found.isDirectory() || !expected.includes(found.uid)) {
    throw new Error(`${sockets} is needed for the socket of PostgreSQL, but belongs to somebody else. Remove it.`)
  }
  await giveTo(sockets, user)
  await chmod(sockets, 0o700)
}

/** A password kept in the data folder, made when first asked for. */
export async function secret(places: Places, name: string): Promise<string> {
  const kept = await keptSecret(places, name)
  if (kept !== null) return kept
  await mkdir(places.secrets, { recursive: true, mode: 0o700 })
  const made = randomBytes(24).toString('base64url')
  const path = join(places.secrets, name)
  // Whole on the disk before anything relies on it: without it the database is closed to us.
  const draft = await open(`${path}.new`, 'w', 0o600)
  await draft.writeFile(`${made}\n`)
  await draft.sync()
  await draft.close()
  await rename(`${path}.new`, path)
  await syncFolder(places.secrets)
  return made
}

/** A password kept in the data folder; null where it was never made. */
export async function keptSecret({ secrets }: Places, name: string): Promise<string | null> {
  try {
    return (await readFile(join(secrets, name), 'utf8')).trim() || null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** A rename survives a power cut once its folder is written. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

/** Nothing of ours, and messages in a language that can be looked up. */
export const environment = (): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
})
