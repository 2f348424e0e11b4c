import type { Scope } from '@tenantry/contract'
import type { Http } from '../http.ts'
import { bodyOf, openKube, piece } from '../kubernetes/client.ts'
import { listWithin } from '../kubernetes/list.ts'
import { splitNativeId } from '../kubernetes/names.ts'
import { Version } from '../kubernetes/objects.ts'
import { grouped, namespacesOf } from '../kubernetes/scopes.ts'
import { streamsOf, watchAll } from '../kubernetes/watch.ts'
import { type Engine, EngineError, type Opening, type Share } from '../port.ts'
import { resourceOfMachine } from './machines.ts'
import { ApiGroup, VirtualMachine, VirtualMachineInstance } from './objects.ts'

const base = '/apis/kubevirt.io/v1'
const subresources = '/apis/subresources.kubevirt.io/v1'

/** The virtual machines of KubeVirt (kubevirt.io/v1) in a Kubernetes cluster. Errors: `refused`. */
export function openKubeVirt(opening: Opening, http: Http): Engine {
  const kube = openKube(opening, http)
  const scopeOf = (scope: Scope) => namespacesOf(scope, 'kubevirt')
  const missing = () => new EngineError('not_found', 'KubeVirt is not installed in this cluster (kubevirt.io).')

  return {
    async probe(signal) {
      const group = await kube.read(ApiGroup, '/apis/kubevirt.io', 'KubeVirt', signal)
      if (group === null) throw missing()
      const version = await kube.read(Version, `${subresources}/version`, 'its version', signal)
      return {
        version: version?.gitVersion ?? 'unknown',
        api: `kubevirt.io/${group.preferredVersion.version}`,
        // Without the subresource API there is nobody to ask for power.
        capabilities: version === null ? ['watch'] : ['watch', 'power'],
      }
    },

    async snapshot(scopes, signal) {
      const wanted = scopes.map(scopeOf)
      const names = [...new Set(wanted.flat())]
      const [machines, instances] = await Promise.all([
        listWithin(kube, base, 'virtualmachines', VirtualMachine, names, signal),
        listWithin(kube, base, 'virtualmachineinstances', VirtualMachineInstance, names, signal),
      ])
      if (machines === null) throw missing()
      const keyOf = ({ metadata }: VirtualMachine | VirtualMachineInstance) => `${metadata.namespace}/${metadata.name}`
      const running = new Map((instances ?? []).map((instance) => [keyOf(instance), instance]))
      const resources = machines.map((machine) => ({
        namespace: machine.metadata.namespace,
        resource: resourceOfMachine(machine, running.get(keyOf(machine)) ?? null),
      }))
      const within = grouped(resources, ({ namespace }) => namespace)
      return wanted.map(
        (mine): Share => ({
          resources: mine.flatMap((name) => within.get(name)?.map(({ resource }) => resource) ?? []),
          jobs: null,
        }),
      )
    },

    watch(scopes, changed, signal) {
      const names = scopes.flatMap(scopeOf)
      const kinds = ['virtualmachines', 'virtualmachineinstances']
      return watchAll(
        kube,
        kinds.flatMap((plural) => streamsOf(base, plural, names)),
        changed,
        signal,
      )
    },

    async power(scope, { kind, nativeId }, verb, signal) {
      const { namespace, name } = splitNativeId(nativeId)
      const path = `namespaces/${piece(namespace)}/virtualmachines/${piece(name)}`
      const isOurs = kind === 'vm' && scopeOf(scope).includes(namespace)
      const found = isOurs ? await kube.read(VirtualMachine, `${base}/${path}`, 'a virtual machine', signal) : null
      if (found?.metadata.namespace !== namespace) {
        throw new EngineError('not_found', 'There is no such virtual machine.')
      }
      bodyOf(await kube.send(`${subresources}/${path}/${verb}`, { method: 'PUT', body: {} }, signal))
    },

    close: () => kube.close(),
  }
}
