import type { Accelerator, GpuRequest } from '@tenantry/contract'
import { EngineError } from '../port.ts'
import { gpusOf, readModel } from './gres.ts'
import type { Answer, RestVersion } from './rest.ts'
import type { Node } from './shapes.ts'

/** What is submitted, whichever version is spoken. Amounts are of each node, memory in MiB. */
export type Submission = {
  name: string
  comment: string
  script: string
  partition: string
  account: string
  qos: string
  nodes: number
  cpus: number
  memoryMiB: number
  gpus: GpuRequest | null
  minutes: number | null
  array: string | null
  workingDirectory: string
  standardOutput: string
  environment: Record<string, string>
  /** Waits until those of the same name and user are over; and is not run again where its node fails. */
  once: boolean
}

/** The body of a submission. v0.0.38 takes plain numbers and `gres`; from v0.0.40 on numbers are wrapped, and GPUs are TRES. */
export function bodyOf(job: Submission, version: RestVersion): Record<string, unknown> {
  const recent = version >= 40
  const number = (value: number) => (recent ? { set: true, infinite: false, number: value } : value)
  const gpus = job.gpus && `gpu${job.gpus.model === '' ? '' : `:${typeOf(job.gpus.model)}`}:${job.gpus.count}`
  const environment = recent
    ? Object.entries(job.environment).map(([name, value]) => `${name}=${value}`)
    : job.environment
  return {
    ...(!recent && { script: job.script }),
    job: {
      name: job.name,
      comment: job.comment,
      partition: job.partition,
      ...(job.account !== '' && { account: job.account }),
      ...(job.qos !== '' && { qos: job.qos }),
      nodes: recent ? `${job.nodes}` : [job.nodes, job.nodes],
      tasks: job.nodes,
      tasks_per_node: 1,
      cpus_per_task: job.cpus,
      memory_per_node: number(job.memoryMiB),
      ...(job.minutes !== null && { time_limit: number(job.minutes) }),
      ...(gpus && (recent ? { tres_per_node: `gres/${gpus}` } : { gres: gpus })),
      ...(job.array !== null && { array: job.array }),
      ...(job.once && { dependency: 'singleton', requeue: false }),
      current_working_directory: job.workingDirectory,
      standard_output: job.standardOutput,
      environment,
      ...(recent && { script: job.script }),
    },
  }
}

/** A type as gres.conf(5) has them: anything else would be read as something more. Errors: `refused`. */
function typeOf(model: string): string {
  if (/^[\w.+-]{1,60}$/.test(model)) return model
  throw new EngineError('refused', `There are no GPUs of the model ${model.slice(0, 60)} here.`)
}

/** What an accelerator is called at this cluster: the type of GPUs, or of slices, on nodes of a partition. Errors: `refused`. */
export function gpusFor(accelerator: Accelerator, nodes: readonly Node[], partition: string): GpuRequest {
  const types = new Set(
    nodes.filter(({ partitions }) => partitions.includes(partition)).flatMap(({ gres }) => [...gpusOf(gres).keys()]),
  )
  const profile = accelerator.kind === 'mig' ? accelerator.profile.replace('+', '.') : null
  const wanted = accelerator.model.toLowerCase()
  const fits = [...types].filter((type) => (readModel(type).profile?.replace('+', '.') ?? null) === profile)
  const named = (type: string) => readModel(type).model.toLowerCase()
  const found =
    fits.find((type) => named(type) === wanted || type.toLowerCase() === wanted) ??
    fits.find((type) => named(type).includes(wanted) || wanted.includes(named(type)))
  if (found !== undefined) return { model: found, count: accelerator.count }
  const what = profile === null ? `${accelerator.model} GPUs` : `slices ${profile} of ${accelerator.model}`
  throw new EngineError('refused', `The partition ${partition} has no ${what}.`)
}

/** What was submitted, by its number. Errors: `refused`, with the reason in words; `left`: it is in the queue all the same. */
export function readSubmitted(answer: Answer): { id: string; left: EngineError | null } {
  const { body, errors } = answer
  const result = (typeof body.result === 'object' && body.result !== null ? body.result : {}) as Record<string, unknown>
  const id = Number(body.job_id ?? result.job_id ?? 0)
  const wrong = errors.find(({ number, text }) => number !== 0 || text !== '')
  if (wrong === undefined && id > 0) return { id: String(id), left: null }
  const message = String(body.job_submit_user_msg ?? result.job_submit_user_msg ?? '').trim()
  const failed = refusalOf(wrong?.text ?? '', message)
  if (id > 0) return { id: String(id), left: failed }
  throw failed
}

/** Slurm's words for a refusal (slurm_errno.c), and ours. */
const sentences: [RegExp, string][] = [
  [/account\/partition|invalid account/i, 'This account cannot be used in this partition.'],
  [/invalid partition/i, 'There is no such partition.'],
  [/partition not available|inactive or drain/i, 'The partition takes no new jobs just now.'],
  [
    /partition configuration not available/i,
    'The partition does not take this: the account, the time or the nodes are not permitted there.',
  ],
  [
    /node configuration is not available/i,
    'No node of the partition has that many CPUs, that much memory, or those GPUs.',
  ],
  [/invalid qos/i, 'This QOS cannot be used here.'],
  [/qos not permitted|QOS.*permission/i, 'This QOS is not permitted.'],
  [/QOSMaxSubmitJob|AssocMaxSubmitJob|MaxSubmit/i, 'You have as many jobs here as you may have at once.'],
  [
    /violates accounting\/QOS policy/i,
    'It goes beyond a limit of the cluster: how many jobs you may have, or how large or long one may be.',
  ],
  [/time limit/i, 'The time it asks for is longer than is permitted here.'],
  [/invalid (job )?array/i, 'The cluster does not take this array.'],
  [/more processors|cpu count|too many (tasks|cpus)/i, 'It asks for more CPUs than are permitted.'],
  [/memory/i, 'It asks for more memory than there is.'],
  [/gres|generic resource/i, 'There are no such GPUs in this partition.'],
  [/access\/permission denied|user.*not permitted/i, 'The cluster does not let you.'],
]

/** A refusal of a job: our sentence, and what the cluster says itself. */
function refusalOf(text: string, message: string): EngineError {
  const [, told] = sentences.find(([pattern]) => pattern.test(text.slice(0, 1000))) ?? [
    null,
    'The cluster does not take this job.',
  ]
  const own = [text, message]
    .map((part) => part.replace(/[^\x20-\x7e]+/g, ' ').trim())
    .filter(Boolean)
    .join('. ')
    .slice(0, 300)
  return new EngineError('refused', own ? `${told} It says: ${own}` : told, { said: own })
}
