import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { closedOn, hasName, type RunAs } from '../../processes/run-as.ts'

const run = promisify(execFile)

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
