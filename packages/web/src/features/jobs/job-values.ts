import { formatMemory, formatNumber } from '../../app/format.ts'
import { i18n } from '../../app/i18n.ts'
import { readMemory, typeMemory } from '../../app/memory.ts'
import { readArray } from './array-text.ts'
import { choosePlace } from './choose-place.ts'
import { formatDuration, formatHours, readHours } from './durations.ts'
import type { JobChoices, NewJob, NewJobInput, OfferedEngine } from './offers.ts'
import { templateIn, templateOf } from './script-templates.ts'
import './messages.ts'

export type Variable = { key: number; name: string; value: string }
/** What is typed. A number is a text while it is none yet. */
export type JobValues = {
  name: string
  engineId: string
  where: string
  account: string
  qos: string
  /** `none`, `any`, or a model. */
  gpuModel: string
  gpuCount: number | string
  nodes: number | string
  cpus: number | string
  /** As it is typed: `16 GiB`. */
  memory: string
  time: string
  array: string
  script: string
  workingDirectory: string
  environment: Variable[]
  image: string
}
export type JobField = keyof JobValues
export type Place = JobChoices['places'][number]

export const noJob: JobValues = {
  ...{ name: '', engineId: '', where: '', account: '', qos: '', gpuModel: 'none', gpuCount: 1, nodes: 1, cpus: 1 },
  ...{ memory: '4 GiB', time: '1:00', array: '', script: '', workingDirectory: '', environment: [], image: '' },
}

export const offerOf = (offers: readonly OfferedEngine[], engineId: string): OfferedEngine | undefined =>
  offers.find((one) => one.engineId === engineId)
export const placeOf = (choices: JobChoices | null | undefined, where: string): Place | undefined =>
  choices?.places.find(({ name }) => name === where)

/** The same on an engine, as far as it can be had there: the rest as the engine proposes it. */
export function onEngine(values: JobValues, offer: OfferedEngine | undefined): JobValues {
  const choices = offer?.choices
  if (!offer || !choices) return { ...values, engineId: offer?.engineId ?? '' }
  const { place } = choosePlace(choices.combinations, values, {})
  const found = placeOf(choices, place.where)
  const { gpuModel } = values
  const models = found?.gpus.map(({ model }) => model) ?? []
  const template = templateIn(values.script)
  const known = gpuModel === 'none' || (gpuModel === 'any' && models.length > 0) || models.includes(gpuModel)
  return {
    ...values,
    ...place,
    engineId: offer.engineId,
    gpuModel: known ? gpuModel : (models[0] ?? 'none'),
    // A script that is nobody’s own yet speaks of the engine that it is for.
    script: template === null ? values.script : templateOf(template, offer.engineKind).script,
  }
}

/** To begin with: one GPU where there are any, an hour. */
export function firstValues(offers: readonly OfferedEngine[]): JobValues {
  const offer = offers.find(({ choices }) => choices !== null)
  const place = placeOf(offer?.choices, offer?.choices?.combinations[0]?.where ?? '')
  return onEngine(
    {
      ...noJob,
      name: templateOf('gpu', undefined).name,
      gpuModel: place?.gpus[0]?.model ?? 'none',
      cpus: Math.min(4, place?.cpus ?? 1),
      memory: typeMemory(Math.min(16_384, quarters(place?.memoryMiB ?? 4096))),
      time: formatHours(Math.min(place?.defaultMinutes ?? 60, place?.maxMinutes ?? 60)),
    },
    offer,
  )
}

/** In quarters of a GiB, which are written shortly. */
const quarters = (mebibytes: number): number => Math.max(256, Math.floor(mebibytes / 256) * 256)

/** What was submitted, to be changed and submitted again. */
export const valuesOf = (job: NewJob): JobValues => ({
  ...{ name: job.name, engineId: job.engineId, where: job.where, script: job.script },
  ...{ account: job.account ?? '', qos: job.qos ?? '', array: job.array ?? '', image: job.image ?? '' },
  ...{ nodes: job.nodes, cpus: job.cpus, memory: typeMemory(job.memoryMiB) },
  ...{ gpuModel: job.gpus === null ? 'none' : job.gpus.model || 'any', gpuCount: job.gpus?.count ?? 1 },
  ...{ time: formatHours(job.minutes), workingDirectory: job.workingDirectory ?? '' },
  environment: Object.entries(job.environment).map(([name, value], key) => ({ key, name, value })),
})

/** As the server takes it. */
export function newJobOf(values: JobValues): NewJobInput {
  const text = (value: string) => value.trim() || null
  return {
    ...{ engineId: values.engineId, name: values.name.trim(), script: values.script.replace(/\r\n?/g, '\n') },
    ...{ where: values.where, account: values.account || null, qos: values.qos || null },
    ...{ nodes: Number(values.nodes), cpus: Number(values.cpus) },
    memoryMiB: readMemory(values.memory) ?? 0,
    gpus:
      values.gpuModel === 'none'
        ? null
        : { model: values.gpuModel === 'any' ? '' : values.gpuModel, count: Number(values.gpuCount) },
    minutes: readHours(values.time) ?? 0,
    ...{ array: text(values.array), workingDirectory: text(values.workingDirectory), image: text(values.image) },
    environment: Object.fromEntries(
      values.environment.filter(({ name }) => name.trim() !== '').map(({ name, value }) => [name.trim(), value]),
    ),
  }
}

/** Why it cannot be submitted: a sentence for each field that stands in the way. */
export function problemsOf(values: JobValues, offer: OfferedEngine | undefined): Partial<Record<JobField, string>> {
  const { t } = i18n
  const found: Partial<Record<JobField, string | false | undefined>> = {}
  const choices = offer?.choices
  const place = placeOf(choices, values.where)
  const whole = (value: number | string, most: number) =>
    Number.isInteger(Number(value)) && Number(value) >= 1 && Number(value) <= most
  found.name = values.name.trim() === '' && t('jobs.new.problem.name')
  found.engineId = !choices && (offer?.reason ?? t('jobs.new.problem.engine'))
  found.where = Boolean(choices) && !place && t('jobs.new.problem.place')
  found.script = scriptProblem(values.script)
  found.workingDirectory =
    values.workingDirectory.trim() !== '' &&
    !values.workingDirectory.trim().startsWith('/') &&
    t('jobs.new.problem.workingDirectory')
  found.image = choices?.needsImage && values.image.trim() === '' && t('jobs.new.problem.image')
  found.environment = environmentProblem(values.environment)
  found.array = arrayProblem(values.array, choices?.arrays ?? true)
  const minutes = readHours(values.time)
  const most = place?.maxMinutes
  if (minutes === null || minutes < 1) found.time = t('jobs.new.problem.time')
  else found.time = most != null && minutes > most && t('jobs.new.problem.timeMax', { max: formatDuration(most * 60) })
  const memory = readMemory(values.memory)
  if (place) {
    const all = { nodes: Math.max(1, place.nodes), cpus: place.cpus }
    found.nodes = !whole(values.nodes, all.nodes) && t('jobs.new.problem.nodes', { most: formatNumber(all.nodes) })
    found.cpus = !whole(values.cpus, all.cpus) && t('jobs.new.problem.cpus', { most: formatNumber(all.cpus) })
    found.memory =
      memory !== null &&
      !(memory >= 1 && memory <= place.memoryMiB) &&
      t('jobs.new.problem.memory', { most: formatMemory(place.memoryMiB) })
    if (values.gpuModel !== 'none') Object.assign(found, gpuProblem(values, place, whole))
  }
  if (memory === null) found.memory = t('memory.wrong')
  return Object.fromEntries(Object.entries(found).filter(([, reason]) => reason)) as Partial<Record<JobField, string>>
}

function gpuProblem(values: JobValues, place: Place, whole: (value: number | string, most: number) => boolean) {
  const { t } = i18n
  const models = values.gpuModel === 'any' ? place.gpus : place.gpus.filter(({ model }) => model === values.gpuModel)
  if (models.length === 0) return { gpuModel: t('jobs.new.problem.noModel') }
  const perNode = Math.max(...models.map((one) => one.perNode))
  if (!whole(values.gpuCount, perNode)) return { gpuCount: t('jobs.new.problem.gpus', { most: formatNumber(perNode) }) }
  const total = models.reduce((sum, one) => sum + one.total, 0)
  const all = Number(values.gpuCount) * Number(values.nodes)
  return all > total
    ? { gpuCount: t('jobs.new.problem.gpusTotal', { all: formatNumber(all), total: formatNumber(total) }) }
    : {}
}

function scriptProblem(script: string): string | false {
  const { t } = i18n
  if (script.trim() === '') return t('jobs.new.problem.script')
  if (!script.startsWith('#!')) return t('jobs.new.problem.scriptStart')
  return script.length > 200_000 && t('jobs.new.problem.scriptLong')
}

function arrayProblem(array: string, arrays: boolean): string | false {
  const { t } = i18n
  if (array.trim() === '') return false
  if (!arrays) return t('jobs.new.problem.noArrays')
  if (array.trim().length > 200) return t('jobs.new.problem.array.long')
  const read = readArray(array)
  return 'wrong' in read && t(`jobs.new.problem.array.${read.wrong}`)
}

function environmentProblem(environment: Variable[]): string | false {
  const { t } = i18n
  const names = environment.map(({ name }) => name.trim()).filter((name) => name !== '')
  if (
    environment.some(({ name, value }) =>
      name.trim() === '' ? value !== '' : !/^[A-Za-z_]\w{0,100}$/.test(name.trim()),
    )
  )
    return t('jobs.new.problem.variable')
  return new Set(names).size < names.length && t('jobs.new.problem.variableTwice')
}
