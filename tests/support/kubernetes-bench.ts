import { expect } from 'vitest'
import type { Kubernetes } from '../../dev/engines/kubernetes.mjs'
import { openHttp } from '../../packages/server/src/engines/http.ts'
import type { Opening } from '../../packages/server/src/engines/port.ts'
import { readAllowed } from '../../packages/server/src/platform/config/allowed.ts'

const json = { 'content-type': 'application/json' }
const merge = { 'content-type': 'application/merge-patch+json' }

// biome-ignore lint/suspicious/noExplicitAny: what a real server answers, of many kinds.
type Answer = { status: number; body: any }

/** A namespace of a real Kubernetes, and what a kubelet would do there: there is none. */
export function benchOf({ address, token, ca }: Kubernetes, namespace: string) {
  const allowed = readAllowed([new URL(address).hostname.replace(/^\[|\]$/g, '')])
  const opening: Opening = { kind: 'kubernetes', address, ca, credential: { type: 'bearer', token }, allowed }
  const http = openHttp(address, ca, allowed)
  const call = async (method: string, path: string, body?: unknown, headers = json): Promise<Answer> => {
    const sent = { method, body, signal: AbortSignal.timeout(30_000) }
    const { status, text } = await http.ask(path, {
      ...sent,
      headers: { ...headers, authorization: `Bearer ${token}` },
    })
    return { status, body: text === '' ? null : JSON.parse(text) }
  }
  const good = async (method: string, path: string, body?: unknown, headers = json) => {
    const answer = await call(method, path, body, headers)
    expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300)
    return answer.body
  }
  const core = `/api/v1/namespaces/${namespace}`
  const collections = {
    pods: `${core}/pods`,
    secrets: `${core}/secrets`,
    services: `${core}/services`,
    claims: `${core}/persistentvolumeclaims`,
    jobs: `/apis/batch/v1/namespaces/${namespace}/jobs`,
    sets: `/apis/apps/v1/namespaces/${namespace}/statefulsets`,
    policies: `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`,
  }
  /** As a kubelet says it, once what was to end has ended. */
  const gone = (name: string) => call('DELETE', `${collections.pods}/${name}?gracePeriodSeconds=0`)
  return {
    opening,
    connect: () => openHttp(address, ca, allowed),
    call,
    good,
    collections,
    core,
    /** Whatever we made in the namespace and is still there: `jobs/train-x`. Pods that are to end have ended. */
    async ours(): Promise<string[]> {
      const found = Object.entries(collections).map(async ([kind, path]) => {
        const selector = encodeURIComponent('app.kubernetes.io/managed-by=tenantry')
        const { items } = await good('GET', `${path}?labelSelector=${selector}`)
        const names = items.map(async ({ metadata }: { metadata: { name: string; deletionTimestamp?: string } }) => {
          const isEnding = kind === 'pods' && metadata.deletionTimestamp !== undefined
          if (isEnding) await gone(metadata.name)
          return isEnding ? [] : [`${kind}/${metadata.name}`]
        })
        return (await Promise.all(names)).flat()
      })
      return (await Promise.all(found)).flat().sort()
    },
    /** A node that is there and ready. `port` is where its kubelet would be. */
    async node(name: string, labels: Record<string, string>, gpus: Record<string, string>, port = 1) {
      await good('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name, labels } })
      const has = { cpu: '64', memory: '512Gi', pods: '110', ...gpus }
      const status = {
        capacity: has,
        allocatable: has,
        conditions: [{ type: 'Ready', status: 'True', reason: 'Test', message: 'x' }],
        addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
        daemonEndpoints: { kubeletEndpoint: { Port: port } },
      }
      await good('PATCH', `/api/v1/nodes/${name}/status`, { status }, merge)
      await good('PATCH', `/api/v1/nodes/${name}`, { spec: { taints: [] } }, merge)
    },
    podOf: async (selector: string) =>
      (await good('GET', `${collections.pods}?labelSelector=${encodeURIComponent(selector)}`)).items.at(-1) ?? null,
    podStatus: (name: string, status: object) => good('PATCH', `${collections.pods}/${name}/status`, { status }, merge),
    patch: (path: string, body: object) => good('PATCH', path, body, merge),
    podGone: gone,
    close: () => http.close(),
  }
}
export type Bench = ReturnType<typeof benchOf>
