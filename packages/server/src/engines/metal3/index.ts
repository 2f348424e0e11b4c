import type { PowerVerb, Scope } from '@tenantry/contract'
import type { Http } from '../http.ts'
import { bodyOf, openKube, piece } from '../kubernetes/client.ts'
import { listWithin } from '../kubernetes/list.ts'
import { splitNativeId } from '../kubernetes/names.ts'
import { Version } from '../kubernetes/objects.ts'
import { grouped, namespacesOf } from '../kubernetes/scopes.ts'
import { streamsOf, watchAll } from '../kubernetes/watch.ts'
import { type Engine, EngineError, type Opening, type Share } from '../port.ts'
import { resourceOfClaim, resourceOfHost } from './hosts.ts'
import { ApiGroup, BareMetalHost, HardwareData, HostClaim } from './objects.ts'

const base = '/apis/metal3.io/v1alpha1'

/**
 * The bare metal machines of Metal3 (metal3.io/v1alpha1) in a Kubernetes cluster. A namespace with claims has those; one
 * without has the hosts that stand in it. Secrets are never read. Errors: `refused`.
 */
export function openMetal3(opening: Opening, http: Http): Engine {
  const kube = openKube(opening, http)
  const scopeOf = (scope: Scope) => namespacesOf(scope, 'metal3')
  const missing = () => new EngineError('not_found', 'Metal3 is not installed in this cluster (metal3.io).')

  const claimsIn = (names: readonly string[], signal: AbortSignal) =>
    listWithin(kube, base, 'hostclaims', HostClaim, names, signal)

  return {
    async probe(signal) {
      const group = await kube.read(ApiGroup, '/apis/metal3.io', 'Metal3', signal)
      if (group === null) throw missing()
      const version = await kube.read(Version, '/version', 'its version', signal)
      return {
        version: `Kubernetes ${version?.gitVersion ?? 'unknown'}`,
        api: `metal3.io/${group.preferredVersion.version}`,
        capabilities: ['watch', 'power'],
      }
    },

    async snapshot(scopes, signal) {
      const wanted = scopes.map(scopeOf)
      const names = [...new Set(wanted.flat())]
      const claims = (await claimsIn(names, signal)) ?? []
      const claimed = new Set(claims.map(({ metadata }) => metadata.namespace))
      const others = names.filter((name) => !claimed.has(name))
      const [hosts, hardware] = await Promise.all([
        listWithin(kube, base, 'baremetalhosts', BareMetalHost, others, signal),
        listWithin(kube, base, 'hardwaredata', HardwareData, others, signal),
      ])
      if (hosts === null) throw missing()
      const keyOf = ({ metadata }: BareMetalHost | HardwareData) => `${metadata.namespace}/${metadata.name}`
      const known = new Map((hardware ?? []).map((data) => [keyOf(data), data.spec?.hardware ?? null]))
      const read = [
        ...claims.map((claim) => ({ namespace: claim.metadata.namespace, resource: resourceOfClaim(claim) })),
        ...hosts.map((host) => ({
          namespace: host.metadata.namespace,
          resource: resourceOfHost(host, known.get(keyOf(host)) ?? null),
        })),
      ]
      const within = grouped(read, ({ namespace }) => namespace)
      return wanted.map(
        (mine): Share => ({
          resources: mine.flatMap((name) => within.get(name)?.map(({ resource }) => resource) ?? []),
          jobs: null,
        }),
      )
    },

    watch(scopes, changed, signal) {
      const names = scopes.flatMap(scopeOf)
      const kinds = ['hostclaims', 'baremetalhosts']
      return watchAll(
        kube,
        kinds.flatMap((plural) => streamsOf(base, plural, names)),
        changed,
        signal,
      )
    },

    async power(scope, { kind, nativeId }, verb, signal) {
      const { namespace, name } = splitNativeId(nativeId)
      const nothing = () => new EngineError('not_found', 'There is no such machine.')
      if (kind !== 'baremetal' || !scopeOf(scope).includes(namespace)) throw nothing()
      const isClaimed = ((await claimsIn([namespace], signal)) ?? []).length > 0
      const plural = isClaimed ? 'hostclaims' : 'baremetalhosts'
      const path = `${base}/namespaces/${piece(namespace)}/${plural}/${piece(name)}`
      const found = await kube.read<HostClaim | BareMetalHost>(
        isClaimed ? HostClaim : BareMetalHost,
        path,
        'a machine',
        signal,
      )
      if (found?.metadata.namespace !== namespace) throw nothing()
      const body = patchOf(verb, isClaimed ? 'poweredOn' : 'online')
      bodyOf(await kube.send(path, { method: 'PATCH', body, type: 'application/merge-patch+json' }, signal))
    },

    close: () => kube.close(),
  }
}

/** An operator takes the annotation off again once the machine was restarted. */
const patchOf = (verb: PowerVerb, field: 'poweredOn' | 'online') =>
  verb === 'restart'
    ? { metadata: { annotations: { 'reboot.metal3.io': '' } } }
    : { spec: { [field]: verb === 'start' } }
