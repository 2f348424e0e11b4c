import type { ServerResponse } from 'node:http'
import { type FakeAnswer, type FakeEngine, type FakeRequest, openFakeEngine } from './fake-engine.ts'

export type KubeObject = {
  metadata: { name: string; namespace?: string; [key: string]: unknown }
  [key: string]: unknown
}

export type FakeKubernetes = FakeEngine & {
  /** Collections by `/api/v1/pods`, without the namespace. A collection that is not here answers 404. */
  objects: Map<string, KubeObject[]>
  put(collection: string, ...objects: KubeObject[]): void
  /** Sends an event to those who watch. */
  tell(collection: string, type: string, object: unknown): void
  watchers(): number
  /** Ends every watch, as a server does when its time is over. */
  hangUp(): void
  /** Answers before anything else does, where it answers at all. */
  before: (request: FakeRequest) => FakeAnswer | undefined
}

export const kubeStatus = (code: number, message: string): FakeAnswer => ({
  status: code,
  body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code },
})

const shape = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+)(?=\/.))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/

/** A Kubernetes API server as far as the connectors ask it: lists in pages, watches, reads, writes; one bearer token, and those it makes. */
export async function openFakeKubernetes(token = 'platform-token'): Promise<FakeKubernetes> {
  const objects = new Map<string, KubeObject[]>()
  const watching = new Map<ServerResponse, string>()
  let version = 100

  const list = (found: KubeObject[], query: URLSearchParams): FakeAnswer => {
    const limit = Number(query.get('limit') ?? found.length)
    const from = Number(query.get('continue') ?? 0)
    const next = from + limit < found.length ? { continue: String(from + limit) } : {}
    const metadata = { resourceVersion: String(version), ...next }
    return { body: { kind: 'List', apiVersion: 'v1', metadata, items: found.slice(from, from + limit) } }
  }

  const answer = (request: FakeRequest): FakeAnswer => {
    const { method, path, query, headers, body } = request
    const first = fake.before(request)
    if (first) return first
    const isKnown = headers.authorization === `Bearer ${token}` || headers.authorization?.startsWith('Bearer token-of-')
    if (!isKnown) return kubeStatus(401, 'Unauthorized')
    if (path === '/version') return { body: { major: '1', minor: '20', gitVersion: 'v1.20.2' } }
    const [, base, namespace, plural = '', name, sub] = shape.exec(path) ?? []
    const collection = `${base}/${plural}`
    if (plural === 'selfsubjectaccessreviews') return { status: 201, body: { status: { allowed: true } } }
    const all = objects.get(collection)
    if (base === undefined || all === undefined)
      return kubeStatus(404, 'the server could not find the requested resource')
    const mine = namespace === undefined ? all : all.filter(({ metadata }) => metadata.namespace === namespace)
    if (name === undefined && method === 'GET') {
      if (!query.has('watch')) return list(mine, query)
      return {
        stream: (response) => {
          watching.set(response, collection)
          response.on('close', () => watching.delete(response))
        },
      }
    }
    if (name === undefined && method === 'POST') {
      const made = structuredClone(body) as KubeObject
      if (mine.some(({ metadata }) => metadata.name === made.metadata.name)) return kubeStatus(409, 'already exists')
      if (query.has('dryRun')) return { status: 201, body: made }
      version += 1
      made.metadata = { ...made.metadata, ...(namespace && { namespace }), uid: `uid-${version}` }
      all.push(made)
      return { status: 201, body: made }
    }
    const found = mine.find(({ metadata }) => metadata.name === name)
    if (!found) return kubeStatus(404, `${plural} "${name}" not found`)
    if (sub === 'token') {
      return {
        status: 201,
        body: { status: { token: `token-of-${name}`, expirationTimestamp: '2030-01-01T00:00:00Z' } },
      }
    }
    if (sub !== undefined) return { status: 202, text: '' }
    if (method === 'DELETE') {
      all.splice(all.indexOf(found), 1)
      return { body: { kind: 'Status', status: 'Success' } }
    }
    if (method === 'PATCH') Object.assign(found, merged(found, body))
    return { body: found }
  }

  const engine = await openFakeEngine((request) => answer(request))
  const fake: FakeKubernetes = {
    ...engine,
    objects,
    before: () => undefined,
    put: (collection, ...more) => objects.set(collection, [...(objects.get(collection) ?? []), ...more]),
    tell(collection, type, object) {
      version += 1
      for (const [response, watched] of watching) {
        if (watched === collection) response.write(`${JSON.stringify({ type, object })}\n`)
      }
    },
    watchers: () => watching.size,
    hangUp: () => {
      for (const response of watching.keys()) response.end()
    },
  }
  for (const plural of ['pods', 'nodes', 'namespaces', 'resourcequotas', 'serviceaccounts'])
    objects.set(`/api/v1/${plural}`, [])
  objects.set('/apis/rbac.authorization.k8s.io/v1/rolebindings', [])
  return fake
}

/** JSON merge patch (RFC 7386). */
function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const result: Record<string, unknown> = { ...(typeof target === 'object' ? target : {}) }
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = merged(result[key], value)
  }
  return result
}
