import { rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { acquireDataFolderLock, DataFolderInUse, type DataFolderLock } from '../../../platform/data-folder/lock.ts'
import type { RunAs } from '../../../platform/processes/run-as.ts'
import { EngineError } from '../../port.ts'
import { ourFolder, removeOwned } from './homes.ts'
import { owner, ownerOf } from './owners.ts'
import { type Places, volumeIn } from './places.ts'
import { processesOf, send } from './processes.ts'
import { forget, keep, knownOf } from './record.ts'

/** In milliseconds: how long it has to end by itself, and how long one call waits for it. */
const patience = 5000
const wait = 1000

/** One at a time changes what runs of a workspace, in whatever process. Null while another does. */
export async function lockOf(places: Places): Promise<DataFolderLock | null> {
  await ourFolder(places.run)
  return acquireDataFolderLock(places.run, 'a change of this workspace').catch((error) => {
    if (error instanceof DataFolderInUse) return null
    throw error
  })
}

/** As whom a workspace runs, or would. */
export async function runsAs(places: Places): Promise<RunAs> {
  const known = await knownOf(places)
  return known ? owner(known.uid) : ownerOf(places.home)
}

/**
 * Ends whatever runs of a workspace: asks it first, and ends it by force at a later call, five seconds after. Answers
 * whether it is gone; then its scratch folder and the secrets it kept are, too. The caller holds the lock.
 */
export async function end(places: Places, signal: AbortSignal, now = Date.now()): Promise<boolean> {
  const known = await knownOf(places)
  const user = await runsAs(places)
  const left = processesOf(user, places.run)
  if (left.length > 0) {
    const asked = known?.stoppingAt ?? null
    if (known && asked === null) {
      await keep(places, { ...known, stoppingAt: new Date(now).toISOString() })
      // Shells hear the one and not the other; what was told to outlive its terminal, the other alone.
      send('SIGTERM', left)
      send(
        'SIGHUP',
        left.filter(({ pid }) => pid !== known.pid),
      )
    } else if (asked === null || now - Date.parse(asked) >= patience) send('SIGKILL', left)
    if (!(await gone(places, user, signal))) return false
  }
  await removeTraces(places)
  await forget(places)
  return true
}

/** Ends it by force, at once. The caller holds the lock. Errors: `refused` where something outlives even that. */
export async function endNow(places: Places, signal: AbortSignal): Promise<void> {
  const user = await runsAs(places)
  // What is being ended may begin something new meanwhile.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    send('SIGKILL', processesOf(user, places.run))
    if (await gone(places, user, signal)) return
  }
  throw new EngineError('refused', 'A process of the workspace cannot be ended.')
}

/** Removes what nobody needs once nothing runs: the secrets that Jupyter kept, and a home that is no volume. */
export async function removeTraces({ runtime, home, scratch }: Places): Promise<void> {
  await removeOwned(runtime)
  if (scratch) await removeOwned(home)
}

/** Removes what is left of a workspace that was ended, its log too. */
export async function removeRest(places: Places): Promise<void> {
  await removeTraces(places)
  await rm(places.run, { recursive: true, force: true, maxRetries: 5 })
}

export async function removeVolume(folder: string, name: string): Promise<void> {
  await removeOwned(volumeIn(folder, name))
}

async function gone(places: Places, user: RunAs, signal: AbortSignal): Promise<boolean> {
  const until = performance.now() + wait
  while (processesOf(user, places.run).length > 0) {
    if (signal.aborted || performance.now() > until) return false
    await delay(50)
  }
  return true
}
