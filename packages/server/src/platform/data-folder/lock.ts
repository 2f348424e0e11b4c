import { execFile } from 'node:child_process'
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export class DataFolderInUse extends Error {}
export type DataFolderLock = { release(): Promise<void> }
export type Holder = { pid: number; started: string; who: string; since: string }

/**
 * Takes the data folder for this process. `who` says in the refusal of others what holds it. Throws DataFolderInUse
 * while another living process has it; what a killed one left behind is no obstacle, its pid in use again or not.
 *
 * The lock is the file `lock.N` with the highest N. To take it is to make N + 1, which a hard link does whole or not at
 * all and for one only. The highest number never goes away, so whoever judged an older one stale comes too late and sees it.
 */
export async function acquireDataFolderLock(dataFolder: string, who: string): Promise<DataFolderLock> {
  const started = (await startOf(process.pid)) ?? ''
  const mine: Holder = { pid: process.pid, started, who, since: new Date().toISOString() }
  const draft = join(dataFolder, `.lock-${process.pid}-${Math.random().toString(36).slice(2)}`)
  await writeFile(draft, JSON.stringify(mine), { mode: 0o644 })
  try {
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const highest = (await numbersIn(dataFolder)).at(-1) ?? 0
      const holder = await livingHolder(dataFolder, highest)
      if (holder) throw inUse(dataFolder, holder)
      const path = lockPath(dataFolder, highest + 1)
      if (!(await linked(draft, path))) continue
      const numbers = await numbersIn(dataFolder)
      if (numbers.at(-1) === highest + 1) {
        for (const number of numbers.slice(0, -1)) await rm(lockPath(dataFolder, number), { force: true })
        return { release: () => release(path, draft) }
      }
      await rm(path, { force: true })
    }
    throw new DataFolderInUse(`The data folder ${dataFolder} is being taken by several processes at once. Try again.`)
  } finally {
    await rm(draft, { force: true })
  }
}

/** The living process that holds the data folder; null where none does. */
export async function holderOf(dataFolder: string): Promise<Holder | null> {
  const highest = (await numbersIn(dataFolder)).at(-1)
  return highest === undefined ? null : livingHolder(dataFolder, highest)
}

const lockPath = (dataFolder: string, number: number) => join(dataFolder, `lock.${number}`)

const inUse = (dataFolder: string, { who, pid, since }: Holder) =>
  new DataFolderInUse(
    `The data folder ${dataFolder} is in use by ${who} (process ${pid}, since ${since}).\n` +
      'Stop it first, or give this one a folder of its own with TENANTRY_DATA.',
  )

async function numbersIn(dataFolder: string): Promise<number[]> {
  const names = await readdir(dataFolder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return names
    .flatMap((name) => /^lock\.(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
}

const linked = (from: string, to: string): Promise<boolean> =>
  link(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false
      throw error
    },
  )

async function livingHolder(dataFolder: string, number: number): Promise<Holder | null> {
  const text = await readFile(lockPath(dataFolder, number), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  let holder: Partial<Holder>
  try {
    holder = JSON.parse(text)
  } catch {
    // Released, or torn by a power cut.
    return null
  }
  if (typeof holder.pid !== 'number' || (await startOf(holder.pid)) !== holder.started) return null
  return holder as Holder
}

// Emptied, not removed: the highest number has to stay.
async function release(path: string, draft: string): Promise<void> {
  try {
    await writeFile(draft, '')
    await rename(draft, path)
  } catch (error) {
    // The folder was removed while it was held.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** When a process started, as a text that differs for the next process of the same pid; null where there is none. */
async function startOf(pid: number): Promise<string | null> {
  if (process.platform === 'linux') {
    try {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      // A zombie holds nothing any more (proc(5): state is the third field, starttime the 22nd, counted from the boot).
      if (fields[0] === 'Z' || fields[0] === 'X') return null
      const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')
      return `${boot.trim()}/${fields[19]}`
    } catch {
      return null
    }
  }
  // POSIX ps: lstart is the time of start, to the second.
  return run('ps', ['-o', 'lstart=', '-p', String(pid)], { env: { ...process.env, LC_ALL: 'C' } }).then(
    ({ stdout }) => stdout.trim() || null,
    () => null,
  )
}
