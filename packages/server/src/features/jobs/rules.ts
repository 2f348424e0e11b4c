import { type FieldError, isModel, type JobChoices, type NewJob, type Quota } from '@tenantry/contract'

type Place = JobChoices['places'][number]

/** The job with nothing left open that the engine would choose: account and QOS are those of the combination. */
export type Settled = { job: NewJob } | { errors: FieldError[] }

const listed = (names: readonly string[]): string => {
  const some = [...new Set(names)].filter((name) => name !== '')
  return some.length > 8 ? `${some.slice(0, 8).join(', ')} …` : some.join(', ')
}

/** Holds a job against what its person may choose from. */
export function settle(job: NewJob, choices: JobChoices): Settled {
  const wrong = combinationProblem(job, choices) ?? []
  const place = choices.places.find(({ name }) => name === job.where)
  const errors = [...wrong, ...(wrong.length === 0 ? boundsProblems(job, place) : []), ...kindProblems(job, choices)]
  if (errors.length > 0) return { errors }
  const combination = matching(job, choices)
  return { job: { ...job, account: combination?.account || null, qos: combination?.qos || null } }
}

const matching = ({ where, account, qos }: NewJob, { combinations }: JobChoices) =>
  combinations.find(
    (one) => one.where === where && (account === null || one.account === account) && (qos === null || one.qos === qos),
  )

const field = (name: string, detail: string): FieldError => ({ pointer: `/${name}`, code: 'not_available', detail })

function combinationProblem(job: NewJob, choices: JobChoices): FieldError[] | null {
  if (matching(job, choices)) return null
  const { combinations } = choices
  const here = combinations.filter(({ where }) => where === job.where)
  if (here.length === 0) {
    const names = listed(combinations.map(({ where }) => where))
    return [field('where', names === '' ? 'You may submit nowhere on this engine.' : `You may submit to ${names}.`)]
  }
  const withAccount = here.filter(({ account }) => job.account === null || account === job.account)
  if (withAccount.length === 0) {
    const names = listed(here.map(({ account }) => account))
    return [
      field('account', names === '' ? `${job.where} knows no accounts.` : `In ${job.where} you may use ${names}.`),
    ]
  }
  const names = listed(withAccount.map(({ qos }) => qos))
  return [field('qos', names === '' ? `${job.where} knows no QOS.` : `In ${job.where} you may use ${names}.`)]
}

function boundsProblems(job: NewJob, place: Place | undefined): FieldError[] {
  if (!place) return [field('where', `Nothing is known of ${job.where} just now.`)]
  const { name } = place
  const errors: FieldError[] = []
  if (!place.open) errors.push(field('where', `${name} takes no new jobs just now.`))
  const most = (key: keyof NewJob & string, asked: number, there: number | null, unit: string) => {
    if (there !== null && asked > there) errors.push(field(key, `${name} has ${there} ${unit} at most.`))
  }
  most('nodes', job.nodes, place.nodes, place.nodes === 1 ? 'node' : 'nodes')
  most('cpus', job.cpus, place.cpus, 'cores on a node')
  most('memoryMiB', job.memoryMiB, place.memoryMiB, 'MiB of memory on a node')
  if (place.maxMinutes !== null && job.minutes > place.maxMinutes) {
    errors.push(field('minutes', `In ${name} a job may run ${place.maxMinutes} minutes at most.`))
  }
  return [...errors, ...gpuProblems(job, place)]
}

function gpuProblems({ gpus }: NewJob, { name, gpus: there }: Place): FieldError[] {
  if (gpus === null) return []
  const alike = there.filter(({ model }) => gpus.model === '' || model.toLowerCase() === gpus.model.toLowerCase())
  if (alike.length === 0) {
    const models = listed(there.map(({ model }) => model))
    return [field('gpus/model', models === '' ? `${name} has no GPUs.` : `${name} has ${models}.`)]
  }
  const perNode = Math.max(...alike.map((one) => one.perNode))
  if (gpus.count <= perNode) return []
  return [field('gpus/count', `${name} has ${perNode} ${gpus.model ? `${gpus.model} ` : ''}GPUs on a node at most.`)]
}

function kindProblems({ image, array }: NewJob, { needsImage, arrays }: JobChoices): FieldError[] {
  const errors: FieldError[] = []
  if (needsImage && image === null) errors.push(field('image', 'A job runs in a container here: name its image.'))
  if (!needsImage && image !== null) errors.push(field('image', 'This engine runs no containers.'))
  if (!arrays && array !== null) errors.push(field('array', 'This engine knows no arrays.'))
  return errors
}

const gib = (mib: number): number => Math.round((mib / 1024) * 10) / 10

/** Why a job could never start within what the tenant may use of the engine; null: it could. */
export function quotaProblem({ nodes, cpus, memoryMiB, gpus }: NewJob, quota: Quota): string | null {
  const needs = (most: string, asked: string) => `The tenant may use ${most} of this engine, and this needs ${asked}.`
  if (gpus !== null && quota.gpus.length > 0) {
    const asked = gpus.count * nodes
    const limits = gpus.model === '' ? quota.gpus : quota.gpus.filter(({ model }) => isModel(model, gpus.model))
    // Of whichever model: no more than of all of them together. Of one that is limited under several names: the least.
    const counts = limits.map(({ count }) => count)
    const most = gpus.model === '' ? counts.reduce((sum, count) => sum + count, 0) : Math.min(...counts)
    if (asked > most) return needs(`${most} ${gpus.model ? `${gpus.model} ` : ''}GPUs`, `${asked}`)
  }
  if (quota.cpus !== null && cpus * nodes > quota.cpus) return needs(`${quota.cpus} cores`, `${cpus * nodes}`)
  if (quota.memoryMiB !== null && memoryMiB * nodes > quota.memoryMiB) {
    return needs(`${gib(quota.memoryMiB)} GiB of memory`, `${gib(memoryMiB * nodes)}`)
  }
  return null
}

/** How many tasks the numbers of an array name, such as `0-9:2,20%3`. */
export function tasksOf(array: string): number {
  return (array.split('%')[0] ?? '').split(',').reduce((sum, part) => {
    const [, from, to = from, step] = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/.exec(part) ?? []
    return sum + Math.max(0, Math.floor((Number(to) - Number(from)) / Math.max(1, Number(step ?? 1))) + 1)
  }, 0)
}
