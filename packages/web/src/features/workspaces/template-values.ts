import type { Accelerator, AnswerOf, listPlacements, NewTemplate, Template } from '@tenantry/contract'
import { readMemory, typeMemory } from '../../app/memory.ts'
import { slugOf } from '../tenants/slug.ts'

export type Place = AnswerOf<typeof listPlacements>['engines'][number]
export type Placement = Place['placements'][number]

/** One profile as it is typed. `accelerator` is a key of what the engine has; empty: none. */
export type ProfileRow = {
  key: number
  id: string
  /** Its id is made of its name, as long as nobody typed another. Never of one that is kept: workspaces know it. */
  follows: boolean
  name: string
  cpus: number | string
  /** As it is typed: `16 GiB`. */
  memory: string
  accelerator: string
  count: number | string
}
export type DatasetRow = { key: number; name: string; source: string }
export type TemplateValues = {
  name: string
  description: string
  enabled: boolean
  engineId: string
  placement: Placement | null
  image: string
  command: string
  profiles: ProfileRow[]
  limits: {
    cpus: number | string
    memory: string
    volumeGiB: number | string
    idleMinutes: number | string
  }
  datasets: DatasetRow[]
  environment: string
  roleIds: string[]
}

/** What stands for an accelerator in a choice: the model, and the profile of a slice of it. */
export const keyOf = ({ model, profile }: { model: string; profile: string | null }): string =>
  JSON.stringify([model, profile])

const acceleratorOf = (key: string, count: number | string): Accelerator | null => {
  if (key === '') return null
  const [model, profile] = JSON.parse(key) as [string, string | null]
  const n = Number(count)
  return profile === null ? { kind: 'gpu', model, count: n } : { kind: 'mig', model, profile, count: n }
}

export const nextKey = (rows: { key: number }[]): number => Math.max(-1, ...rows.map(({ key }) => key)) + 1

export const emptyProfile = (key: number): ProfileRow => ({
  ...{ key, id: '', follows: true, name: '', cpus: 4, memory: '16 GiB', accelerator: '', count: 1 },
})

/** A row with another name: its id goes along, unlike every other one, while it is nobody’s own. */
export function named(row: ProfileRow, name: string, rows: readonly ProfileRow[]): ProfileRow {
  if (!row.follows) return { ...row, name }
  const taken = rows.filter(({ key }) => key !== row.key).map(({ id }) => id)
  const slug = slugOf(name).slice(0, 36)
  let id = slug
  for (let n = 2; slug !== '' && taken.includes(id); n += 1) id = `${slug}-${n}`
  return { ...row, name, id }
}

/** Whether every amount of memory is understood. */
export const memoryRead = ({ profiles, limits }: TemplateValues): boolean =>
  [...profiles, limits].every(({ memory }) => readMemory(memory) !== null)

export const newTemplate = (place: Place | undefined): TemplateValues => ({
  ...{ name: '', description: '', enabled: true, image: '', command: '', datasets: [], environment: '', roleIds: [] },
  engineId: place?.engineId ?? '',
  placement: place?.placements[0] ?? null,
  profiles: [{ ...emptyProfile(0), id: 'small', name: 'Small' }],
  limits: { cpus: 16, memory: '64 GiB', volumeGiB: 100, idleMinutes: 120 },
})

export const templateValues = (template: Template): TemplateValues => ({
  ...template,
  image: template.image ?? '',
  command: template.command ?? '',
  profiles: template.profiles.map(({ id, name, cpus, memoryMiB, accelerator }, key) => ({
    ...{ key, id, follows: false, name, cpus, memory: typeMemory(memoryMiB), count: accelerator?.count ?? 1 },
    accelerator: accelerator
      ? keyOf({ model: accelerator.model, profile: accelerator.kind === 'mig' ? accelerator.profile : null })
      : '',
  })),
  limits: {
    cpus: template.limits.cpus,
    memory: typeMemory(template.limits.memoryMiB),
    volumeGiB: template.limits.volumeGiB,
    idleMinutes: template.limits.idleMinutes ?? '',
  },
  datasets: template.datasets.map((dataset, key) => ({ key, ...dataset })),
  environment: Object.entries(template.environment)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n'),
})

/** `NAME=value`, one a line; or the number of the first line that is not. */
export function environmentOf(text: string): Record<string, string> | { wrong: number } {
  const found: [string, string][] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const [, name, value] = /^\s*([A-Za-z_]\w*)=(.*)$/.exec(line) ?? []
    if (name === undefined || value === undefined) return { wrong: index + 1 }
    found.push([name, value])
  }
  return Object.fromEntries(found)
}
export const isWrong = (value: ReturnType<typeof environmentOf>): value is { wrong: number } =>
  typeof value.wrong === 'number'

/** What is sent. A dataset without anything in it is none. */
export function templateOf(values: TemplateValues, environment: Record<string, string>): NewTemplate {
  const { limits } = values
  return {
    name: values.name,
    description: values.description,
    enabled: values.enabled,
    engineId: values.engineId,
    placement: values.placement ?? { where: '', account: null, qos: null, minutes: null },
    image: values.image.trim() || null,
    command: values.command.trim() || null,
    profiles: values.profiles.map(({ id, name, cpus, memory, accelerator, count }) => ({
      ...{ id: id.trim(), name, cpus: Number(cpus), memoryMiB: readMemory(memory) ?? 0 },
      accelerator: acceleratorOf(accelerator, count),
    })),
    limits: {
      cpus: Number(limits.cpus),
      memoryMiB: readMemory(limits.memory) ?? 0,
      volumeGiB: Number(limits.volumeGiB),
      idleMinutes: limits.idleMinutes === '' ? null : Number(limits.idleMinutes),
    },
    datasets: values.datasets
      .filter(({ name, source }) => name.trim() !== '' || source.trim() !== '')
      .map(({ name, source }) => ({ name: name.trim(), source: source.trim() })),
    environment,
    roleIds: values.roleIds,
  }
}
