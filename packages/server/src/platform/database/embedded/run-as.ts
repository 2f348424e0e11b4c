import { execFile } from 'node:child_process'
import { lchown, readFile, realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The user PostgreSQL runs as, and the words before its command that make it so. Null: oneself. */
export type RunAs = { uid: number; gid: number; prefix: string[] } | null

/**
 * As root: another user, because PostgreSQL refuses root. As anybody else: null, oneself. `program` is what that user
 * has to reach besides the cluster. Throws with three ways out where it cannot.
 */
export async function chooseUser(cluster: string, dataFolder: string, program: string): Promise<RunAs> {
  if (process.getuid?.() !== 0) return null
  const user = await pickUser(cluster, dataFolder)
  const closed = (await closedOn(dataFolder, user)) ?? (await closedOn(dirname(program), user))
  if (closed === null) return { ...user, prefix: [] }
  // Folders that only root may enter stay closed; PostgreSQL alone gets a capability to pass through them. The lesser
  // one first; containers are often given only the greater.
  for (const capability of ['dac_read_search', 'dac_override']) {
    const prefix = through(user, capability)
    const reaches = ['test', '-x', program, '-a', '-x', dataFolder]
    const works = await run(prefix[0] as string, [...prefix.slice(1), ...reaches], { cwd: '/' }).then(
      () => true,
      () => false,
    )
    if (works) return { ...user, prefix }
  }
  throw new Error(
    `PostgreSQL does not run as root, and the user it would run as (uid ${user.uid}) cannot enter ${closed}.\n` +
      `Either let others pass through it (chmod o+x ${closed}), or start as a normal user, or set DATABASE_URL.`,
  )
}

// PostgreSQL looks for its own files with access(2), which ignores capabilities of other users than root unless
// no_setuid_fixup is set (capabilities(7)).
const through = ({ uid, gid }: { uid: number; gid: number }, capability: string): string[] => [
  'setpriv',
  `--reuid=${uid}`,
  `--regid=${gid}`,
  '--clear-groups',
  '--securebits=+no_setuid_fixup',
  `--inh-caps=+${capability}`,
  `--ambient-caps=+${capability}`,
  '--',
]

/** Makes a file or folder belong to that user. A symbolic link is changed itself, not what it leads to. */
export const giveTo = async (path: string, user: RunAs): Promise<void> => {
  if (user) await lchown(path, user.uid, user.gid)
}

/** The words to start a program as that user, and the options of spawn that go with them. */
export function asUser(user: RunAs, words: string[]): { file: string; args: string[]; identity: object } {
  const [file, ...args] = [...(user?.prefix ?? []), ...words] as [string, ...string[]]
  const identity = user && user.prefix.length === 0 ? { uid: user.uid, gid: user.gid } : {}
  return { file, args, identity }
}

async function pickUser(cluster: string, dataFolder: string): Promise<{ uid: number; gid: number }> {
  const ownerOf = (place: string) => stat(place).catch(() => null)
  const made = await ownerOf(cluster)
  if (made && made.uid !== 0) return { uid: made.uid, gid: made.gid }
  for (const place of [dataFolder, dirname(dataFolder)]) {
    const owner = await ownerOf(place)
    if (owner && owner.uid !== 0 && (await hasName(owner.uid))) return { uid: owner.uid, gid: owner.gid }
  }
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '')
  for (const name of ['postgres', 'nobody']) {
    const line = passwd.split('\n').find((line) => line.startsWith(`${name}:`))
    const [, , uid, gid] = line?.split(':') ?? []
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) }
  }
  return { uid: 65_534, gid: 65_534 }
}

/** Whether the system knows a user of this id by name. initdb refuses to work for one it does not. */
export const hasName = (uid: number): Promise<boolean> =>
  run('id', ['-un', String(uid)]).then(
    () => true,
    () => false,
  )

/** The first folder, from `folder` upwards, that a user may not pass through; null where the way is open. */
export async function closedOn(folder: string, { uid, gid }: { uid: number; gid: number }): Promise<string | null> {
  for (let place = await realpath(folder); ; place = dirname(place)) {
    const { mode, uid: owner, gid: group } = await stat(place)
    const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001
    if ((mode & bit) === 0) return place
    if (place === dirname(place)) return null
  }
}
