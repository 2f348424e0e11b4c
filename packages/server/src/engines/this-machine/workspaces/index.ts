import { setTimeout as delay } from 'node:timers/promises'
import type { Scope } from '@tenantry/contract'
import { boundLogFile, endOfLog } from '../../../platform/processes/log-file.ts'
import { EngineError, type WorkspaceHost, type WorkspaceReading, type WorkspaceSpec } from '../../port.ts'
import { gpusNow, type Machine } from '../machine.ts'
import { end, endNow, lockOf, removeRest, removeTraces, removeVolume, runsAs } from './end.ts'
import { linkDatasets, makeHome } from './homes.ts'
import { launch } from './jupyter.ts'
import { follow } from './log.ts'
import { type Places, placesOf } from './places.ts'
import { bootOf, processesOf, readProcess } from './processes.ts'
import { missing, readingOf } from './read.ts'
import { handleOf, keep, knownOf, runs } from './record.ts'
import { type Sample, workingOf } from './use.ts'

export { canHostWorkspaces } from './jupyter.ts'

/**
 * Workspaces as processes of this machine, for a first look: they share its cores, its memory, its network and its GPUs.
 * As root, each home has a user of its own; else all of them are the platform’s own user, who may read all it has.
 */
export function openLocalWorkspaces({ folder }: { folder: string }, machine: Machine): WorkspaceHost {
  const samples = new Map<string, Sample>()
  const sampleOf = async (places: Places): Promise<Sample> => ({
    at: Date.now(),
    processes: processesOf(await runsAs(places), places.run),
  })

  return {
    start: (scope, _person, spec, handle, signal) =>
      inWords(async () => {
        const places = checked(folder, scope, spec)
        const lock = await lockOf(places)
        const starting: WorkspaceReading = { ...missing, phase: 'starting', handle }
        if (lock === null) return starting
        try {
          const known = await knownOf(places)
          // One that ended by itself is told as failed to whoever knows of it, and begun anew for whoever does not.
          const isTheirs = known !== null && handle === handleOf(known)
          if (known && known.stoppingAt === null && (isTheirs || runs(known)))
            return await readingOf(places, known, spec, signal)
          if (known?.stoppingAt && !(await end(places, signal))) return { ...missing, phase: 'stopping', handle }
          await endNow(places, signal)
          return await begin(folder, places, spec)
        } finally {
          await lock.release()
        }
      }),

    read: (scope, _person, spec, _handle, signal) =>
      inWords(async () => {
        const places = checked(folder, scope, spec)
        const known = await knownOf(places)
        boundLogFile(places.log)
        if (known === null) return missing
        if (known.stoppingAt !== null && (await sampleOf(places)).processes.length === 0) return missing
        return readingOf(places, known, spec, signal)
      }),

    stop: (scope, _person, spec, handle, signal) =>
      inWords(async () => {
        const places = checked(folder, scope, spec)
        samples.delete(places.run)
        const lock = await lockOf(places)
        if (lock === null) return { ...missing, phase: 'stopping', handle }
        try {
          if (await end(places, signal)) return missing
          const known = await knownOf(places)
          return known ? await readingOf(places, known, spec, signal) : { ...missing, phase: 'stopping', handle }
        } finally {
          await lock.release()
        }
      }),

    remove: (scope, _person, spec, _handle, signal) =>
      inWords(async () => {
        const places = checked(folder, scope, spec)
        samples.delete(places.run)
        const lock = await lockOf(places)
        if (lock === null) throw new EngineError('refused', 'It is being changed just now.')
        try {
          await endNow(places, signal)
          await removeRest(places)
        } finally {
          await lock.release()
        }
      }),

    removeVolume: (scope, _person, { name }) =>
      inWords(async () => {
        insistOn(scope)
        await removeVolume(folder, name)
      }),

    use: (scope, _person, spec, _handle, signal) =>
      inWords(async () => {
        const places = checked(folder, scope, spec)
        const known = await knownOf(places)
        if (known === null) return { gpuPercent: null, children: [] }
        let before = samples.get(places.run)
        if (!before || Date.now() - before.at < shortest) {
          before = await sampleOf(places)
          await delay(shortest, undefined, { signal }).catch(() => {
            throw new EngineError('slow', 'There was no time to see what runs.')
          })
        }
        const now = await sampleOf(places)
        samples.set(places.run, now)
        return {
          gpuPercent: spec.accelerator === null ? null : await busiestGpu(machine, signal),
          children: workingOf(before, now, known.pid),
        }
      }),

    async *logs(scope, _person, spec, _handle, signal) {
      yield* follow(checked(folder, scope, spec).log, spec.secret, signal)
    },
  }
}

/** In milliseconds: what is to be seen of the use of cores takes a while. */
const shortest = 1000

function checked(folder: string, scope: Scope, spec: WorkspaceSpec): Places {
  insistOn(scope)
  return placesOf(folder, spec)
}

function insistOn(scope: Scope): void {
  if (scope.kind !== 'this_machine') throw new EngineError('refused', 'This part is of another kind of engine.')
  if (process.platform !== 'linux') throw new EngineError('refused', 'Workspaces on this machine need Linux.')
}

/** The caller holds the lock, and nothing of the workspace runs. */
async function begin(folder: string, places: Places, spec: WorkspaceSpec): Promise<WorkspaceReading> {
  if (spec.image !== null) throw new EngineError('refused', 'This machine runs programs of its own, and no images.')
  const owner = await makeHome(folder, places)
  const logFrom = endOfLog(places.log)
  const startedAt = new Date().toISOString()
  const { pid, port } = await linkDatasets(places.home, spec.datasets, owner)
    .then(() => launch(places, spec, owner))
    .catch(async (error) => {
      await removeTraces(places)
      throw error
    })
  const known = await keep(places, {
    pid,
    begun: readProcess(pid)?.begun ?? '',
    boot: bootOf(),
    port,
    uid: owner?.uid ?? null,
    startedAt,
    logFrom,
    stoppingAt: null,
  })
  const event = { at: startedAt, text: 'The notebook server was started.', warning: false }
  return { ...missing, phase: 'starting', handle: handleOf(known), events: [event] }
}

/** Of the machine: whose work it is, the driver does not tell. */
async function busiestGpu(machine: Machine, signal: AbortSignal): Promise<number | null> {
  const { gpus } = await gpusNow(machine, signal)
  const known = gpus.flatMap(({ busy }) => busy ?? [])
  return known.length > 0 ? Math.max(...known) : null
}

const sentences: { [code: string]: string } = {
  ENOSPC: 'There is no room left on the disk of this machine.',
  EDQUOT: 'There is no room left on the disk of this machine.',
  EROFS: 'The data folder of this machine cannot be written to.',
  EACCES: 'The data folder of this machine cannot be written to.',
}

async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof EngineError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    throw new EngineError('refused', sentences[code ?? ''] ?? 'This machine could not do it.', {
      said: message,
      cause: error,
    })
  }
}
