import type { GpuAmount } from '@tenantry/contract'
import { tidyModel } from '../gpu-names.ts'

export const queryOptions = [
  '--query-gpu=name,memory.total,memory.used,utilization.gpu',
  '--format=csv,noheader,nounits',
]

/** One GPU as `nvidia-smi` tells of it. MiB and percent; null where the driver does not say (MIG). */
export type Gpu = { name: string; memoryMiB: number | null; usedMiB: number | null; busy: number | null }

/** The lines of `nvidia-smi --query-gpu=name,memory.total,memory.used,utilization.gpu --format=csv,noheader,nounits`. */
export function parseQuery(text: string): Gpu[] {
  const amount = (field: string | undefined) => (/^\d+(\.\d+)?$/.test(field ?? '') ? Number(field) : null)
  return text.split(/\r?\n/).flatMap((line) => {
    const fields = line.split(',').map((field) => field.trim())
    // A name may hold a comma, the numbers do not.
    const [busy, used, total] = [fields.pop(), fields.pop(), fields.pop()]
    const name = fields.join(', ')
    return name === '' ? [] : [{ name, memoryMiB: amount(total), usedMiB: amount(used), busy: amount(busy) }]
  })
}

/** The MIG profiles on each GPU, by the lines of `nvidia-smi -L`: `1g.10gb`, `1g.10gb+me`. Empty for a whole GPU. */
export function parseList(text: string): string[][] {
  const gpus: string[][] = []
  for (const line of text.split(/\r?\n/)) {
    if (/^GPU \d+:/.test(line)) gpus.push([])
    const [, profile] = /^\s+MIG (\S+)\s+Device\s+\d+:/.exec(line) ?? []
    if (profile !== undefined) gpus.at(-1)?.push(profile)
  }
  return gpus
}

/** A GPU holds a little memory of its own when nobody uses it. */
const isUsed = ({ memoryMiB, usedMiB, busy }: Gpu) =>
  (busy ?? 0) > 0 || (usedMiB !== null && memoryMiB !== null && usedMiB > memoryMiB / 100)

/**
 * The GPUs of a machine: whole ones, used where something computes on them or has memory of them, and slices of those that
 * are divided. Whether a slice is used, the driver does not tell in this way: none is called used.
 */
export function gpusOf(gpus: readonly Gpu[], profiles: readonly (readonly string[])[]): GpuAmount[] {
  const amounts = new Map<string, GpuAmount>()
  const count = (model: string, profile: string | null, used: boolean) => {
    const key = `${model}\n${profile ?? ''}`
    const amount = amounts.get(key) ?? { model, profile, total: 0, used: 0, free: 0 }
    amount.total += 1
    if (used) amount.used += 1
    amount.free = amount.total - amount.used
    amounts.set(key, amount)
  }
  gpus.forEach((gpu, index) => {
    const slices = profiles[index] ?? []
    const model = tidyModel(gpu.name)
    if (slices.length === 0) count(model, null, isUsed(gpu))
    for (const profile of slices) count(model, profile, false)
  })
  return [...amounts.values()]
}
