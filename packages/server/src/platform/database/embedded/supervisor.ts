import type { ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { boundLogFile, endOfLog, logSince } from '../../processes/log-file.ts'
import type { RunAs } from '../../processes/run-as.ts'
import type { Binaries } from './binaries.ts'
import { untilReady } from './clients.ts'
import type { Places } from './places.ts'
import { makeWay, spawnPostgres, stopPostmaster } from './postmaster.ts'

export type UnexpectedExit = { pid: number | undefined; code: number | null; signal: NodeJS.Signals | null }
export type Supervisor = {
  /** Of the postmaster, undefined while it is being started again. */
  pid(): number | undefined
  onUnexpectedExit(hear: (exit: UnexpectedExit) => void): () => void
  stop(): Promise<void>
}

type Running = { child: ChildProcess; ended: Promise<UnexpectedExit>; since: number }

// A PostgreSQL that ran this long was well: the next try comes at once again.
const wellAfter = 10_000
const firstWait = 20
const longestWait = 30_000

/** Starts PostgreSQL on a cluster and keeps it running: one that ends by itself is started again. Throws where the first start fails. */
export async function supervise(places: Places, binaries: Binaries, user: RunAs, log: Logger): Promise<Supervisor> {
  const stopping = new AbortController()
  const hearers = new Set<(exit: UnexpectedExit) => void>()
  let running: Running | null = null
  let restarts: Promise<void> = Promise.resolve()
  let wait = firstWait

  const launch = async () => {
    running = await start(places, binaries, user, log, stopping.signal)
    const { ended, since } = running
    void ended.then((exit) => {
      running = null
      if (stopping.signal.aborted) return
      log.error(`PostgreSQL ended unexpectedly (${exit.signal ?? `code ${exit.code}`}); it is started again`)
      if (performance.now() - since > wellAfter) wait = firstWait
      restarts = restart()
      for (const hear of hearers) hear(exit)
    })
  }
  const restart = async () => {
    while (!stopping.signal.aborted) {
      await delay(wait, undefined, { signal: stopping.signal }).catch(() => {})
      wait = Math.min(wait * 4, longestWait)
      if (stopping.signal.aborted) return
      try {
        await launch()
        log.info('PostgreSQL runs again')
        return
      } catch (error) {
        if (!stopping.signal.aborted)
          log.error({ err: error }, 'PostgreSQL could not be started again; another try follows')
      }
    }
  }

  await launch()
  const bounding = setInterval(() => boundLogFile(places.log), 30_000).unref()
  return {
    pid: () => running?.child.pid,
    onUnexpectedExit(hear) {
      hearers.add(hear)
      return () => hearers.delete(hear)
    },
    async stop() {
      stopping.abort(new Error('PostgreSQL is being stopped'))
      clearInterval(bounding)
      await restarts
      if (running) await end(running)
    },
  }
}

async function start(
  places: Places,
  binaries: Binaries,
  user: RunAs,
  log: Logger,
  stopping: AbortSignal,
): Promise<Running> {
  await makeWay(places, log)
  boundLogFile(places.log)
  const logEnd = endOfLog(places.log)
  const child = spawnPostgres(places, binaries, user)
  const since = performance.now()
  const over = new AbortController()
  const ended = new Promise<UnexpectedExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ pid: child.pid, code, signal }))
    child.once('error', (error) => {
      over.abort(error)
      resolve({ pid: child.pid, code: null, signal: null })
    })
  })
  void ended.then(() => over.abort())
  try {
    await untilReady(places, AbortSignal.any([over.signal, stopping]), log)
    return { child, ended, since }
  } catch (error) {
    if (!over.signal.aborted) {
      await end({ child, ended, since })
      throw error
    }
    const { code, signal } = await ended
    const why = signal ?? (code === null ? String(over.signal.reason) : `code ${code}`)
    throw new Error(
      `PostgreSQL did not start (${why}). ${places.log} says:
${logSince(places.log, logEnd)}`,
    )
  }
}

async function end({ child, ended }: Running): Promise<void> {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) await stopPostmaster(child.pid)
  await ended
}
