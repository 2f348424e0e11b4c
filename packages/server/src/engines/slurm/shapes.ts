import { EngineError } from '../port.ts'
import { countTasks } from './arrays.ts'
import { type Exit, readExit } from './exit.ts'
import { expandHosts } from './hostlist.ts'
import { instantOf, isObject, numberOf, textOf, wordsOf } from './values.ts'

/** The one shape that everything else here works with, whichever version was spoken. Memory is in MiB. */
export type Node = {
  name: string
  states: string[]
  cpus: number
  allocatedCpus: number
  memory: number
  allocatedMemory: number
  gres: string
  gresUsed: string
  partitions: string[]
  reason: string | null
  /** Where it is reached: a name or an IP address. */
  address: string
}

export type Job = {
  id: string
  /** Slurm's own number, which a task of an array has as well. */
  number: string
  array: { id: string; task: number | null; waiting: string | null; waitingCount: number } | null
  name: string
  user: string
  account: string
  partition: string
  states: string[]
  reason: string | null
  /** Where it runs; empty while it does not. */
  nodes: string[]
  /** What it holds on each of `nodes`. */
  gresDetail: string[]
  /** What it asked for, where it holds nothing yet. */
  tresPerNode: string
  tresPerJob: string
  nodeCount: number
  cpus: number
  /** On each node. */
  memory: number
  submittedAt: string | null
  /** While it waits, when it is thought to start. */
  startedAt: string | null
  /** While it runs, when its time is over. */
  endedAt: string | null
  qos: string
  timeLimitMinutes: number | null
  exit: Exit
  comment: string
  /** Of what it holds, or, before, asked for, as TRES. It may leave GPUs out. */
  tres: string
  workingDirectory: string
  /** As it was given, with patterns; empty where nothing was. */
  standardOutput: string
  standardError: string
}

/** An account and the one it is below; null for the root. */
export type Account = { name: string; parent: string | null }

/** By hand: a schema over tens of thousands of rows costs more than all the rest of a reading. Errors: `garbage`. */
export function rowsOf(answer: unknown, key: string): Record<string, unknown>[] {
  const rows = isObject(answer) ? answer[key] : undefined
  if (!Array.isArray(rows) || !rows.every(isObject)) {
    throw new EngineError('garbage', `It answered without a list of ${key}.`)
  }
  return rows
}

export const readNodes = (answer: unknown): Node[] =>
  rowsOf(answer, 'nodes').map((row) => ({
    name: textOf(row.name),
    states: wordsOf(row.state, row.state_flags),
    cpus: numberOf(row.cpus) ?? 0,
    allocatedCpus: numberOf(row.alloc_cpus) ?? 0,
    memory: numberOf(row.real_memory) ?? 0,
    allocatedMemory: numberOf(row.alloc_memory) ?? 0,
    gres: textOf(row.gres),
    gresUsed: textOf(row.gres_used),
    partitions: Array.isArray(row.partitions) ? row.partitions.map(textOf) : [],
    reason: textOf(row.reason).trim() || null,
    address: textOf(row.address),
  }))

export const readJobs = (answer: unknown): Job[] => rowsOf(answer, 'jobs').map(readJob)

function readJob(row: Record<string, unknown>): Job {
  const nodes = typeof row.nodes === 'string' ? expandHosts(row.nodes) : []
  const nodeCount = Math.max(1, numberOf(row.node_count) ?? nodes.length)
  const cpus = numberOf(row.cpus) ?? 0
  const perCpu = numberOf(row.memory_per_cpu)
  const perNode = numberOf(row.memory_per_node)
  const task = numberOf(row.array_task_id)
  const arrayOf = numberOf(row.array_job_id) ?? 0
  const reason = textOf(row.state_reason)
  const waiting = textOf(row.array_task_string) || null
  const number = String(numberOf(row.job_id) ?? '')
  return {
    // 0 says that it is no part of an array, though it is set.
    id: arrayOf > 0 && task !== null ? `${arrayOf}_${task}` : number,
    number,
    array:
      arrayOf > 0
        ? {
            id: String(arrayOf),
            task,
            waiting: task === null ? waiting : null,
            waitingCount: task === null ? countTasks(waiting) : 0,
          }
        : null,
    name: textOf(row.name),
    user: textOf(row.user_name),
    account: textOf(row.account),
    partition: textOf(row.partition),
    states: wordsOf(row.job_state),
    reason: reason === '' || reason === 'None' ? null : reason,
    nodes,
    gresDetail: Array.isArray(row.gres_detail) ? row.gres_detail.map(textOf) : [],
    tresPerNode: textOf(row.tres_per_node),
    tresPerJob: textOf(row.tres_per_job),
    nodeCount,
    cpus,
    memory: perNode ?? (perCpu === null ? 0 : (perCpu * cpus) / nodeCount),
    submittedAt: instantOf(row.submit_time),
    startedAt: instantOf(row.start_time),
    endedAt: instantOf(row.end_time),
    qos: textOf(row.qos),
    timeLimitMinutes: numberOf(row.time_limit),
    exit: readExit(row.exit_code),
    comment: textOf(row.comment),
    tres: textOf(row.tres_alloc_str) || textOf(row.tres_req_str),
    workingDirectory: textOf(row.current_working_directory),
    standardOutput: textOf(row.stdout_expanded) || textOf(row.standard_output),
    standardError: textOf(row.stderr_expanded) || textOf(row.standard_error),
  }
}

/** Of associations: those of accounts, which have no user. */
export const readAccounts = (answer: unknown): Account[] =>
  rowsOf(answer, 'associations')
    .filter(({ user }) => textOf(user) === '')
    .map((row) => ({ name: textOf(row.account), parent: textOf(row.parent_account) || null }))

/** Every account below `roots`, and they themselves; not what is below any of `others`, which is somebody else's. */
export function subtree(
  accounts: readonly Account[],
  roots: readonly string[],
  others: readonly string[],
): Set<string> {
  const below = new Map<string, string[]>()
  for (const { name, parent } of accounts) {
    if (parent !== null) below.set(parent, [...(below.get(parent) ?? []), name])
  }
  const found = new Set<string>()
  const foreign = new Set(others.filter((name) => !roots.includes(name)))
  const walk = (name: string) => {
    if (found.has(name) || foreign.has(name)) return
    found.add(name)
    for (const child of below.get(name) ?? []) walk(child)
  }
  for (const root of roots) walk(root)
  return found
}
