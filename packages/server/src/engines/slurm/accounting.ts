import { countTasks, readMask } from './arrays.ts'
import { readExit } from './exit.ts'
import { expandHosts } from './hostlist.ts'
import { type Job, rowsOf } from './shapes.ts'
import { instantOf, isObject, numberOf, textOf, wordsOf } from './values.ts'

/** Jobs as accounting keeps them: also those that the controller has forgotten. Errors: `garbage`. */
export const readHistory = (answer: unknown): Job[] => rowsOf(answer, 'jobs').map(readRecord)

function readRecord(row: Record<string, unknown>): Job {
  const part = (name: string) => (isObject(row[name]) ? (row[name] as Record<string, unknown>) : {})
  const [array, state, time, required] = [part('array'), part('state'), part('time'), part('required')]
  const states = wordsOf(state.current)
  const number = String(numberOf(row.job_id) ?? '')
  const arrayOf = numberOf(array.job_id) ?? 0
  const task = numberOf(array.task_id)
  const waiting = task === null ? readMask(textOf(array.task)) || null : null
  const tres = part('tres')
  const allocated = amounts(tres.allocated)
  const given = allocated.size > 0 ? allocated : amounts(tres.requested)
  const nodes = /^none assigned$/i.test(textOf(row.nodes)) ? [] : expandHosts(textOf(row.nodes))
  const nodeCount = Math.max(1, numberOf(row.allocation_nodes) ?? nodes.length)
  const exit = readExit(row.exit_code)
  const reason = textOf(state.reason)
  return {
    id: arrayOf > 0 && task !== null ? `${arrayOf}_${task}` : number,
    number,
    array: arrayOf > 0 ? { id: String(arrayOf), task, waiting, waitingCount: countTasks(waiting) } : null,
    name: textOf(row.name),
    user: textOf(row.user),
    account: textOf(row.account),
    partition: textOf(row.partition),
    states,
    reason: reason === '' || reason === 'None' ? null : reason,
    nodes,
    gresDetail: [],
    tresPerNode: '',
    tresPerJob: '',
    tres: [...given].map(([name, count]) => `${name}=${count}`).join(','),
    nodeCount,
    cpus: given.get('cpu') ?? numberOf(required.CPUs) ?? 0,
    memory: (given.get('mem') ?? 0) / nodeCount,
    submittedAt: instantOf(time.submission),
    startedAt: instantOf(time.start),
    endedAt: instantOf(time.end),
    qos: textOf(row.qos),
    timeLimitMinutes: numberOf(time.limit),
    // 22.05 says success with a code of 0 of every job that failed with a code of its own.
    exit: exit.code === 0 && states.includes('FAILED') ? { code: null, signal: null } : exit,
    comment: isObject(row.comment) ? textOf(row.comment.job) : '',
    workingDirectory: textOf(row.working_directory),
    standardOutput: textOf(row.stdout_expanded) || textOf(row.stdout),
    standardError: textOf(row.stderr_expanded) || textOf(row.stderr),
  }
}

/** TRES by name, such as `cpu`, `mem` in MiB, or `gres/gpu:h100`. */
function amounts(list: unknown): Map<string, number> {
  const found = new Map<string, number>()
  for (const one of Array.isArray(list) ? list.filter(isObject) : []) {
    const count = numberOf(one.count)
    const name = textOf(one.name)
    if (count !== null) found.set(name ? `${textOf(one.type)}/${name}` : textOf(one.type), count)
  }
  return found
}

/** The script of a job, where accounting was told to keep it. */
export function scriptOf(answer: unknown): string | null {
  const [row] = rowsOf(answer, 'jobs')
  return textOf(row?.script) || null
}
