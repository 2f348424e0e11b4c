import type { EngineCredential, Scope } from '@tenantry/contract'
import type { Http } from '../http.ts'
import { type Engine, EngineError, type Share } from '../port.ts'
import { carryThrough } from './access.ts'
import { openRest } from './rest.ts'
import { type Account, readAccounts, readJobs, readNodes } from './shapes.ts'
import { type SlurmScope, shareOf } from './share.ts'
import { textOf } from './values.ts'

/** Accounts change rarely: they are read this often. Milliseconds. */
const accountsReadEvery = 15_000

/** Slurm through slurmrestd, which serves everything to any token: what is a tenant's is picked out in share.ts. */
export function openSlurm(http: Http, credential: EngineCredential): Engine {
  const rest = openRest(http, credential)
  let accounts: { read: number; list: Account[] } | null = null
  let cluster: string | null = null
  let last: { of: string[]; shares: Share[] } | null = null

  const get = async (plugin: 'slurm' | 'slurmdb', name: string, signal: AbortSignal) => {
    const slash = (await rest.version(signal)) >= 40 ? '/' : ''
    return rest.ask(plugin, `/${name}${slash}`, { signal })
  }
  const list = async (...asked: Parameters<typeof get>) => (await get(...asked)).body

  const readTree = async (signal: AbortSignal): Promise<Account[]> => {
    if (accounts && performance.now() - accounts.read < accountsReadEvery) return accounts.list
    accounts = { read: performance.now(), list: readAccounts(await list('slurmdb', 'associations', signal)) }
    return accounts.list
  }

  /** Of which cluster this slurmrestd is. */
  const clusterName = async (signal: AbortSignal): Promise<string> => {
    if (cluster !== null) return cluster
    const { clusters } = await list('slurmdb', 'clusters', signal)
    const [only, ...more] = Array.isArray(clusters) ? (clusters as Record<string, unknown>[]) : []
    const { meta } = await list('slurm', 'ping', signal)
    const named = textOf((meta as Record<string, Record<string, unknown>> | undefined)?.slurm?.cluster)
    cluster = named || (more.length === 0 ? textOf(only?.name) : '')
    if (cluster === '') throw new EngineError('garbage', 'It does not say which cluster it is.')
    return cluster
  }

  return {
    async probe(signal) {
      const version = await rest.version(signal)
      const { meta, pings } = await list('slurm', 'ping', signal)
      // 24.11 answers so, with success, where a token is not taken.
      const answers = Array.isArray(pings) ? (pings as Record<string, unknown>[]) : []
      if (answers.length > 0 && !answers.some(({ ping, pinged }) => textOf(ping ?? pinged) === 'UP')) {
        throw new EngineError('unreachable', 'Its controller does not answer, or does not take our token.')
      }
      const { Slurm, slurm = Slurm } = (meta ?? {}) as Record<string, Record<string, unknown>>
      await list('slurmdb', 'clusters', signal)
      return {
        version: `Slurm ${textOf(slurm?.release) || 'of unknown version'}`,
        api: `v0.0.${version}`,
        capabilities: ['jobs', 'access'],
      }
    },
    async snapshot(scopes, signal) {
      const own = scopes.map(slurmScope)
      const [nodes, jobs, tree] = await Promise.all([
        get('slurm', 'nodes', signal),
        get('slurm', 'jobs', signal),
        readTree(signal),
      ])
      const of = [nodes.text, jobs.text, JSON.stringify(tree), JSON.stringify(own)]
      // The same answer is the same reading: whoever keeps it sees at a glance that nothing is new.
      if (!last || of.some((text, index) => text !== last?.of[index])) {
        const read = { nodes: readNodes(nodes.body), jobs: readJobs(jobs.body), accounts: tree }
        last = { of, shares: own.map((scope) => shareOf(read, scope, own)) }
      }
      return last.shares
    },
    carryThrough: async (scope, person, signal) =>
      carryThrough(rest, await clusterName(signal), slurmScope(scope), person, signal),
    close: () => http.close(),
  }
}

function slurmScope(scope: Scope): SlurmScope {
  if (scope.kind !== 'slurm') throw new EngineError('refused', 'This is no part of Slurm.')
  return scope
}
