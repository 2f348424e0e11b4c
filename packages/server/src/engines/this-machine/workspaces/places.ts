import { join } from 'node:path'
import { EngineError, type WorkspaceSpec } from '../../port.ts'

/** Where things of a workspace are. What people can write to is below `home` and `runtime`; the rest is ours. */
export type Places = {
  /** Of a volume, or of the workspace alone: then it goes when that stops. */
  home: string
  scratch: boolean
  /** What is known of the running process, its settings and its log. */
  run: string
  record: string
  answered: string
  config: string
  log: string
  /** What Jupyter keeps while it runs, secrets of kernels among it. */
  runtime: string
}

// Part of a path: nothing else gets there.
const fit = /^[a-z]{1,16}-[a-z0-9]{1,64}$/

export function placesOf(folder: string, { name, volume }: Pick<WorkspaceSpec, 'name' | 'volume'>): Places {
  const run = join(folder, 'run', checked(name))
  return {
    home: volume ? volumeIn(folder, volume.name) : join(folder, 'scratch', name),
    scratch: volume === null,
    run,
    record: join(run, 'process.json'),
    answered: join(run, 'answered'),
    config: join(run, 'config.json'),
    log: join(run, 'log'),
    runtime: join(run, 'runtime'),
  }
}

export const volumeIn = (folder: string, name: string): string => join(folder, 'volumes', checked(name))

function checked(name: string): string {
  if (!fit.test(name)) throw new EngineError('refused', 'This is not the name of a workspace or a volume.')
  return name
}
