import type { GpuAmount } from '@tenantry/contract'
import { tidyModel } from '../gpu-names.ts'
import { amount, mebibytes, parseQuantity } from '../kubernetes/quota.ts'
import type { ReadResource } from '../port.ts'
import { factsOf, instant } from '../shape.ts'
import type { Domain, VirtualMachine, VirtualMachineInstance } from './objects.ts'
import { isHolding, powerOf, runStrategyOf, stateOf } from './states.ts'

/** A virtual machine as a resource. `instance` is there while it runs, and knows what an instance type made of it. */
export function resourceOfMachine(machine: VirtualMachine, instance: VirtualMachineInstance | null): ReadResource {
  const { metadata, spec, status } = machine
  const printable = status?.printableStatus ?? 'Unknown'
  const state = stateOf(printable)
  const domain = instance?.spec?.domain ?? spec.template?.spec?.domain ?? null
  const holds = isHolding(printable)
  const cores = coresOf(domain)
  const memory = memoryOf(domain)
  return {
    kind: 'vm',
    name: metadata.name,
    nativeId: `${metadata.namespace ?? ''}/${metadata.name}`,
    state,
    nativeState: [printable],
    reason: state === 'failed' || state === 'pending' || state === 'degraded' ? reasonOf(machine, instance) : null,
    cpus: cores === null ? null : amount(cores, holds ? cores : 0),
    memoryMiB: memory === null ? null : amount(memory, holds ? memory : 0),
    gpus: gpusOf(domain, holds),
    facts: factsOf({
      Namespace: metadata.namespace,
      Node: instance?.status?.nodeName,
      Address: instance?.status?.interfaces.find(({ ipAddress }) => ipAddress)?.ipAddress,
      Phase: instance?.status?.phase,
      'Operating system': instance?.status?.guestOSInfo?.prettyName,
      'Instance type': spec.instancetype?.name,
      'Run strategy': runStrategyOf(machine),
    }),
    power: powerOf(machine),
    createdAt: instant(metadata.creationTimestamp),
  }
}

/** Sockets of cores of threads, each 1 where it is not said; else the processors that are asked for. */
function coresOf(domain: Domain): number | null {
  if (domain?.cpu) return (domain.cpu.sockets || 1) * (domain.cpu.cores || 1) * (domain.cpu.threads || 1)
  const asked = domain?.resources?.requests.cpu ?? domain?.resources?.limits.cpu
  return asked === undefined ? null : parseQuantity(asked)
}

/** MiB. What the guest sees goes before what is asked for it. */
function memoryOf(domain: Domain): number | null {
  const given = domain?.memory?.guest ?? domain?.resources?.requests.memory ?? domain?.resources?.limits.memory
  const bytes = given === undefined || given === null ? null : parseQuantity(given)
  return bytes === null ? null : mebibytes(bytes)
}

/**
 * GPUs by the names of their devices. A vGPU type (`NVIDIA_A40-48Q`, `GRID_T4-4C`) is a part of a GPU, and its size the
 * profile. One by a claim of DRA (`claimName`) is of any model: the claim knows.
 */
function gpusOf(domain: Domain, used: boolean): GpuAmount[] {
  const amounts = new Map<string, GpuAmount>()
  for (const { deviceName } of domain?.devices?.gpus ?? []) {
    const device = deviceName?.slice(deviceName.indexOf('/') + 1) ?? null
    const [, type, size] = /^(?:NVIDIA|GRID)[ _-](.+?)-((?:\d+-)?\d+[ABCQ](?:ME)?)$/.exec(device ?? '') ?? []
    const model = device === null ? 'any' : tidyModel(type ?? device)
    const profile = size ?? null
    const sum = amounts.get(`${model}\n${profile}`) ?? { model, profile, total: 0, used: 0, free: 0 }
    sum.total += 1
    sum[used ? 'used' : 'free'] += 1
    amounts.set(`${model}\n${profile}`, sum)
  }
  return [...amounts.values()]
}

/** The first condition that something is not well, of the instance before those of the machine. */
function reasonOf({ status }: VirtualMachine, instance: VirtualMachineInstance | null): string | null {
  const all = [...(instance?.status?.conditions ?? []), ...(status?.conditions ?? [])]
  const telling =
    all.find(({ type, status: is, message }) => type === 'Failure' && is === 'True' && message) ??
    all.find(({ type, status: is, message }) => type === 'PodScheduled' && is === 'False' && message) ??
    all.find(({ type, status: is, message }) => type === 'Ready' && is === 'False' && message)
  return telling?.message ?? null
}
