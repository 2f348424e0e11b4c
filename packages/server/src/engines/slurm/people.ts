import { EngineError, type Person } from '../port.ts'
import type { Agent } from './agent.ts'
import type { SlurmScope } from './share.ts'

/** What somebody is called at the cluster. */
export const userOf = ({ prefix }: SlurmScope, { username }: Person): string => `${prefix ?? ''}${username}`

/**
 * The home of a user: what `HOME` says where an environment has one, `$USER` in it being their name; else what the log agent
 * knows; else `/home/<user>`, for Slurm tells no homes. A job whose folder is missing fails without a word, so it is looked for
 * where there is an agent. `folder` is where the job shall run instead. Errors: `refused` where it is missing.
 */
export async function homeFor(
  agent: Agent | null,
  user: string,
  environment: Record<string, string>,
  folder: string | null,
  signal: AbortSignal,
): Promise<string> {
  const told = environment.HOME?.replaceAll('$USER', user) || (await agent?.home(user, signal)) || `/home/${user}`
  const home = told.replace(/(?<=^\/|[^/])\/+$/, '')
  if (!home.startsWith('/')) throw new EngineError('refused', 'HOME must begin with /.')
  const needed = folder ?? home
  if (agent && !(await agent.exists(user, needed, signal))) {
    const hint = folder === null ? ' Name a working directory, or set HOME.' : ''
    throw new EngineError('refused', `There is no folder ${needed} for ${user} at this cluster.${hint}`)
  }
  return home
}

/** What a job begins with: Slurm gives it nothing of its own. */
export const environmentOf = (user: string, home: string, more: Record<string, string>): Record<string, string> => ({
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin',
  SHELL: '/bin/bash',
  LANG: 'C.UTF-8',
  ...more,
  HOME: home,
  USER: user,
  LOGNAME: user,
})
