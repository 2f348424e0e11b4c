import { execFile } from 'node:child_process'
import os from 'node:os'
import { EngineError } from '../port.ts'
import { parseList, parseQuery, queryOptions } from './nvidia-smi.ts'

/** What answers about the machine. `run` gives what a program wrote, null where there is no such program. */
export type Machine = {
  os: Pick<typeof os, 'cpus' | 'totalmem' | 'freemem' | 'loadavg' | 'hostname' | 'release' | 'type' | 'uptime'>
  run(program: string, options: string[], signal: AbortSignal): Promise<string | null>
}

/** The GPUs there are; none without the program of the driver. `trouble` is a sentence where it is there and fails. */
export async function gpusNow(machine: Machine, signal: AbortSignal) {
  try {
    const [query, list] = await Promise.all([
      machine.run('nvidia-smi', queryOptions, signal),
      machine.run('nvidia-smi', ['-L'], signal),
    ])
    return { gpus: parseQuery(query ?? ''), profiles: parseList(list ?? ''), trouble: null }
  } catch {
    if (signal.aborted) throw new EngineError('slow', 'The driver of the GPUs did not answer in time.')
    return { gpus: [], profiles: [], trouble: 'The driver of the GPUs does not answer (nvidia-smi).' }
  }
}

/** A driver that hangs would keep nvidia-smi for minutes. */
const longest = 3000
/** The exit of nvidia-smi where there is a driver and no GPU. */
const noDevices = 6

export const real: Machine = {
  os,
  run: (program, options, signal) =>
    new Promise((done, failed) => {
      execFile(program, options, { timeout: longest, signal, maxBuffer: 1024 * 1024 }, (error, stdout) => {
        if (error && (error as NodeJS.ErrnoException).code === 'ENOENT') return done(null)
        if (error && error.code !== noDevices) return failed(error)
        done(stdout)
      })
    }),
}
