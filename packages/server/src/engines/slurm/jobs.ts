import { EngineError, type JobRunner, type Person } from '../port.ts'
import { readHistory, scriptOf } from './accounting.ts'
import type { Agent } from './agent.ts'
import { choicesOf, chosen } from './choices.ts'
import type { Found, Slurm } from './cluster.ts'
import { outputName, outputOf } from './paths.ts'
import { environmentOf, homeFor, userOf } from './people.ts'
import { readMemberships, readPartitions } from './places.ts'
import { presentJob } from './present.ts'
import type { Rest } from './rest.ts'
import { readNodes } from './shapes.ts'
import { type SlurmScope, slurmScope } from './share.ts'
import { isOver } from './states.ts'
import { bodyOf, readSubmitted, type Submission } from './submit.ts'
import { needsBroker, type Tokens } from './tokens.ts'
import { instantOf, numberOf } from './values.ts'

/** Marks what was submitted here. */
export const ours = 'tenantry'
/** slurm_errno.h: no such job, and it is over already. */
const gone = [2017, 2021]
/** Accounts that a question to accounting names at most: beyond, all is asked for, and filtered here. */
const mostNamed = 200

export type Parts = { rest: Rest; slurm: Slurm; tokens: Tokens; agent: Agent | null }

/** Jobs of Slurm's. Everything for a person is asked as that person: Slurm says what they may. */
export function openJobs(parts: Parts): JobRunner {
  const { slurm, agent } = parts
  return {
    choices: (scope, person, signal) => readChoices(parts, slurmScope(scope), person, signal),

    async submit(given, person, job, signal) {
      const scope = slurmScope(given)
      if (job.image !== null) throw new EngineError('refused', 'Jobs of this cluster run without an image.')
      const choices = await readChoices(parts, scope, person, signal)
      const { where, account, qos } = chosen(choices, scope, job)
      const user = userOf(scope, person)
      const home = await homeFor(agent, user, job.environment, job.workingDirectory, signal)
      const folder = job.workingDirectory ?? home
      return submitAs(
        parts,
        user,
        {
          name: job.name,
          comment: ours,
          script: job.script,
          partition: where,
          account,
          qos,
          nodes: job.nodes,
          cpus: job.cpus,
          memoryMiB: job.memoryMiB,
          gpus: job.gpus,
          minutes: job.minutes,
          array: job.array,
          workingDirectory: folder,
          standardOutput: outputName(job.name, job.array !== null),
          environment: environmentOf(user, home, job.environment),
          once: false,
        },
        signal,
      )
    },

    async cancel(given, person, nativeId, signal) {
      const scope = slurmScope(given)
      const { job, kept } = await slurm.find(scope, nativeId, signal)
      if (kept && isOver(job.states)) return
      await cancelAs(parts, person && userOf(scope, person), nativeId, signal)
    },

    async detail(given, nativeId, signal) {
      const found = await slurm.find(slurmScope(given), nativeId, signal)
      const { job, row, kept } = found
      const [standardOutput, standardError] = [
        await fileOf(agent, found, 'stdout', signal),
        await fileOf(agent, found, 'stderr', signal),
      ]
      return {
        workingDirectory: job.workingDirectory || null,
        standardOutput,
        standardError,
        script: kept ? scriptOf({ jobs: [row] }) : null,
        events: eventsOf(row),
      }
    },

    async *output(given, person, { nativeId, stream, from, follow }, signal) {
      const scope = slurmScope(given)
      if (agent === null)
        throw new EngineError('refused', 'To read what jobs write needs a log agent beside the cluster.')
      const found = await slurm.find(scope, nativeId, signal)
      const path = await fileOf(agent, found, stream, signal)
      if (path === null) throw new EngineError('not_found', 'It has written nothing that could be read.')
      yield* agent.read(userOf(scope, person), path, { from, follow }, signal)
    },

    async history(given, since, signal) {
      const scope = slurmScope(given)
      const own = await slurm.own(scope, signal)
      const seconds = Math.floor(since.getTime() / 1000)
      const query = new URLSearchParams({ start_time: `uts${seconds}`, skip_steps: 'true' })
      if (own.size <= mostNamed) query.set('account', [...own].join(','))
      const { body } = await slurm.get('slurmdb', 'jobs', signal, `?${query}`)
      return readHistory({ jobs: body.jobs ?? [] })
        .filter(({ account, states }) => own.has(account) && isOver(states))
        .filter(({ endedAt }) => endedAt !== null && Date.parse(endedAt) >= seconds * 1000)
        .map((job) => presentJob(job, scope, Date.now()))
    },
  }
}

/** Errors: `refused` where somebody is not in yet. */
export async function readChoices({ rest, slurm }: Parts, scope: SlurmScope, person: Person, signal: AbortSignal) {
  const user = userOf(scope, person)
  const cluster = await slurm.name(signal)
  const query = `?${new URLSearchParams({ user, cluster })}`
  const [partitions, nodes, accounts, theirs] = await Promise.all([
    slurm.get('slurm', 'partitions', signal),
    slurm.get('slurm', 'nodes', signal),
    slurm.tree(signal),
    slurm.get('slurmdb', 'associations', signal, query),
  ])
  const grounds = {
    partitions: readPartitions(partitions.body),
    nodes: readNodes(nodes.body),
    accounts,
    memberships: readMemberships({ associations: theirs.body.associations ?? [] }, cluster, user),
    nested: (await rest.version(signal)) >= 40,
  }
  const choices = choicesOf(grounds, scope, slurm.others(scope))
  if (choices.combinations.length > 0) return choices
  if (grounds.memberships.length === 0) {
    throw new EngineError('refused', `At this cluster ${user} is in no account yet: it follows within a minute.`)
  }
  throw new EngineError('refused', `No partition of yours takes jobs of ${user}.`)
}

/** Submits, and answers the number of the job. What was refused is not left in the queue. */
export async function submitAs(parts: Parts, user: string, job: Submission, signal: AbortSignal): Promise<string> {
  if (!parts.tokens.forPeople) throw new EngineError('refused', needsBroker)
  const version = await parts.rest.version(signal)
  const answer = await parts.rest.ask('slurm', '/job/submit', {
    method: 'POST',
    body: bodyOf(job, version),
    as: user,
    signal,
    known: 'all',
  })
  const { id, left } = readSubmitted(answer)
  if (left === null) return id
  // What no partition takes waits for good.
  await cancelAs(parts, user, id, signal)
  throw left
}

/** `user` null: as the platform. Over already is done. */
export async function cancelAs({ rest }: Parts, user: string | null, id: string, signal: AbortSignal): Promise<void> {
  const { errors } = await rest.ask('slurm', `/job/${id}`, { method: 'DELETE', as: user, signal, known: 'all' })
  const wrong = errors.find(({ number }) => number !== 0 && !gone.includes(number))
  if (wrong === undefined) return
  const denied = /permission denied|access/i.test(wrong.text)
  throw new EngineError(
    'refused',
    denied ? 'The cluster does not let you cancel this job.' : 'The cluster did not cancel it.',
    {
      said: wrong.text.slice(0, 300),
    },
  )
}

/** Accounting of older versions does not say where a job wrote to: then it is looked for by the names it would have. */
async function fileOf(
  agent: Agent | null,
  { job, kept }: Found,
  stream: 'stdout' | 'stderr',
  signal: AbortSignal,
): Promise<string | null> {
  if (!kept || job.standardOutput !== '') return outputOf(job, stream)
  if (agent === null) return null
  for (const standardOutput of [outputName(job.name, job.array !== null), '']) {
    const path = outputOf({ ...job, standardOutput }, stream)
    if (path !== null && (await agent.exists(job.user, path, signal).catch(() => false))) return path
  }
  return null
}

const told = [
  ['eligible_time', 'It was free to start.', false],
  ['suspend_time', 'It was suspended.', true],
  ['preempt_time', 'It was preempted.', true],
  ['resize_time', 'Its size was changed.', false],
] as const

function eventsOf(row: Record<string, unknown>) {
  const submitted = numberOf(row.submit_time) ?? 0
  return told.flatMap(([field, text, warning]) => {
    const at = instantOf(row[field])
    const first = field === 'eligible_time' && (numberOf(row[field]) ?? 0) <= submitted
    return at === null || first ? [] : [{ at, text, warning }]
  })
}
