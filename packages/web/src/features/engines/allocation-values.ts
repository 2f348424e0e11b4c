import type { Allocation, EngineKind, Quota, Scope } from '@tenantry/contract'
import { readMemoryLimit, typeMemory } from '../../app/memory.ts'

export type GpuRow = { key: number; model: string; count: number | string }
/** What is typed of a part and its quota, for every kind of engine. Numbers are text while they are empty. */
export type AllocationValues = {
  tenantId: string
  accounts: string[]
  partitions: string[]
  prefix: string
  namespaces: string[]
  whole: boolean
  lessee: string
  project: string
  gpus: GpuRow[]
  cpus: number | string
  /** As it is typed: `16 GiB`. */
  memory: string
  storageGiB: number | string
}

export const noAllocation: AllocationValues = {
  tenantId: '',
  accounts: [],
  partitions: [],
  prefix: '',
  namespaces: [],
  whole: false,
  lessee: '',
  project: '',
  gpus: [],
  cpus: '',
  memory: '',
  storageGiB: '',
}

export function valuesOf({ tenantId, scope, quota }: Allocation): AllocationValues {
  const { kind, ...part } = scope
  const { namespaces, prefix, ...rest } = { namespaces: [], prefix: null, ...part }
  return {
    ...noAllocation,
    ...rest,
    tenantId,
    prefix: prefix ?? '',
    namespaces: namespaces ?? [],
    whole: kind === 'kubernetes' && namespaces === null,
    gpus: quota.gpus.map(({ model, count }, key) => ({ key, model, count })),
    cpus: quota.cpus ?? '',
    memory: quota.memoryMiB === null ? '' : typeMemory(quota.memoryMiB),
    storageGiB: quota.storageGiB ?? '',
  }
}

// A comma of a keyboard on a screen does not end a tag as it is typed.
const names = (list: string[]): string[] => [...new Set(list.flatMap((text) => text.split(/[\s,]+/)).filter(Boolean))]

export function scopeOf(kind: EngineKind, values: AllocationValues): Scope {
  const namespaces = names(values.namespaces)
  switch (kind) {
    case 'slurm':
      return {
        kind,
        accounts: names(values.accounts),
        partitions: names(values.partitions),
        prefix: values.prefix.trim() || null,
      }
    case 'kubernetes':
      return { kind, namespaces: values.whole ? null : namespaces }
    case 'kubevirt':
    case 'metal3':
      return { kind, namespaces }
    case 'ironic':
      return { kind, lessee: values.lessee.trim() }
    case 'nova':
      return { kind, project: values.project.trim() }
    case 'this_machine':
      return { kind }
  }
}

/** The field that stands for the whole part, where the server refuses it. */
export const mainField: Record<EngineKind, keyof AllocationValues | undefined> = {
  slurm: 'accounts',
  kubernetes: 'namespaces',
  kubevirt: 'namespaces',
  metal3: 'namespaces',
  ironic: 'lessee',
  nova: 'project',
  this_machine: undefined,
}

const orNull = (value: number | string): number | null => (value === '' ? null : Number(value))

/** A GPU row that says half of it. */
export const isHalf = ({ model, count }: GpuRow): boolean => (model.trim() === '') !== (count === '')

/** Empty is without a limit. A GPU row without anything in it is none. Null where the memory is not understood. */
export function quotaOf({ gpus, cpus, memory, storageGiB }: AllocationValues): Quota | null {
  const memoryMiB = readMemoryLimit(memory)
  if (memoryMiB === undefined) return null
  return {
    gpus: gpus
      .filter(({ model, count }) => model.trim() !== '' || count !== '')
      .map(({ model, count }) => ({ model: model.trim(), count: Number(count) })),
    cpus: orNull(cpus),
    memoryMiB,
    storageGiB: orNull(storageGiB),
  }
}
