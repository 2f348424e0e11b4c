import type { PowerVerb, ResourceState } from '@tenantry/contract'
import { amount } from '../kubernetes/quota.ts'
import type { ReadResource } from '../port.ts'
import { factsOf, instant } from '../shape.ts'
import { gpusOfFlavor } from './gpus.ts'
import type { Server } from './objects.ts'

/** A server as a resource. */
export function resourceOfServer(server: Server): ReadResource {
  const { flavor } = server
  const state = stateOf(server)
  // A server that is shut off keeps its place, and its GPUs, until it is shelved away from its host.
  const isUsed = !['failed', 'pending', 'unknown'].includes(state) && server.status !== 'SHELVED_OFFLOADED'
  const cores = flavor?.vcpus ?? null
  const ram = flavor?.ram ?? null
  const addresses = Object.values(server.addresses).flatMap((on) => on.flatMap(({ addr }) => addr ?? []))
  const words = [server.status, server['OS-EXT-STS:vm_state'], server['OS-EXT-STS:task_state']]
  return {
    kind: 'vm',
    name: server.name,
    nativeId: server.id,
    state,
    nativeState: words.filter((word) => word !== null),
    reason: server.fault?.message ?? null,
    cpus: cores === null ? null : amount(cores, isUsed ? cores : 0),
    memoryMiB: ram === null ? null : amount(ram, isUsed ? ram : 0),
    gpus: gpusOfFlavor(flavor?.extra_specs ?? {}, isUsed),
    facts: factsOf({
      Flavor: flavor?.original_name,
      Address: addresses.join(', '),
      Zone: server['OS-EXT-AZ:availability_zone'],
      Key: server.key_name,
      Locked: server.locked ? 'yes' : null,
    }),
    power: powerOf(server),
    createdAt: instant(server.created),
  }
}

const states: Record<string, ResourceState> = {
  BUILD: 'starting',
  REBUILD: 'starting',
  REBOOT: 'starting',
  HARD_REBOOT: 'starting',
  ACTIVE: 'running',
  PASSWORD: 'running',
  VERIFY_RESIZE: 'running',
  SHUTOFF: 'stopped',
  SHELVED: 'stopped',
  SHELVED_OFFLOADED: 'stopped',
  PAUSED: 'degraded',
  SUSPENDED: 'degraded',
  RESCUE: 'degraded',
  RESIZE: 'degraded',
  REVERT_RESIZE: 'degraded',
  MIGRATING: 'degraded',
  DELETED: 'stopping',
  SOFT_DELETED: 'stopping',
  ERROR: 'failed',
}

/** What is being done goes before the status, which follows only when it is done. */
export function stateOf(server: Pick<Server, 'status' | 'OS-EXT-STS:task_state'>): ResourceState {
  const task = server['OS-EXT-STS:task_state'] ?? ''
  const status = server.status ?? 'UNKNOWN'
  if (status === 'BUILD') return task === 'scheduling' ? 'pending' : 'starting'
  if (status === 'ERROR') return 'failed'
  if (/^(deleting|soft-deleting|powering-off|shelving|suspending)/.test(task)) return 'stopping'
  if (/^(powering-on|reboot|unshelving|resuming|spawning)/.test(task)) return 'starting'
  return states[status] ?? 'unknown'
}

/** What Nova would accept: nothing while it does something else, or where somebody locked the server. */
function powerOf(server: Server): PowerVerb[] {
  if (server['OS-EXT-STS:task_state'] !== null || server.locked) return []
  if (server.status === 'ACTIVE') return ['stop', 'restart']
  if (server.status === 'SHUTOFF') return ['start']
  return server.status === 'ERROR' ? ['stop'] : []
}

export const actions: Record<PowerVerb, object> = {
  start: { 'os-start': null },
  stop: { 'os-stop': null },
  restart: { reboot: { type: 'SOFT' } },
}
