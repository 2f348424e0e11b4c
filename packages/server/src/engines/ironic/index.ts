import type { GpuAmount, PowerVerb, ResourceState, Scope } from '@tenantry/contract'
import { z } from 'zod'
import { type Asked, type Http, parseJson, refusalOf } from '../http.ts'
import { openKeystone } from '../keystone/index.ts'
import { type Engine, EngineError, type Opening, type ReadResource } from '../port.ts'

const version = { 'x-openstack-ironic-api-version': '1.80' }
const fields =
  'uuid,name,power_state,target_power_state,provision_state,maintenance,maintenance_reason,resource_class,traits,lessee,last_error,properties,extra'

const Node = z.looseObject({
  uuid: z.string(),
  name: z.string().nullish(),
  power_state: z.string().nullish(),
  target_power_state: z.string().nullish(),
  provision_state: z.string().nullish(),
  maintenance: z.boolean().nullish(),
  maintenance_reason: z.string().nullish(),
  resource_class: z.string().nullish(),
  lessee: z.string().nullish(),
  last_error: z.string().nullish(),
  properties: z.record(z.string(), z.unknown()).nullish(),
  extra: z.record(z.string(), z.unknown()).nullish(),
})
type Node = z.infer<typeof Node>
const Root = z.looseObject({ default_version: z.looseObject({ version: z.string() }) })
const Page = z.looseObject({ nodes: z.array(Node), next: z.string().optional() })

const pageSize = 500

/** Ironic: a tenant has the machines it is the lessee of. Never those it is called the owner of, who may read the controller's credentials. */
export function openIronic(opening: Opening, http: Http): Engine {
  const ask = asking(opening, http)

  const nodesOf = async (lessee: string, signal: AbortSignal): Promise<Node[]> => {
    const found: Node[] = []
    let marker: string | undefined
    do {
      const query = new URLSearchParams({ fields, lessee, limit: String(pageSize), ...(marker && { marker }) })
      const page = Page.safeParse(await ask.json(`/v1/nodes?${query}`, signal))
      if (!page.success) throw new EngineError('garbage', 'It answered without a list of nodes.')
      // It is asked for one lessee, and held to it.
      found.push(...page.data.nodes.filter((node) => node.lessee === lessee))
      marker = page.data.nodes.length === pageSize ? page.data.nodes.at(-1)?.uuid : undefined
    } while (marker !== undefined)
    return found
  }

  return {
    async probe(signal) {
      const answer = Root.safeParse(await http.json('/', { signal }))
      const api = answer.data?.default_version?.version
      if (typeof api !== 'string') throw new EngineError('not_found', 'What answers is not Ironic.')
      await ask.json('/v1/nodes?limit=1', signal)
      return {
        version: `Ironic, interface ${api}`,
        api: version['x-openstack-ironic-api-version'],
        capabilities: ['power'],
      }
    },
    async snapshot(scopes, signal) {
      const lists = await Promise.all(scopes.map((scope) => nodesOf(lesseeOf(scope), signal)))
      return lists.map((nodes) => ({ resources: nodes.map(present), jobs: null }))
    },
    async power(scope, { nativeId }, verb, signal) {
      const path = `/v1/nodes/${encodeURIComponent(nativeId)}`
      const node = Node.safeParse(await ask.json(`${path}?fields=${fields}`, signal))
      if (!node.success || node.data.lessee !== lesseeOf(scope))
        throw new EngineError('not_found', 'There is no such machine.')
      const { status, text } = await ask.send(`${path}/states/power`, signal, { target: targets[verb] })
      if (status >= 300) throw new EngineError('refused', reasonOf(text) ?? `It answered ${status}.`)
    },
    close: () => {
      ask.close()
      http.close()
    },
  }
}

/** As nobody, or with a token of Keystone's in the project of the credential; one that is refused is renewed once. */
function asking(opening: Opening, http: Http) {
  const { credential } = opening
  const keystone = credential.type === 'keystone' ? openKeystone(opening) : null
  const project = credential.type === 'keystone' ? credential.project : undefined
  if (credential.type !== 'none' && !keystone) {
    throw new EngineError('unauthorised', 'Ironic is asked with a user of Keystone, or without a credential.')
  }
  if (keystone && project === undefined) {
    throw new EngineError('unauthorised', 'Its credential names no project, and Ironic is asked in one.')
  }
  const once = async (path: string, signal: AbortSignal, sent: Pick<Asked, 'method' | 'body'>) => {
    const session = keystone && project !== undefined ? await keystone.session(project, signal) : null
    const headers = { ...version, ...(session && { 'x-auth-token': session.token }) }
    const answer = await http.ask(path, { ...sent, headers, signal })
    if (answer.status === 401 && session && project !== undefined) keystone?.forget(project, session)
    return answer
  }
  const send = async (path: string, signal: AbortSignal, body?: unknown) => {
    const sent = body === undefined ? {} : { method: 'PUT', body }
    const answer = await once(path, signal, sent)
    return answer.status === 401 && keystone ? once(path, signal, sent) : answer
  }
  return {
    send,
    json: async (path: string, signal: AbortSignal): Promise<unknown> => {
      const { status, text } = await send(path, signal)
      if (status < 200 || status > 299) throw refusalOf(status, reasonOf(text) ?? text)
      return parseJson(text)
    },
    close: () => keystone?.close(),
  }
}

const targets: Record<PowerVerb, string> = { start: 'power on', stop: 'power off', restart: 'rebooting' }

function lesseeOf(scope: Scope): string {
  if (scope.kind !== 'ironic') throw new EngineError('refused', 'This is no part of Ironic.')
  return scope.lessee
}

/** Ironic wraps its message in JSON within JSON. */
function reasonOf(text: string): string | null {
  const match = /faultstring\\?"\s*:\s*\\?"(.*?)\\?"[,}]/.exec(text.slice(0, 4000))
  return match?.[1]?.slice(0, 300) ?? null
}

function present(node: Node): ReadResource {
  const state = stateOf(node)
  const cores = count(node.properties?.cpus)
  const memory = count(node.properties?.memory_mb)
  // A machine is a tenant's as a whole: what is active is in use.
  const inUse = node.provision_state === 'active'
  const whole = (total: number) => ({ total, used: inUse ? total : 0, free: inUse || state === 'failed' ? 0 : total })
  return {
    kind: 'baremetal',
    nativeId: node.uuid,
    name: node.name || node.uuid,
    state,
    nativeState: [node.provision_state, node.power_state, node.maintenance ? 'maintenance' : null].filter(
      (word): word is string => Boolean(word),
    ),
    reason: node.maintenance ? (node.maintenance_reason ?? 'In maintenance.') : (node.last_error ?? null),
    cpus: cores === null ? null : whole(cores),
    memoryMiB: memory === null ? null : whole(memory),
    gpus: gpusOf(node).map((gpu) => ({ ...gpu, ...whole(gpu.total) })),
    facts: [
      ...(node.resource_class ? [{ name: 'Resource class', value: node.resource_class }] : []),
      ...(node.properties?.local_gb ? [{ name: 'Disk', value: `${node.properties.local_gb} GB` }] : []),
      ...(typeof node.properties?.cpu_arch === 'string'
        ? [{ name: 'Architecture', value: node.properties.cpu_arch }]
        : []),
    ],
    power: powersOf(node),
    createdAt: null,
  }
}

/** Source: Ironic, states of the provisioning state machine. */
function stateOf({
  provision_state: provision,
  power_state: power,
  maintenance,
  target_power_state: target,
}: Node): ResourceState {
  const word = provision ?? ''
  if (/failed|error/.test(word)) return 'failed'
  if (maintenance) return 'degraded'
  if (/^(deploying|wait call-back|deploy|rebuild)/.test(word)) return 'starting'
  if (/^(deleting|clean|undeploy)/.test(word)) return 'stopping'
  if (word === 'active') {
    if (target === 'power on' || target === 'rebooting') return 'starting'
    if (target === 'power off') return 'stopping'
    if (power === 'power on') return 'running'
    return power === 'power off' ? 'stopped' : 'unknown'
  }
  if (/^(rescue|service|inspect|adopt|verif|unrescu)/.test(word)) return 'degraded'
  return /^(available|manageable|enroll|$)/.test(word) ? (word === '' ? 'unknown' : 'pending') : 'unknown'
}

/** Nothing is asked of a machine that is being worked on. */
function powersOf(node: Node): PowerVerb[] {
  if (node.maintenance || node.provision_state !== 'active' || node.target_power_state) return []
  return node.power_state === 'power on' ? ['stop', 'restart'] : ['start']
}

const count = (value: unknown): number | null => {
  const number = Number(value)
  return value === undefined || value === null || value === '' || !Number.isFinite(number) ? null : number
}

/** Ironic knows no GPUs: operators note them in `extra.gpus`, or as traits such as CUSTOM_GPU_H100. */
function gpusOf({ extra, traits }: Node & { traits?: unknown }): Pick<GpuAmount, 'model' | 'profile' | 'total'>[] {
  const noted = z.array(z.object({ model: z.string(), count: z.number().int().nonnegative() })).safeParse(extra?.gpus)
  if (noted.success) return noted.data.map(({ model, count: total }) => ({ model, profile: null, total }))
  const named = Array.isArray(traits)
    ? traits.flatMap((trait) => /^CUSTOM_GPU_(.+)$/.exec(String(trait))?.[1] ?? [])
    : []
  return named.map((model) => ({ model: model.toLowerCase().replaceAll('_', '-'), profile: null, total: 1 }))
}
