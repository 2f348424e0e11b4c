import type { PowerVerb, ResourceState } from '@tenantry/contract'
import type { VirtualMachine } from './objects.ts'

/** What `status.printableStatus` means, by KubeVirt's own list of it. */
const states: Record<string, ResourceState> = {
  Provisioning: 'pending',
  WaitingForVolumeBinding: 'pending',
  Starting: 'starting',
  WaitingForReceiver: 'starting',
  Running: 'running',
  Stopping: 'stopping',
  Terminating: 'stopping',
  Stopped: 'stopped',
  Paused: 'degraded',
  Migrating: 'degraded',
  CrashLoopBackOff: 'failed',
  DataVolumeError: 'failed',
  ImagePullBackOff: 'failed',
}

/** `ErrorUnschedulable`, `ErrImagePull`, `ErrorPvcNotFound` and what is to come of the kind are failures. */
export const stateOf = (printable: string): ResourceState =>
  states[printable] ?? (printable.startsWith('Err') ? 'failed' : 'unknown')

export const runStrategyOf = ({ spec }: VirtualMachine) =>
  spec.runStrategy ?? (spec.running === null ? null : spec.running ? 'Always' : 'Halted')

/** What KubeVirt would do just now: it refuses to start what starts by itself, and to restart what shall run but once. */
export function powerOf(machine: VirtualMachine): PowerVerb[] {
  const printable = machine.status?.printableStatus ?? ''
  const strategy = runStrategyOf(machine)
  const restart: PowerVerb[] = strategy === 'Once' || strategy === 'Halted' ? [] : ['restart']
  switch (stateOf(printable)) {
    case 'running':
      return ['stop', ...restart]
    case 'degraded':
      return printable === 'Migrating' ? ['stop'] : ['stop', ...restart]
    case 'stopped':
      return strategy === 'Always' || strategy === 'Once' ? [] : ['start']
    case 'pending':
    case 'starting':
    case 'failed':
      return strategy === 'Halted' ? [] : ['stop']
    default:
      return []
  }
}

/** Whether it holds what it was given: cores, memory and GPUs. */
export const isHolding = (printable: string) =>
  ['Starting', 'Running', 'Paused', 'Migrating', 'Stopping', 'WaitingForReceiver'].includes(printable)
