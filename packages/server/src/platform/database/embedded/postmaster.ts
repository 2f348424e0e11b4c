import { type ChildProcess, spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { openLogFile } from '../../processes/log-file.ts'
import { asUser, type RunAs } from '../../processes/run-as.ts'
import type { Binaries } from './binaries.ts'
import { environment, type Places, socketIn } from './places.ts'
import { endProcesses, processesOf, runningPostmaster } from './processes.ts'
import { settings } from './settings.ts'

/** Starts the postmaster as a process group of its own: a Ctrl-C at the terminal is for us, who then stop it in order. */
export function spawnPostgres(places: Places, { postgres }: Binaries, user: RunAs): ChildProcess {
  const options = Object.entries(settings(places)).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const words = [postgres, '-D', places.cluster, '-p', String(places.port), ...options]
  const { file, args, identity } = asUser(user, words)
  const log = openLogFile(places.log)
  try {
    const stdio = ['ignore', log.fd, log.fd] as const
    return spawn(file, args, { cwd: '/', env: environment(), detached: true, stdio: [...stdio], ...identity })
  } finally {
    log.close()
  }
}

/** Stops a postmaster: sessions are ended and everything is written; after ten seconds without writing. */
export const stopPostmaster = (pid: number): Promise<void> =>
  endProcesses(
    [pid],
    [
      { signal: 'SIGINT', patience: 10_000 },
      { signal: 'SIGQUIT', patience: 5_000 },
      { signal: 'SIGKILL', patience: 5_000 },
    ],
  )

/**
 * Makes way for a new postmaster: stops one that a killed server left behind, ends sessions that outlived their
 * postmaster, and removes their locks. Throws where a PostgreSQL answers that cannot be seen from here.
 */
export async function makeWay(places: Places, log: Logger): Promise<void> {
  const orphan = runningPostmaster(places)
  if (orphan !== null) {
    log.warn(`a PostgreSQL that an earlier server left behind is stopped (process ${orphan})`)
    await stopPostmaster(orphan)
  }
  // A busy session does not notice that its postmaster is gone, and goes on writing to the same files.
  await endProcesses(processesOf(places), [
    { signal: 'SIGQUIT', patience: 2_000 },
    { signal: 'SIGKILL', patience: 5_000 },
  ])
  const left = processesOf(places)
  if (left.length > 0) throw new Error(`PostgreSQL still runs on ${places.cluster} (process ${left.join(', ')}).`)
  if (await answers(socketIn(places.sockets))) {
    throw new Error(
      `Another PostgreSQL, perhaps in another container, already runs on ${places.cluster}. Only one may.`,
    )
  }
  // PostgreSQL itself refuses to start where the pid in the file has gone to another process of the same user.
  if (process.platform === 'linux') await rm(join(places.cluster, 'postmaster.pid'), { force: true })
  await rm(`${socketIn(places.sockets)}.lock`, { force: true })
  await rm(socketIn(places.sockets), { force: true })
}

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
