import { posix } from 'node:path'
import { EngineError, type Person, type WorkspaceHost, type WorkspaceReading, type WorkspaceSpec } from '../port.ts'
import type { Agent } from './agent.ts'
import { chosen } from './choices.ts'
import { cancelAs, type Parts, readChoices, submitAs } from './jobs.ts'
import { outputOf } from './paths.ts'
import { environmentOf, homeFor, userOf } from './people.ts'
import { type Job, type Node, readNodes } from './shapes.ts'
import { type SlurmScope, slurmScope } from './share.ts'
import { isOver, jobState } from './states.ts'
import { gpusFor } from './submit.ts'
import { gpuPercentIn, portIn, readingOf } from './workspace-reading.ts'
import { workspaceScript } from './workspace-script.ts'

/** The line that says it is ready stands near the beginning of the log. Bytes. */
const beginning = 256 * 1024
const tail = 64 * 1024
/** Workspaces whose address is remembered: it does not change while the job runs. */
const mostRemembered = 5_000
/** A whole list of jobs is as good as new for this long where it says who else works. Milliseconds. */
const recent = 20_000

type With = { scope: SlurmScope; person: Person; spec: WorkspaceSpec; signal: AbortSignal }

/** `lately`: every job as it was read last, not older than so many milliseconds. */
export function openWorkspaces(
  parts: Parts & { agent: Agent },
  lately: (age: number, signal: AbortSignal) => Promise<readonly Job[]>,
): WorkspaceHost {
  const { rest, slurm, agent } = parts
  const addresses = new Map<string, { host: string; port: number }>()

  /** Jobs that are this workspace and not over; the one that was first is it. Others are left of a start that failed midway. */
  const allLive = async ({ scope, person, spec, signal }: With): Promise<Job[]> => {
    const own = await slurm.own(scope, signal)
    const user = userOf(scope, person)
    return (await slurm.jobs(signal))
      .filter((job) => isOf(job, spec, user, own) && !isOver(job.states))
      .sort((a, b) => Number(a.number) - Number(b.number))
  }
  const byHandle = async ({ scope, person, spec, signal }: With, handle: string | null): Promise<Job | null> => {
    if (handle === null) return null
    const own = await slurm.own(scope, signal)
    try {
      const { job } = await slurm.find(scope, handle, signal)
      return isOf(job, spec, userOf(scope, person), own) ? job : null
    } catch (error) {
      if ((error as EngineError).kind === 'not_found') return null
      throw error
    }
  }
  const live = async (of: With, handle: string | null): Promise<Job | null> => {
    const known = await byHandle(of, handle)
    return known && !isOver(known.states) ? known : ((await allLive(of))[0] ?? null)
  }

  const addressOf = async (job: Job, signal: AbortSignal): Promise<WorkspaceReading['address']> => {
    if (jobState(job.states) !== 'running') return null
    const key = `${job.number} ${job.startedAt}`
    const known = addresses.get(key)
    if (known) return known
    const path = outputOf(job, 'stdout')
    const port = path && portIn((await agent.beginning(job.user, path, beginning, signal)) ?? '', job.number)
    const [name] = job.nodes
    if (!port || name === undefined) return null
    // The log is the person's own, and says nothing of where to connect but a port: the node is what Slurm says it is.
    const { body } = await rest.ask('slurm', `/node/${encodeURIComponent(name)}`, { signal })
    const address = { host: readNodes(body)[0]?.address || name, port }
    if (addresses.size >= mostRemembered) addresses.delete(addresses.keys().next().value as string)
    addresses.set(key, address)
    return address
  }
  const reading = async (job: Job, signal: AbortSignal) => readingOf(job, await addressOf(job, signal))

  const end = async (of: With, handle: string | null): Promise<WorkspaceReading> => {
    const known = await byHandle(of, handle)
    const there = known && !isOver(known.states) ? [known] : await allLive(of)
    const user = userOf(of.scope, of.person)
    for (const job of there) {
      if (jobState(job.states) === 'stopping') continue
      // Who may use the cluster no more may not cancel either: then it is the platform that does.
      await cancelAs(parts, user, job.number, of.signal).catch(() => cancelAs(parts, null, job.number, of.signal))
    }
    const [first] = there
    if (!first) return { ...gone, reason: null }
    return { ...gone, phase: 'stopping', handle: first.number }
  }

  return {
    async start(given, person, spec, handle, signal) {
      const of = { scope: slurmScope(given), person, spec: checked(spec), signal }
      const there = await live(of, handle)
      if (there) return reading(there, signal)
      const number = await submit(parts, of)
      return { ...gone, phase: 'queued', handle: number }
    },
    async read(given, person, spec, handle, signal) {
      const of = { scope: slurmScope(given), person, spec: checked(spec), signal }
      const job = (await byHandle(of, handle)) ?? (await live(of, null))
      return job ? reading(job, signal) : gone
    },
    stop: (given, person, spec, handle, signal) =>
      end({ scope: slurmScope(given), person, spec: checked(spec), signal }, handle),
    async remove(given, person, spec, handle, signal) {
      await end({ scope: slurmScope(given), person, spec: checked(spec), signal }, handle)
    },
    async removeVolume(given, person, volume, signal) {
      const user = userOf(slurmScope(given), person)
      const home = await agent.home(user, signal)
      const folder = posix.join(home ?? `/home/${user}`, 'workspaces', volumeName(volume.name))
      if (!(await agent.exists(user, folder, signal))) return
      throw new EngineError('refused', `It is the folder ${folder} of ${user}: it is deleted there, by its owner.`)
    },
    async use(given, person, spec, handle, signal) {
      const of = { scope: slurmScope(given), person, spec: checked(spec), signal }
      const job = await live(of, handle)
      if (!job) return { gpuPercent: null, children: [] }
      const path = outputOf(job, 'stdout')
      const told = path && (await agent.beginning(job.user, useFile(path, spec), 4_096, signal).catch(() => null))
      const own = await slurm.own(of.scope, signal)
      const children = (await lately(recent, signal)).filter(
        (one) => own.has(one.account) && one.user === job.user && isBegunWithin(one, job),
      )
      return { gpuPercent: gpuPercentIn(told), children: children.map(({ id, name }) => `job ${id} ${name}`) }
    },
    async *logs(given, person, spec, handle, signal) {
      const of = { scope: slurmScope(given), person, spec: checked(spec), signal }
      const job = (await byHandle(of, handle)) ?? (await live(of, null))
      const path = job && outputOf(job, 'stdout')
      if (!job || !path) return
      const decoder = new TextDecoder()
      let rest = ''
      for await (const { bytes } of agent.read(job.user, path, { from: -tail, follow: true }, signal)) {
        const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
        rest = lines.pop() ?? ''
        const text = lines.filter((line) => !line.startsWith('TENANTRY_')).map((line) => `${line}\n`)
        if (text.length > 0) yield text.join('')
      }
    },
  }
}

const gone: WorkspaceReading = { phase: 'missing', reason: null, address: null, handle: null, events: [] }

const isOf = (job: Job, spec: WorkspaceSpec, user: string, own: Set<string>): boolean =>
  job.name === spec.name && job.user === user && own.has(job.account)

const isBegunWithin = (one: Job, workspace: Job): boolean =>
  !isOver(one.states) &&
  one.number !== workspace.number &&
  !/^ws-[a-z0-9]+$/.test(one.name) &&
  (one.submittedAt ?? '') >= (workspace.startedAt ?? workspace.submittedAt ?? '')

function checked(spec: WorkspaceSpec): WorkspaceSpec {
  if (/^[a-z0-9-]{1,63}$/.test(spec.name)) return spec
  throw new EngineError('refused', 'A workspace is named in lower-case letters and digits.')
}

/** As a folder. Errors: `refused`. */
function volumeName(name: string): string {
  if (/^[A-Za-z0-9][\w.-]{0,63}$/.test(name)) return name
  throw new EngineError('refused', 'A volume is named in letters, digits, dots and hyphens.')
}

const useFile = (log: string, { name }: WorkspaceSpec): string => posix.join(posix.dirname(log), `.${name}.use`)

async function submit(parts: Parts, { scope, person, spec, signal }: With): Promise<string> {
  const choices = await readChoices(parts, scope, person, signal)
  const { placement } = spec
  const { where, account, qos } = chosen(choices, scope, placement)
  const user = userOf(scope, person)
  const home = await homeFor(parts.agent, user, spec.environment, null, signal)
  const nodes = await parts.slurm.nodes(signal)
  return submitAs(
    parts,
    user,
    {
      name: spec.name,
      comment: `tenantry workspace ${spec.name}`,
      script: workspaceScript,
      partition: where,
      account,
      qos,
      nodes: 1,
      cpus: spec.cpus,
      memoryMiB: spec.memoryMiB,
      gpus: spec.accelerator && gpusFor(spec.accelerator, nodes, where),
      minutes: placement.minutes,
      array: null,
      workingDirectory: home,
      standardOutput: `.${spec.name}.log`,
      environment: {
        ...environmentOf(user, home, spec.environment),
        JUPYTER_TOKEN: spec.secret,
        TENANTRY_NAME: spec.name,
        TENANTRY_VOLUME: spec.volume ? volumeName(spec.volume.name) : '',
        TENANTRY_COMMAND: spec.command ?? '',
        TENANTRY_DATASETS: spec.datasets.map(({ name, source }) => `${name}\t${source}`).join('\n'),
        TENANTRY_NODES: addressesOf(nodes, where),
      },
      once: true,
    },
    signal,
  )
}

/** Where the nodes of a partition are reached, of those that are not reached by their name. */
const addressesOf = (nodes: readonly Node[], partition: string): string =>
  nodes
    .filter(({ partitions, name, address }) => partitions.includes(partition) && address !== '' && address !== name)
    .slice(0, 2_000)
    .map(({ name, address }) => `${name}=${address}`)
    .join('\n')
