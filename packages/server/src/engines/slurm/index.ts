import type { Http } from '../http.ts'
import { type Engine, EngineError, type Opening, type Share } from '../port.ts'
import { carryThrough } from './access.ts'
import { openAgent } from './agent.ts'
import { openCluster } from './cluster.ts'
import { openJobs } from './jobs.ts'
import { openRest } from './rest.ts'
import { type Job, readJobs, readNodes } from './shapes.ts'
import { shareOf, slurmScope } from './share.ts'
import { openTokens } from './tokens.ts'
import { textOf } from './values.ts'
import { openWorkspaces } from './workspaces.ts'

/** Slurm through slurmrestd, which serves everything to any token: what is a tenant's is picked out in share.ts. */
export function openSlurm(opening: Pick<Opening, 'credential' | 'ca' | 'allowed'>, http: Http): Engine {
  const tokens = openTokens(opening)
  const agent = openAgent(opening)
  const rest = openRest(http, tokens)
  const slurm = openCluster(rest)
  const parts = { rest, slurm, tokens, agent }
  let last: { of: string[]; shares: Share[] } | null = null
  let lately: { at: number; jobs: readonly Job[] } | null = null

  const jobsLately = async (age: number, signal: AbortSignal): Promise<readonly Job[]> => {
    if (lately && performance.now() - lately.at <= age) return lately.jobs
    lately = { at: performance.now(), jobs: await slurm.jobs(signal) }
    return lately.jobs
  }

  return {
    async probe(signal) {
      const version = await rest.version(signal)
      const { meta, pings } = (await slurm.get('slurm', 'ping', signal)).body
      // 24.11 answers so, with success, where a token is not taken.
      const answers = Array.isArray(pings) ? (pings as Record<string, unknown>[]) : []
      if (answers.length > 0 && !answers.some(({ ping, pinged }) => textOf(ping ?? pinged) === 'UP')) {
        throw new EngineError('unreachable', 'Its controller does not answer, or does not take our token.')
      }
      const { Slurm, slurm: named = Slurm } = (meta ?? {}) as Record<string, Record<string, unknown>>
      await slurm.get('slurmdb', 'clusters', signal)
      return {
        version: `Slurm ${textOf(named?.release) || 'of unknown version'}`,
        api: `v0.0.${version}`,
        capabilities: [
          ...['jobs', 'access'],
          ...(tokens.forPeople ? ['submit'] : []),
          ...(agent ? ['output'] : []),
          ...(tokens.forPeople && agent ? ['workspaces'] : []),
        ],
      }
    },
    async snapshot(scopes, signal) {
      const own = scopes.map(slurmScope)
      slurm.know(own)
      const [nodes, jobs, tree] = await Promise.all([
        slurm.get('slurm', 'nodes', signal),
        slurm.get('slurm', 'jobs', signal),
        slurm.tree(signal),
      ])
      const of = [nodes.text, jobs.text, JSON.stringify(tree), JSON.stringify(own)]
      // The same answer is the same reading: whoever keeps it sees at a glance that nothing is new.
      if (!last || of.some((text, index) => text !== last?.of[index])) {
        const read = { nodes: readNodes(nodes.body), jobs: readJobs(jobs.body), accounts: tree }
        last = { of, shares: own.map((scope) => shareOf(read, scope, own)) }
        lately = { at: performance.now(), jobs: read.jobs }
      } else if (lately) lately.at = performance.now()
      return last.shares
    },
    carryThrough: async (scope, person, signal) =>
      carryThrough(rest, await slurm.name(signal), slurmScope(scope), person, signal),
    jobs: openJobs(parts),
    ...(tokens.forPeople && agent && { workspaces: openWorkspaces({ ...parts, agent }, jobsLately) }),
    close() {
      http.close()
      tokens.close()
      agent?.close()
    },
  }
}
