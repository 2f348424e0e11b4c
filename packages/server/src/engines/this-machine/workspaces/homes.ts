import { execFile } from 'node:child_process'
import { chmod, mkdir, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { asUser, giveTo, type RunAs } from '../../../platform/processes/run-as.ts'
import { EngineError, type WorkspaceSpec } from '../../port.ts'
import { insistOnWay, newOwner, ownerOf } from './owners.ts'
import type { Places } from './places.ts'

const run = promisify(execFile)

/** A folder of ours that others may pass through, whatever the umask. */
export async function ourFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true })
  await chmod(path, 0o711)
}

/** Makes the home and what Jupyter needs while it runs, where they are missing. Answers whose they are. */
export async function makeHome(folder: string, { home, run: ours, runtime }: Places): Promise<RunAs> {
  for (const path of [folder, dirname(home), ours]) await ourFolder(path)
  const owner = (await ownerOf(home)) ?? (await newOwner(folder, home))
  await insistOnWay(folder, owner)
  for (const path of [home, runtime]) {
    await mkdir(path, { recursive: true })
    await chmod(path, 0o700)
    await giveTo(path, owner)
  }
  return owner
}

/**
 * Data sets stand in the home as links below `datasets`. Made as the owner: in a home, a path leads where its owner wants.
 */
export async function linkDatasets(home: string, datasets: WorkspaceSpec['datasets'], owner: RunAs): Promise<void> {
  if (datasets.length === 0) return
  for (const { name, source } of datasets) {
    if (!/^[a-z0-9][a-z0-9-]*$/.test(name) || !source.startsWith('/'))
      throw new EngineError('refused', `The data set ${name} is not a folder of this machine.`)
    const found = await stat(source).catch(() => null)
    if (!found?.isDirectory()) throw new EngineError('refused', `The folder of the data set ${name} is not there.`)
  }
  const links = datasets.flatMap(({ name, source }) => [source, join('datasets', name)])
  const script = 'mkdir -p datasets && while [ $# -gt 0 ]; do ln -sfnT -- "$1" "$2" || exit; shift 2; done'
  await inHome(home, owner, script, links).catch((error) => {
    throw new EngineError('refused', 'The data sets could not be linked into the home.', { cause: error })
  })
}

/** Removes a folder that its owner could write to, as the owner: a link in it leads nobody astray. Gone already is done. */
export async function removeOwned(path: string): Promise<void> {
  if ((await stat(path).catch(() => null)) === null) return
  // What an administrator put there has another owner, whose mode stays; that it goes is for the folder’s owner to say.
  await inHome(path, await ownerOf(path), 'chmod -R u+rwX . 2>/dev/null; find . -mindepth 1 -delete', [])
  await rmdir(path)
}

async function inHome(home: string, owner: RunAs, script: string, words: string[]): Promise<void> {
  const { file, args, identity } = asUser(owner, ['sh', '-c', `cd "$0" || exit; ${script}`, home, ...words])
  const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' }
  await run(file, args, { cwd: '/', env, ...identity })
}
