import type { EngineCredential } from '@tenantry/contract'
import { type Engine, EngineError, type Opening, type ReadResource, type Share } from '../port.ts'
import { factsOf } from '../shape.ts'
import { gpusNow, type Machine, real } from './machine.ts'
import { type Gpu, gpusOf } from './nvidia-smi.ts'
import { canHostWorkspaces, openLocalWorkspaces } from './workspaces/index.ts'

export type { Machine } from './machine.ts'

/**
 * The machine that the platform runs on: its cores, memory and NVIDIA GPUs, of this moment. There is nothing to reach.
 * Workspaces run here only where `localWorkspaces` says so: they are processes of this machine.
 */
export function openThisMachine(
  { localWorkspaces }: Pick<Opening<EngineCredential>, 'localWorkspaces'>,
  machine: Machine = real,
): Engine {
  let before = timesOf(machine)
  let lastBusy: number | null = null

  /** Cores that were busy since the last time that was asked. */
  const busyCores = () => {
    const now = timesOf(machine)
    const total = now.total - before.total
    // Two readings within the same tick of the clock tell nothing.
    if (total > 0) lastBusy = (1 - (now.idle - before.idle) / total) * machine.os.cpus().length
    if (total > 0) before = now
    return Math.max(0, Math.round((lastBusy ?? 0) * 100) / 100)
  }

  return {
    async probe(signal) {
      const smi = await gpusNow(machine, signal)
      return {
        version: `${machine.os.type()} ${machine.os.release()}`,
        api: 'this machine',
        capabilities: [
          ...(smi.gpus.length > 0 ? ['gpus'] : []),
          ...(localWorkspaces && (await canHostWorkspaces()) ? ['workspaces'] : []),
        ],
      }
    },

    async snapshot(scopes, signal) {
      if (scopes.some(({ kind }) => kind !== 'this_machine')) {
        throw new EngineError('refused', 'This part is of another kind of engine.')
      }
      const { gpus, profiles, trouble } = await gpusNow(machine, signal)
      const cores = machine.os.cpus()
      const cpus = { total: cores.length, used: Math.min(cores.length, busyCores()) }
      const memory = { total: mebibytes(machine.os.totalmem()), free: mebibytes(machine.os.freemem()) }
      const name = machine.os.hostname()
      const resource: ReadResource = {
        kind: 'baremetal',
        name,
        nativeId: name,
        state: trouble === null ? 'running' : 'degraded',
        nativeState: ['up'],
        reason: trouble,
        cpus: { ...cpus, free: Math.round((cpus.total - cpus.used) * 100) / 100 },
        memoryMiB: { ...memory, used: memory.total - memory.free },
        gpus: gpusOf(gpus, profiles),
        facts: [
          ...factsOf({
            Processor: cores[0]?.model.trim(),
            'Operating system': `${machine.os.type()} ${machine.os.release()}`,
            'Load of 1, 5, 15 minutes': machine.os
              .loadavg()
              .map((load) => load.toFixed(2))
              .join(', '),
          }),
          ...gpus.map((gpu, index) => ({ name: `GPU ${index}`, value: saidOf(gpu) })),
        ],
        power: [],
        createdAt: null,
      }
      return scopes.map((): Share => ({ resources: [resource], jobs: null }))
    },

    ...(localWorkspaces && { workspaces: openLocalWorkspaces(localWorkspaces, machine) }),
    close() {},
  }
}

const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20)

function timesOf(machine: Machine) {
  const cores = machine.os.cpus().map(({ times }) => times)
  const sum = (of: (times: (typeof cores)[number]) => number) => cores.reduce((all, times) => all + of(times), 0)
  return {
    idle: sum(({ idle }) => idle),
    total: sum(({ user, nice, sys, idle, irq }) => user + nice + sys + idle + irq),
  }
}

const saidOf = ({ name, memoryMiB, usedMiB, busy }: Gpu) =>
  [name, memoryMiB !== null && `${usedMiB ?? '?'} of ${memoryMiB} MiB`, busy !== null && `${busy} % busy`]
    .filter(Boolean)
    .join(', ')
