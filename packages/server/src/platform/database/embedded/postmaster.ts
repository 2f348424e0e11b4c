import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, statSync, truncateSync } from 'node:fs'
import { readFile, readlink, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Binaries } from './binaries.ts'
import { environment, type Places } from './cluster.ts'
import type { RunAs } from './run-as.ts'
import { settings } from './settings.ts'

const mostLog = 16 * 1024 * 1024

/** Starts the postmaster as a process group of its own: a Ctrl-C at the terminal is for us, who then stop it in order. */
export function spawnPostgres(places: Places, { postgres }: Binaries, user: RunAs): ChildProcess {
  const options = Object.entries(settings(places.sockets)).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const words = [...(user?.prefix ?? []), postgres, '-D', places.cluster, '-p', String(places.port), ...options]
  const log = openLog(places.log)
  try {
    return spawn(words[0] as string, words.slice(1), {
      cwd: '/',
      env: environment(),
      detached: true,
      stdio: ['ignore', log, log],
      ...(user && user.prefix.length === 0 && { uid: user.uid, gid: user.gid }),
    })
  } finally {
    closeSync(log)
  }
}

function openLog(path: string): number {
  const file = openSync(path, 'a', 0o600)
  if (statSync(path).size > mostLog) truncateSync(path)
  return file
}

/** The postmaster that runs on a cluster, one that a killed server left behind for example; null where none does. */
export async function runningPostmaster(cluster: string): Promise<number | null> {
  const file = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => null)
  const pid = Number(file?.split('\n')[0])
  if (!Number.isInteger(pid) || pid <= 1) return null
  // The pid may belong to something else by now: a postmaster works in its cluster's folder.
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => null)
  if (folder !== null) return folder === (await realpath(cluster)) ? pid : null
  return process.platform !== 'linux' && isAlive(pid) ? pid : null
}

/** Stops a postmaster: sessions are ended and everything is written; after ten seconds without writing. */
export async function stopPostmaster(pid: number): Promise<void> {
  for (const [signal, patience] of [
    ['SIGINT', 10_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!isAlive(pid)) return
    process.kill(pid, signal)
    const until = performance.now() + patience
    while (isAlive(pid) && performance.now() < until) await delay(10)
  }
}

/** Locks that outlive a killed postmaster where its pid is in use again. Only after `runningPostmaster` said null. */
export async function clearStaleLocks({ cluster, sockets, port }: Places): Promise<void> {
  await rm(join(cluster, 'postmaster.pid'), { force: true })
  await rm(join(sockets, `.s.PGSQL.${port}.lock`), { force: true })
  await rm(join(sockets, `.s.PGSQL.${port}`), { force: true })
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
