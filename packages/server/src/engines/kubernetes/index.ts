import type { Scope } from '@tenantry/contract'
import type { Http } from '../http.ts'
import { type Engine, EngineError, type Opening, type Share } from '../port.ts'
import { shaped } from '../shape.ts'
import { carryThroughIn, kubeconfigOf, tokenFor } from './access.ts'
import { bodyOf, type Kube, openKube, piece } from './client.ts'
import { failuresToCreate } from './events.ts'
import { batch } from './job-objects.ts'
import { jobRunnerOf } from './jobs.ts'
import { askedOneByOne, list, listWithin, unlessForbidden } from './list.ts'
import { resourceOfNamespace } from './namespaces.ts'
import { resourceOfNode } from './nodes.ts'
import { AccessReview, Job, Namespace, Node, Pod, ResourceQuota, Version } from './objects.ts'
import { holds } from './pods.ts'
import { lackingPods, readJobs } from './read-jobs.ts'
import { grouped, namespacesOf } from './scopes.ts'
import { streamsOf, watchAll } from './watch.ts'
import { workspaceHostOf } from './workspaces.ts'

const core = '/api/v1'

/** A Kubernetes cluster (1.20 and later): namespaces with their quotas, or all of it with its nodes. Errors: `refused`. */
export function openKubernetes(opening: Opening, http: Http): Engine {
  const kube = openKube(opening, http)
  const scopeOf = (scope: Scope) => namespacesOf(scope, 'kubernetes')
  const nodesIfRead = (signal: AbortSignal) =>
    list(kube, `${core}/nodes`, Node, signal)
      .then((nodes) => nodes?.items ?? [])
      .catch(unlessForbidden(async () => null))

  return {
    async probe(signal) {
      const { gitVersion } = shaped(Version, bodyOf(await kube.send('/version', {}, signal)), 'its version')
      return { version: gitVersion, api: 'v1', capabilities: await capabilitiesOf(kube, signal) }
    },

    async snapshot(scopes, signal) {
      const wanted = scopes.map(scopeOf)
      const names = [...new Set(wanted.flatMap((each) => each ?? []))]
      const isWhole = wanted.includes(null)
      const [nodes, pods, quotas, namespaces, jobs] = await Promise.all([
        nodesOf(kube, isWhole, signal),
        isWhole
          ? list(kube, `${core}/pods`, Pod, signal).then((all) => all?.items ?? [])
          : listWithin(kube, core, 'pods', Pod, names, signal).then((found) => found ?? []),
        listWithin(kube, core, 'resourcequotas', ResourceQuota, names, signal).then((found) => found ?? []),
        namespacesNamed(kube, names, signal),
        // A credential that does not permit to read jobs shows what it did before there were any.
        listWithin(kube, batch, 'jobs', Job, names, signal).catch(unlessForbidden(async () => null)),
      ])
      const podsIn = grouped(pods, ({ metadata }) => metadata.namespace)
      const podsOn = grouped(isWhole ? pods.filter(holds) : [], ({ spec }) => spec.nodeName)
      const quotasIn = grouped(quotas, ({ metadata }) => metadata.namespace)
      const one = (name: string) =>
        resourceOfNamespace({
          name,
          namespace: namespaces.get(name) ?? null,
          pods: podsIn.get(name) ?? [],
          quotas: quotasIn.get(name) ?? [],
          nodes,
        })
      const jobsIn = grouped(jobs ?? [], ({ metadata }) => metadata.namespace)
      const obstacles = await obstaclesOf(kube, jobs ?? [], pods, signal)
      const jobsOf = (mine: readonly string[]) => {
        const own = mine.flatMap((name) => jobsIn.get(name) ?? [])
        const their = mine.flatMap((name) => podsIn.get(name) ?? [])
        return jobs === null ? null : readJobs({ jobs: own, pods: their, nodes, obstacles })
      }
      const all = () => nodes.map((node) => resourceOfNode(node, podsOn.get(node.metadata.name) ?? []))
      return wanted.map(
        (mine): Share =>
          // Nobody of a whole cluster has a namespace to run something in, and whose jobs they are is not told.
          mine === null ? { resources: all(), jobs: null } : { resources: mine.map(one), jobs: jobsOf(mine) },
      )
    },

    watch(scopes, changed, signal) {
      const wanted = scopes.map(scopeOf)
      const isWhole = wanted.includes(null)
      const names = isWhole ? null : wanted.flatMap((each) => each ?? [])
      const quotas = streamsOf(core, 'resourcequotas', names)
      const nodes = isWhole ? streamsOf(core, 'nodes', null) : []
      const jobs = isWhole ? [] : streamsOf(batch, 'jobs', names).map((stream) => ({ ...stream, isOptional: true }))
      return watchAll(kube, [...streamsOf(core, 'pods', names), ...quotas, ...nodes, ...jobs], changed, signal)
    },

    async carryThrough(scope, person, signal) {
      const namespaces = scopeOf(scope)
      // A service account lives in a namespace, and who has a whole cluster has none that is theirs.
      if (namespaces === null) return 'nothing: access is given in namespaces, not in a whole cluster'
      return carryThroughIn(kube, namespaces, person, signal)
    },

    async kubeconfig(scope, person, seconds, signal) {
      const namespaces = scopeOf(scope)
      if (namespaces === null)
        throw new EngineError('refused', 'Access is given in namespaces, not in a whole cluster.')
      const { token, expirationTimestamp } = await tokenFor(kube, namespaces, person, seconds, signal)
      const expires = Date.parse(expirationTimestamp)
      if (!Number.isFinite(expires)) throw new EngineError('garbage', 'Its token does not say when it expires.')
      return {
        kubeconfig: kubeconfigOf(opening.address ?? '', opening.ca, { user: person.username, token }, namespaces),
        expiresAt: new Date(expires).toISOString(),
      }
    },

    jobs: jobRunnerOf(kube, nodesIfRead),
    workspaces: workspaceHostOf(kube, nodesIfRead),

    close: () => kube.close(),
  }
}

/** The nodes tell the models of GPUs. A credential for namespaces alone may not read them; then no model is known. */
async function nodesOf(kube: Kube, isNeeded: boolean, signal: AbortSignal) {
  const all = list(kube, `${core}/nodes`, Node, signal).then((nodes) => nodes?.items ?? [])
  return isNeeded ? all : all.catch(unlessForbidden(async () => []))
}

/** Why jobs that have no pod have none, by their uid: asked only of namespaces that have such. */
async function obstaclesOf(kube: Kube, jobs: readonly Job[], pods: readonly Pod[], signal: AbortSignal) {
  const namespaces = [...new Set(lackingPods(jobs, pods).flatMap(({ metadata }) => metadata.namespace ?? []))]
  const found = await Promise.all(namespaces.map((namespace) => failuresToCreate(kube, namespace, 'Job', signal)))
  return new Map(found.flatMap((each) => [...each]))
}

/** By name. */
async function namespacesNamed(kube: Kube, names: readonly string[], signal: AbortSignal) {
  const each = () =>
    Promise.all(names.map((name) => kube.read(Namespace, `${core}/namespaces/${piece(name)}`, 'a namespace', signal)))
  const all = async () => (await list(kube, `${core}/namespaces`, Namespace, signal))?.items ?? []
  const read = names.length <= askedOneByOne ? await each() : await all().catch(unlessForbidden(each))
  return new Map(read.flatMap((found) => (found ? [[found.metadata.name, found] as const] : [])))
}

const questions = {
  watch: [{ verb: 'watch', resource: 'pods' }],
  access: [
    { verb: 'create', resource: 'serviceaccounts' },
    { verb: 'delete', resource: 'serviceaccounts' },
    { verb: 'create', resource: 'rolebindings', group: 'rbac.authorization.k8s.io' },
    { verb: 'bind', resource: 'clusterroles', group: 'rbac.authorization.k8s.io' },
  ],
  kubeconfig: [{ verb: 'create', resource: 'serviceaccounts', subresource: 'token' }],
  jobs: [
    { verb: 'list', resource: 'jobs', group: 'batch' },
    { verb: 'delete', resource: 'jobs', group: 'batch' },
    { verb: 'create', resource: 'serviceaccounts', subresource: 'token' },
  ],
  workspaces: [
    { verb: 'create', resource: 'statefulsets', group: 'apps' },
    { verb: 'delete', resource: 'statefulsets', group: 'apps' },
    { verb: 'create', resource: 'networkpolicies', group: 'networking.k8s.io' },
    { verb: 'create', resource: 'persistentvolumeclaims' },
    { verb: 'create', resource: 'services' },
    { verb: 'create', resource: 'secrets' },
    { verb: 'create', resource: 'pods' },
    { verb: 'get', resource: 'pods', subresource: 'log' },
  ],
}

/** What the credential permits in every namespace. */
async function capabilitiesOf(kube: Kube, signal: AbortSignal): Promise<string[]> {
  const permits = async (resourceAttributes: object) => {
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes },
    }
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
    const answer = await kube.send(path, { method: 'POST', body }, signal)
    return shaped(AccessReview, bodyOf(answer), 'what is permitted').status.allowed
  }
  const asked = Object.entries(questions).map(async ([capability, needed]) =>
    (await Promise.all(needed.map(permits))).every(Boolean) ? [capability] : [],
  )
  return (await Promise.all(asked)).flat()
}
