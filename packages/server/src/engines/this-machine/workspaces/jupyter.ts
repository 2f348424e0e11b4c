import { spawn } from 'node:child_process'
import { access, chmod, constants, realpath, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { openLogFile } from '../../../platform/processes/log-file.ts'
import { asUser, closedOn, type RunAs } from '../../../platform/processes/run-as.ts'
import { EngineError, type WorkspaceSpec } from '../../port.ts'
import { anyOwner } from './owners.ts'
import type { Places } from './places.ts'
import { mark } from './processes.ts'

const searched = () => (process.env.PATH ?? '/usr/bin:/bin').split(':').filter((folder) => folder.startsWith('/'))

/** The first program of that name that a user can reach; null where there is none. */
async function find(name: string, owner: RunAs): Promise<string | null> {
  for (const folder of searched()) {
    const path = join(folder, name)
    const there = await access(path, constants.X_OK).then(
      () => realpath(path),
      () => null,
    )
    if (there !== null && (!owner || (await closedOn(dirname(there), owner)) === null)) return path
  }
  return null
}

/** The notebook server of this machine: the newer one where there are two. Null where there is none. */
export const findJupyter = async (owner: RunAs): Promise<string | null> =>
  (await find('jupyter-lab', owner)) ?? (await find('jupyter-notebook', owner))

export const canHostWorkspaces = async (): Promise<boolean> =>
  process.platform === 'linux' && (await findJupyter(anyOwner())) !== null

/** A port on loopback that nothing listens at. */
const freePort = (): Promise<number> =>
  new Promise((done, failed) => {
    const server = createServer()
    server.once('error', failed)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => done(port))
    })
  })

/** The same for every kind of Jupyter. */
const settings = (port: number) => ({
  ip: '127.0.0.1',
  port,
  // Another port would be one that we do not know of.
  port_retries: 0,
  base_url: '/',
  open_browser: false,
  quit_button: false,
})

// Python with an interpreter’s worth of modules and threads claims this much before anybody has done anything.
const ownMiB = 256

/**
 * Starts the notebook server of a workspace as a process group of its own, which outlives us. The secret is in its
 * environment, which its owner and root can read. Answers its id and port; whether it gets up is seen later.
 */
export async function launch(
  places: Places,
  spec: WorkspaceSpec,
  owner: RunAs,
): Promise<{ pid: number; port: number }> {
  const jupyter = spec.command === null ? await findJupyter(owner) : null
  if (spec.command === null && jupyter === null) {
    throw new EngineError('refused', 'There is no Jupyter on this machine: jupyter-lab or jupyter-notebook.')
  }
  const port = await freePort()
  const known = settings(port)
  // Each complains of the other’s name for the folder that it serves.
  const config = {
    ServerApp: { ...known, root_dir: places.home },
    NotebookApp: { ...known, notebook_dir: places.home },
  }
  await writeFile(places.config, JSON.stringify(config))
  await chmod(places.config, 0o644)
  const option = `--config=${places.config}`
  const words = jupyter ? [jupyter, option] : ['sh', '-c', `exec ${spec.command} "$@"`, 'sh', option]
  const { file, args, identity } = asUser(owner, [...(await bounds(spec)), ...words])
  const log = openLogFile(places.log)
  try {
    const child = spawn(file, args, {
      cwd: places.home,
      env: environment(places, spec),
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      ...identity,
    })
    await new Promise<void>((done, failed) => {
      child.once('spawn', done)
      child.once('error', failed)
    })
    child.unref()
    return { pid: child.pid as number, port }
  } catch (error) {
    throw new EngineError('refused', 'The notebook server could not be started.', {
      cause: error,
      said: (error as Error).message,
    })
  } finally {
    log.close()
  }
}

/**
 * What can be held of a bound without a container: behind everything else on this machine, no other rights by another
 * program, and no process with more memory than the workspace has. Together they may; cores are not held to anything.
 */
async function bounds({ memoryMiB }: WorkspaceSpec): Promise<string[]> {
  const wrapped: [string, string[]][] = [
    ['setpriv', ['--no-new-privs', '--']],
    ['prlimit', [`--data=${(memoryMiB + ownMiB) * 2 ** 20}`]],
    ['nice', ['-n', '10']],
  ]
  const words: string[] = []
  for (const [program, options] of wrapped) if (await find(program, null)) words.push(program, ...options)
  return words
}

const environment = ({ home, runtime, run }: Places, spec: WorkspaceSpec): NodeJS.ProcessEnv => ({
  LANG: 'C.UTF-8',
  SHELL: '/bin/bash',
  // Libraries that compute take every core there is unless told otherwise.
  OMP_NUM_THREADS: String(spec.cpus),
  ...(spec.accelerator === null && { CUDA_VISIBLE_DEVICES: '' }),
  ...spec.environment,
  PATH: searched().join(':'),
  HOME: home,
  USER: 'workspace',
  LOGNAME: 'workspace',
  JUPYTER_RUNTIME_DIR: runtime,
  JUPYTER_TOKEN: spec.secret,
  [mark]: run,
})
