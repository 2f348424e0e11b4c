import type { AnswerOf, listWorkspaceChoices, NewWorkspace, Want } from '@tenantry/contract'
import { overstepped, reasonOf } from '@tenantry/contract/bounds'
import { readMemory, typeMemory } from '../../app/memory.ts'

export type Choices = AnswerOf<typeof listWorkspaceChoices>
export type LaunchTemplate = Choices['templates'][number]
export type Offer = LaunchTemplate['profiles'][number]

/** What is chosen of a workspace to be. Numbers are text while they are empty. */
export type LaunchValues = {
  name: string
  templateId: string
  profileId: string
  cpus: number | string
  /** As it is typed: `16 GiB`. */
  memory: string
  home: 'existing' | 'new' | 'none'
  volumeId: string
  volumeName: string
  volumeGiB: number | string
  datasets: string[]
  /** As text, as the field has it; empty: as late as the template lets it. */
  idle: string
}

/** A name that is not taken: “PyTorch”, “PyTorch 2”. */
export function freeName(base: string, taken: readonly string[]): string {
  const used = new Set(taken.map((name) => name.toLowerCase()))
  let n = 1
  const named = () => (n === 1 ? base : `${base} ${n}`)
  while (used.has(named().toLowerCase())) n += 1
  return named()
}

/** What a profile begins with. */
export const amountsOf = ({ id, cpus, memoryMiB }: Offer) => ({ profileId: id, cpus, memory: typeMemory(memoryMiB) })

/** What a template begins with: the first profile that can be had, and a volume that nobody uses. */
export function valuesFor(template: LaunchTemplate, { volumes }: Choices, taken: readonly string[]): LaunchValues {
  const profile = template.profiles.find(({ refused }) => refused === null) ?? template.profiles[0]
  const volume = volumes.find(({ engineId, workspace }) => engineId === template.engineId && workspace === null)
  const name = freeName(template.name, taken)
  return {
    name,
    templateId: template.id,
    ...(profile ? amountsOf(profile) : { profileId: '', cpus: 1, memory: '1 GiB' }),
    home: volume ? 'existing' : template.limits.volumeGiB > 0 ? 'new' : 'none',
    volumeId: volume?.id ?? '',
    volumeName: freeName(
      name,
      volumes.map((one) => one.name),
    ),
    volumeGiB: Math.min(20, template.limits.volumeGiB),
    datasets: [],
    idle: '',
  }
}

/** Whether an amount is not understood, nothing, or more than the template lets one have. */
export function memoryOutside(typed: string, most: number): boolean {
  const memory = readMemory(typed)
  return memory === null || memory < 1 || memory > most
}

/** What it would take. */
export const wantOf = (values: LaunchValues, profile: Offer | undefined): Want => ({
  cpus: Number(values.cpus),
  memoryMiB: readMemory(values.memory) ?? 0,
  accelerator: profile?.accelerator ?? null,
  storageGiB: values.home === 'new' ? Number(values.volumeGiB) : 0,
})

/** Why it cannot be had, in the words of the server; empty where nothing is against it. */
export function reasonsAgainst(values: LaunchValues, template: LaunchTemplate, profile: Offer | undefined): string[] {
  if (template.refused !== null) return [template.refused]
  const want = wantOf(values, profile)
  const over = overstepped(want, template.bounds).map((bound) => reasonOf(want, bound))
  // A profile can be refused for what is no bound: that the engine has no such thing.
  return over.length === 0 && profile?.refused ? [profile.refused] : over
}

export const bodyOf = (values: LaunchValues): NewWorkspace => ({
  name: values.name,
  templateId: values.templateId,
  profileId: values.profileId,
  cpus: Number(values.cpus),
  memoryMiB: readMemory(values.memory) ?? 0,
  volume:
    values.home === 'existing'
      ? { id: values.volumeId }
      : values.home === 'new'
        ? { name: values.volumeName, sizeGiB: Number(values.volumeGiB) }
        : null,
  datasets: values.datasets,
  idleMinutes: values.idle === '' ? null : Number(values.idle),
})

const times = [15, 30, 60, 120, 240, 480, 720, 1440, 4320, 10_080]
/** After how many minutes one may have it stop, below what the template lets it. */
export const idleChoices = (longest: number | null): number[] =>
  times.filter((minutes) => longest === null || minutes < longest)
