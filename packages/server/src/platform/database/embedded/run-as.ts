import { execFile } from 'node:child_process'
import { chown, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The user PostgreSQL runs as, and the words before its command that make it so. */
export type RunAs = { uid: number; gid: number; prefix: string[] } | null

/**
 * As root: another user, because PostgreSQL refuses root. As anybody else: null, oneself. Throws with three ways out
 * where that user cannot reach the cluster.
 */
export async function chooseUser(cluster: string, dataFolder: string): Promise<RunAs> {
  if (process.getuid?.() !== 0) return null
  const user = await pickUser(cluster, dataFolder)
  const closed = await closedOn(cluster, user)
  if (!closed) return { ...user, prefix: [] }
  // Folders that only root may enter stay closed; PostgreSQL alone gets the capability to pass through them.
  const caps = '+dac_override,+dac_read_search'
  const prefix = [
    'setpriv',
    `--reuid=${user.uid}`,
    `--regid=${user.gid}`,
    '--clear-groups',
    `--inh-caps=${caps}`,
    `--ambient-caps=${caps}`,
    '--',
  ]
  const works = await run(prefix[0] as string, [...prefix.slice(1), 'stat', `${closed}/.`]).then(
    () => true,
    () => false,
  )
  if (works) return { ...user, prefix }
  throw new Error(
    `PostgreSQL does not run as root, and the user it would run as (uid ${user.uid}) cannot enter ${closed}.\n` +
      `Either let others pass through it (chmod o+x ${closed}), or start as a normal user, or set DATABASE_URL.`,
  )
}

/** Makes a folder belong to that user. */
export const giveTo = async (path: string, user: RunAs): Promise<void> => {
  if (user) await chown(path, user.uid, user.gid)
}

async function pickUser(cluster: string, dataFolder: string): Promise<{ uid: number; gid: number }> {
  for (const place of [cluster, dataFolder, dirname(dataFolder)]) {
    const owner = await stat(place).catch(() => null)
    if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  }
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '')
  for (const name of ['postgres', 'nobody']) {
    const fields = passwd
      .split('\n')
      .find((line) => line.startsWith(`${name}:`))
      ?.split(':')
    if (fields) return { uid: Number(fields[2]), gid: Number(fields[3]) }
  }
  return { uid: 65_534, gid: 65_534 }
}

/** The folder on the way to a place that a user may not pass through; null where the way is open. */
export async function closedOn(place: string, { uid, gid }: { uid: number; gid: number }): Promise<string | null> {
  for (let folder = dirname(place); ; folder = dirname(folder)) {
    const { mode, uid: owner, gid: group } = await stat(folder)
    const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001
    if ((mode & bit) === 0) return folder
    if (folder === dirname(folder)) return null
  }
}
