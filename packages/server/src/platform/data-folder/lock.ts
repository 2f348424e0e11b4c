import { link, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export class DataFolderInUse extends Error {}
export type DataFolderLock = { release(): Promise<void> }

type Holder = { pid: number; started: string; who: string; since: string }

/**
 * Takes the data folder for this process. `who` says in the refusal of others what holds it. Throws DataFolderInUse
 * while another living process has it; what a killed one left behind is no obstacle, its pid in use again or not.
 */
export async function acquireDataFolderLock(dataFolder: string, who: string): Promise<DataFolderLock> {
  const path = join(dataFolder, 'lock')
  const own = `${path}.${process.pid}`
  const mine: Holder = {
    pid: process.pid,
    started: (await startOf(process.pid)) ?? '',
    who,
    since: new Date().toISOString(),
  }
  await writeFile(own, JSON.stringify(mine))
  try {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      // A hard link appears whole or not at all, and only for one.
      if (await link(own, path).then(() => true, existsAlready)) return { release: () => release(path, mine) }
      await clearIfStale(path, dataFolder)
    }
    throw new DataFolderInUse(`The data folder ${dataFolder} is being taken by several processes at once. Try again.`)
  } finally {
    await unlink(own).catch(() => {})
  }
}

const existsAlready = (error: NodeJS.ErrnoException) => {
  if (error.code === 'EEXIST') return false
  throw error
}

async function clearIfStale(path: string, dataFolder: string): Promise<void> {
  const holder = await readHolder(path)
  if (holder && (await startOf(holder.pid)) === holder.started) {
    throw new DataFolderInUse(
      `The data folder ${dataFolder} is in use by ${holder.who} (process ${holder.pid}, since ${holder.since}).\n` +
        'Stop it first, or give this one a folder of its own with TENANTRY_DATA.',
    )
  }
  // Renamed first: of several that find the same stale lock, each moves away only what it has read.
  const aside = `${path}.stale.${process.pid}`
  await rename(path, aside).catch(() => {})
  const moved = await readHolder(aside)
  if (moved && holder && (moved.pid !== holder.pid || moved.started !== holder.started))
    await link(aside, path).catch(() => {})
  await rm(aside, { force: true })
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return null
  }
}

/** When a process started, as a text that differs for the next process of the same pid; null where there is none. */
async function startOf(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie holds nothing any more (proc(5): state is the third field, starttime the 22nd).
    return fields[0] === 'Z' ? null : (fields[19] ?? '')
  } catch {
    try {
      process.kill(pid, 0)
      return ''
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM' ? '' : null
    }
  }
}

async function release(path: string, mine: Holder): Promise<void> {
  const holder = await readHolder(path)
  if (holder?.pid === mine.pid && holder.started === mine.started) await rm(path, { force: true })
}
