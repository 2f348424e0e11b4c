import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { closedOn, type RunAs } from '../../../platform/processes/run-as.ts'
import { EngineError } from '../../port.ts'

// Ids that no system gives to people, services or containers (systemd’s UIDS-GIDS calls them free).
const first = 1_879_048_192
const count = 268_000_000

/**
 * Whose a home is. As root, each home belongs to a user of its own, without a name: one cannot read another’s, and what
 * runs as that user is of that home, whatever it does. As anybody else: null, oneself. Null also where there is no home.
 */
export async function ownerOf(home: string): Promise<RunAs> {
  if (process.getuid?.() !== 0) return null
  const found = await stat(home).catch(() => null)
  // Root’s: it was being made when somebody pulled the plug.
  return found && found.uid !== 0 ? asOwner(found.uid) : null
}

/** An owner for a home that has none yet, and that no other home below `folder` has. */
export async function newOwner(folder: string, home: string): Promise<RunAs> {
  if (process.getuid?.() !== 0) return null
  const taken = new Set<number>()
  for (const kind of ['volumes', 'scratch']) {
    for (const name of await readdir(join(folder, kind)).catch(() => [])) {
      const found = await stat(join(folder, kind, name)).catch(() => null)
      if (found) taken.add(found.uid)
    }
  }
  let uid = first + (createHash('sha256').update(home).digest().readUInt32BE() % count)
  while (taken.has(uid)) uid = first + ((uid - first + 1) % count)
  return asOwner(uid)
}

/** Somebody who owns nothing yet: what they can reach, every owner can. */
export const anyOwner = (): RunAs => (process.getuid?.() === 0 ? asOwner(first) : null)

/** Of an id that was kept. */
export const owner = (uid: number | null): RunAs => (uid === null ? null : asOwner(uid))

/** Throws where an owner cannot enter the folder of all homes. */
export async function insistOnWay(folder: string, owner: RunAs): Promise<void> {
  const closed = owner && (await closedOn(folder, owner))
  if (!closed) return
  throw new EngineError(
    'refused',
    'Workspaces cannot reach the data folder: only root may enter it, or one above it.',
    {
      said: `Let others pass through it (chmod o+x ${closed}), or move the data folder (TENANTRY_DATA).`,
    },
  )
}

const asOwner = (uid: number): RunAs => ({ uid, gid: uid, prefix: [] })
