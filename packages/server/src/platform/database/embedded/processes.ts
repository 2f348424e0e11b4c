import { readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Places } from './places.ts'

/**
 * The processes of the PostgreSQL on a cluster: postmaster and sessions. All of them work in its folder. On Linux; on
 * other systems the postmaster alone, as its file names it.
 */
export function processesOf(places: Places): number[] {
  if (process.platform !== 'linux') {
    const pid = pidInFile(places.cluster)
    return pid !== null && isAlive(pid) ? [pid] : []
  }
  let cluster: string
  try {
    cluster = realpathSync(places.cluster)
  } catch {
    return []
  }
  const owner = statSync(cluster).uid
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 1 && isOf(pid, owner, cluster, places.name))
}

/** The postmaster that runs on a cluster, one that a killed server left behind for example; null where none does. */
export function runningPostmaster(places: Places): number | null {
  const pid = pidInFile(places.cluster)
  // The pid may belong to something else by now.
  return pid !== null && processesOf(places).includes(pid) ? pid : null
}

function pidInFile(cluster: string): number | null {
  const text = attempt(() => readFileSync(join(cluster, 'postmaster.pid'), 'utf8'))
  const pid = Number(text?.split('\n')[0])
  return Number.isInteger(pid) && pid > 1 ? pid : null
}

function isOf(pid: number, owner: number, cluster: string, name: string): boolean {
  const command = attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? ''
  const title = command.split('\0')[0] ?? ''
  if (!title.startsWith('postgres: ') && !/(^|\/)postgres$/.test(title)) return false
  const status = attempt(() => readFileSync(`/proc/${pid}/status`, 'utf8'))
  if (Number(/^Uid:\s+(\d+)/m.exec(status ?? '')?.[1] ?? -1) !== owner || !isAlive(pid)) return false
  const folder = attempt(() => readlinkSync(`/proc/${pid}/cwd`))
  if (folder !== null) return folder === cluster
  // Root in a container may not look at the folders of others' processes (ptrace(2)), but at their titles.
  return command.includes(`cluster_name=${name}\0`) || title.startsWith(`postgres: ${name}: `)
}

const attempt = <T>(work: () => T): T | null => {
  try {
    return work()
  } catch {
    return null
  }
}

/** Whether a process runs. One that has ended and was not yet collected does not. */
export function isAlive(pid: number): boolean {
  if (process.platform === 'linux') {
    const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
    return stat !== null && !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
  }
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Sends each signal in turn until none of the processes is left; `patience` in milliseconds. */
export async function endProcesses(
  pids: number[],
  steps: { signal: NodeJS.Signals; patience: number }[],
): Promise<void> {
  let left = pids.filter(isAlive)
  for (const { signal, patience } of steps) {
    for (const pid of left) attempt(() => process.kill(pid, signal))
    const until = performance.now() + patience
    while (left.length > 0 && performance.now() < until) {
      await delay(10)
      left = left.filter(isAlive)
    }
  }
}
