import type { Bound, Want } from './launch.ts'

// Apart from the schemas, so that a page can hold a launch to its bounds without them.

/** A quota names whole GPUs as people do: `h100` is also what an engine calls `NVIDIA-H100-80GB-HBM3`. */
export const isModel = (named: string, model: string): boolean => model.toLowerCase().includes(named.toLowerCase())

/** How much of what a bound is about something takes. */
export function takes(want: Want, bound: Bound): number {
  const { accelerator } = want
  switch (bound.what) {
    case 'workspaces':
      return 1
    case 'cpus':
      return want.cpus
    case 'memoryMiB':
      return want.memoryMiB
    case 'storageGiB':
      return want.storageGiB
    case 'gpus': {
      const counts =
        accelerator?.kind === 'gpu' ||
        (accelerator?.kind === 'mig' && bound.slicesBut?.includes(accelerator.profile) === false)
      return accelerator && counts && (bound.model === null || isModel(bound.model, accelerator.model))
        ? accelerator.count
        : 0
    }
    case 'mig':
      return accelerator?.kind === 'mig' &&
        accelerator.profile === bound.profile &&
        (bound.model === null || isModel(bound.model, accelerator.model))
        ? accelerator.count
        : 0
  }
}

/** The bounds that something would overstep. The same here, while somebody types, and in the transaction that grants it. */
export const overstepped = (want: Want, bounds: readonly Bound[]): Bound[] =>
  bounds.filter((bound) => {
    const more = takes(want, bound)
    return bound.total !== null && more > 0 && bound.used + more > bound.total
  })

const whose = { tenant: 'The tenant', user: 'You', engine: 'The engine' } as const
const units = {
  cpus: 'cores',
  memoryMiB: 'GiB of memory',
  storageGiB: 'GiB of storage',
  workspaces: 'workspaces',
} as const

/** A bound that is overstepped, in a sentence: `You may use 2 GPUs, 1 is in use: 1 is left, and this needs 2.` */
export function reasonOf(want: Want, bound: Bound): string {
  const inUnit = (value: number) => (bound.what === 'memoryMiB' ? Math.round((value / 1024) * 10) / 10 : value)
  const total = inUnit(bound.total ?? 0)
  const used = inUnit(bound.used)
  const left = Math.max(0, Math.round((total - used) * 10) / 10)
  const needs = inUnit(takes(want, bound))
  const name =
    bound.what === 'gpus'
      ? `${bound.model ? `${bound.model} ` : ''}GPUs`
      : bound.what === 'mig'
        ? `${bound.profile} slices`
        : units[bound.what]
  if (bound.of === 'engine') return `${whose.engine} has ${left} ${name} free, and this needs ${needs}.`
  return `${whose[bound.of]} may use ${total} ${name}, ${used} in use: ${left} left, and this needs ${needs}.`
}
