import { EngineError } from '../port.ts'
import { readHistory } from './accounting.ts'
import type { Answer, Rest } from './rest.ts'
import { type Account, type Job, type Node, readAccounts, readJobs, readNodes, subtree } from './shapes.ts'
import type { SlurmScope } from './share.ts'
import { textOf } from './values.ts'

/** Accounts change rarely: they are read this often. Milliseconds. */
const accountsReadEvery = 15_000
const nothingFound = 9003
/** Of a number that is none of a job, and of a task that has not begun. */
const noSuchJob = [2017, 9002]

/** A job as it was found, with all that was said of it. `kept`: by accounting alone, the controller has forgotten it. */
export type Found = { job: Job; row: Record<string, unknown>; kept: boolean }

/** One cluster, as several parts of the connector read it. */
export type Slurm = {
  /** `query` begins with a question mark, or is empty. */
  get(plugin: 'slurm' | 'slurmdb', name: string, signal: AbortSignal, query?: string): Promise<Answer>
  tree(signal: AbortSignal): Promise<Account[]>
  /** Of which cluster this slurmrestd is. */
  name(signal: AbortSignal): Promise<string>
  nodes(signal: AbortSignal): Promise<Node[]>
  jobs(signal: AbortSignal): Promise<Job[]>
  /** The accounts of a scope with those below, without what is below them and somebody else's. */
  own(scope: SlurmScope, signal: AbortSignal): Promise<Set<string>>
  /** Accounts of every other scope that is known of. */
  others(scope: SlurmScope): string[]
  know(scopes: readonly SlurmScope[]): void
  /** A job, an array, or a task of one, of the accounts of a scope. Errors: `not_found`. */
  find(scope: SlurmScope, nativeId: string, signal: AbortSignal): Promise<Found>
}

export function openCluster(rest: Rest): Slurm {
  let accounts: { read: number; list: Account[] } | null = null
  let named: string | null = null
  let scopes: readonly SlurmScope[] = []

  const get: Slurm['get'] = async (plugin, name, signal, query = '') => {
    const slash = (await rest.version(signal)) >= 40 ? '/' : ''
    return rest.ask(plugin, `/${name}${slash}${query}`, { signal, known: [nothingFound] })
  }
  const tree = async (signal: AbortSignal): Promise<Account[]> => {
    if (accounts && performance.now() - accounts.read < accountsReadEvery) return accounts.list
    accounts = { read: performance.now(), list: readAccounts((await get('slurmdb', 'associations', signal)).body) }
    return accounts.list
  }
  const others = (scope: SlurmScope) =>
    scopes.flatMap((one) => (one.accounts.join() === scope.accounts.join() ? [] : one.accounts))
  const own = async (scope: SlurmScope, signal: AbortSignal) =>
    subtree(await tree(signal), scope.accounts, others(scope))

  const live = async (id: string, signal: AbortSignal): Promise<Found[]> => {
    const { body } = await rest.ask('slurm', `/job/${id}`, { signal, known: noSuchJob })
    const rows = Array.isArray(body.jobs) ? (body.jobs as Record<string, unknown>[]) : []
    // A task that has not begun is a part of its array, and nothing that could be asked for.
    if (rows.length === 0 && id.includes('_')) return live(id.split('_')[0] as string, signal)
    return readJobs({ jobs: rows }).map((job, index) => ({ job, row: rows[index] ?? {}, kept: false }))
  }
  const kept = async (id: string, signal: AbortSignal): Promise<Found[]> => {
    const { body, errors } = await rest.ask('slurmdb', `/job/${id}`, { signal, known: [nothingFound] })
    if (errors.length > 0 || !Array.isArray(body.jobs)) return []
    const rows = body.jobs as Record<string, unknown>[]
    return readHistory(body).map((job, index) => ({ job, row: rows[index] ?? {}, kept: true }))
  }

  return {
    get,
    tree,
    own,
    others,
    async name(signal) {
      if (named !== null) return named
      const { clusters } = (await get('slurmdb', 'clusters', signal)).body
      const [only, ...more] = Array.isArray(clusters) ? (clusters as Record<string, unknown>[]) : []
      const { meta } = (await get('slurm', 'ping', signal)).body
      const told = textOf((meta as Record<string, Record<string, unknown>> | undefined)?.slurm?.cluster)
      named = told || (more.length === 0 ? textOf(only?.name) : '') || null
      if (named === null) throw new EngineError('garbage', 'It does not say which cluster it is.')
      return named
    },
    nodes: async (signal) => readNodes((await get('slurm', 'nodes', signal)).body),
    jobs: async (signal) => readJobs((await get('slurm', 'jobs', signal)).body),
    know(all) {
      scopes = all
    },
    async find(scope, nativeId, signal) {
      if (!/^\d{1,10}(_\d{1,10})?$/.test(nativeId)) throw noJob()
      const mine = await own(scope, signal)
      const [array] = nativeId.split('_')
      for (const look of [live, kept]) {
        const found = (await look(nativeId, signal)).filter(({ job }) => mine.has(job.account))
        // What of an array has not begun is one record, its own.
        const one =
          found.find(({ job }) => job.id === nativeId) ??
          found.find(({ job }) => job.id === array) ??
          found.find(({ job }) => job.array?.id === nativeId)
        if (one) return one
      }
      throw noJob()
    },
  }
}

const noJob = () => new EngineError('not_found', 'There is no such job.')
