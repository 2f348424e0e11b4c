import { existsSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import {
  type AnswerOf,
  builtInRoles,
  defaultLayout,
  type getUserQuotas,
  type listPlacements,
  type listWorkspaceChoices,
  type Permission,
  type Session,
  type Template,
  type Volume,
  type Workspace,
  widgets,
} from '@tenantry/contract'
import type { Browser, BrowserContext, Request } from 'playwright-core'
import { openContext } from './browser.ts'
import { answerOfPeople, at, bob, carol, colleagues, id, me, type People, user } from './made-up-people.ts'

// A server that is made up: workspaces in every state, and everything that can be said of them.
const dist = resolve(import.meta.dirname, '../../packages/web/dist')
const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }

export { at, id }

const h100 = { kind: 'gpu' as const, model: 'h100', count: 1 }
const slice = { kind: 'mig' as const, model: 'h100', profile: '1g.10gb', count: 2 }
const started = (names: Workspace['phases'][number]['phase'][], going: boolean): Workspace['phases'] =>
  names.map((phase, index) => ({
    phase,
    startedAt: at(-70 + index * 10),
    endedAt: going && index === names.length - 1 ? null : at(-60 + index * 10),
  }))

export const workspace = (n: number, more: Partial<Workspace> = {}): Workspace => ({
  ...{ id: id(n), name: `workspace ${n}`, owner: me, mine: true, templateId: id(50), template: 'PyTorch' },
  ...{ engineId: id(40), engine: 'k8s-west', engineKind: 'kubernetes', state: 'running', reason: null },
  ...{ profile: 'One H100', cpus: 4, memoryMiB: 16_384, accelerator: h100, image: 'quay.io/lab/pytorch:2' },
  ...{
    volume: { id: id(60), name: 'home', sizeGiB: 40 },
    datasets: ['imagenet'],
    idleMinutes: 60,
    sharedWith: 0,
    sharedPeople: [],
  },
  phases: started(['quota', 'queue', 'pull', 'start', 'ready'], false),
  idle: { state: 'active', because: 'A kernel is busy.', lastActiveAt: at(-5), stopsAt: null, warned: false },
  can: { open: true, start: false, stop: true, remove: true, share: true, handOver: false },
  ...{ createdAt: at(-90_000), startedAt: at(-60) },
  ...more,
})
const off = { open: false, start: true, stop: false, remove: true, share: true, handOver: false }
const idle = { state: 'idle' as const, because: 'No kernel is busy.', lastActiveAt: at(-1800) }

/** One of each. */
export const everyWorkspace = (): Workspace[] => [
  workspace(1, { name: 'training', sharedWith: 2, sharedPeople: [bob, carol] }),
  workspace(2, { name: 'forgotten', idle: { ...idle, stopsAt: at(240), warned: true } }),
  workspace(3, { name: 'resting', accelerator: slice, idle: { ...idle, stopsAt: at(1800), warned: false } }),
  workspace(4, { name: 'coming up', state: 'starting', phases: started(['quota', 'queue', 'pull'], true), can: off }),
  workspace(5, { name: 'in line', state: 'queued', phases: started(['quota', 'queue'], true), can: off }),
  workspace(6, { name: 'going down', state: 'stopping', can: off }),
  workspace(7, {
    ...{ name: 'put away', state: 'stopped', accelerator: null, volume: null, phases: [], startedAt: null },
    ...{ reason: 'It was stopped: nobody worked there for an hour.', can: off },
  }),
  workspace(8, {
    ...{ name: 'a name so long that it has to break somewhere-because-it-goes-on', state: 'failed', can: off },
    reason: 'The image quay.io/lab/pytorch:3 could not be pulled: not found.',
    phases: started(['quota', 'queue', 'pull'], true),
  }),
  workspace(9, {
    ...{ name: 'of bob', owner: bob, mine: false },
    can: { open: true, start: false, stop: false, remove: false, share: false, handOver: false },
  }),
]

export const volumes = (): Volume[] => [
  {
    ...{ id: id(60), name: 'home', sizeGiB: 40, engineId: id(40), engine: 'k8s-west', owner: 'ada', person: me },
    ...{ workspace: { id: id(1), name: 'training' }, createdAt: at(-90_000) },
  },
  {
    ...{ id: id(61), name: 'spare', sizeGiB: 10, engineId: id(40), engine: 'k8s-west', owner: 'ada', person: me },
    ...{ workspace: null, createdAt: at(-190_000) },
  },
]

type Choices = AnswerOf<typeof listWorkspaceChoices>
export const choices = (): Choices => ({
  templates: [
    {
      ...{ id: id(50), name: 'PyTorch', description: 'For training, with CUDA 12', image: 'quay.io/lab/pytorch:2' },
      ...{ engineId: id(40), engine: 'k8s-west', engineKind: 'kubernetes', datasets: ['imagenet', 'coco'] },
      limits: { cpus: 16, memoryMiB: 131_072, volumeGiB: 100, idleMinutes: 240 },
      profiles: [
        { id: 'cpu', name: 'CPU only', cpus: 2, memoryMiB: 4096, accelerator: null, refused: null },
        { id: 'gpu', name: 'One H100', cpus: 4, memoryMiB: 16_384, accelerator: h100, refused: null },
        {
          ...{ id: 'gpus', name: 'Four H100', cpus: 16, memoryMiB: 65_536, accelerator: { ...h100, count: 4 } },
          refused: 'You may use 2 h100 GPUs, 1 in use: 1 left, and this needs 4.',
        },
        { id: 'mig', name: 'Two slices', cpus: 2, memoryMiB: 8192, accelerator: slice, refused: null },
      ],
      bounds: [
        { of: 'user', what: 'gpus', model: 'h100', profile: null, total: 2, used: 1 },
        { of: 'tenant', what: 'gpus', model: null, profile: null, total: 16, used: 9 },
        { of: 'engine', what: 'gpus', model: 'h100', profile: null, total: 8, used: 5 },
        { of: 'user', what: 'cpus', model: null, profile: null, total: 12, used: 4 },
        { of: 'tenant', what: 'memoryMiB', model: null, profile: null, total: null, used: 65_536 },
        { of: 'user', what: 'workspaces', model: null, profile: null, total: 5, used: 2 },
      ],
      ...{ refused: null, warning: null },
    },
    {
      ...{ id: id(51), name: 'Notebook', description: '', image: null, engineId: id(41), engine: 'this machine' },
      ...{ engineKind: 'this_machine', datasets: [], bounds: [], refused: null },
      limits: { cpus: 2, memoryMiB: 4096, volumeGiB: 0, idleMinutes: null },
      profiles: [{ id: 'small', name: 'Small', cpus: 1, memoryMiB: 1024, accelerator: null, refused: null }],
      warning: 'It isolates nothing: whoever works here can read what others keep on this machine.',
    },
    {
      ...{ id: id(52), name: 'R', description: 'RStudio', image: 'r:1', engineId: id(42), engine: 'k8s-east' },
      ...{ engineKind: 'kubernetes', datasets: [], bounds: [], warning: null },
      limits: { cpus: 2, memoryMiB: 4096, volumeGiB: 10, idleMinutes: 60 },
      profiles: [{ id: 'small', name: 'Small', cpus: 1, memoryMiB: 1024, accelerator: null, refused: null }],
      refused: 'k8s-east does not answer.',
    },
  ],
  volumes: volumes(),
})

export const templates = (): Template[] => [
  {
    ...{ id: id(50), name: 'PyTorch', description: 'For training, with CUDA 12', image: 'quay.io/lab/pytorch:2' },
    ...{ engineId: id(40), engine: 'k8s-west', engineKind: 'kubernetes', command: null, roleIds: [], enabled: true },
    placement: { where: 'acme', account: null, qos: null, minutes: null },
    profiles: [
      { id: 'cpu', name: 'CPU only', cpus: 2, memoryMiB: 4096, accelerator: null },
      { id: 'gpu', name: 'One H100', cpus: 4, memoryMiB: 16_384, accelerator: h100 },
      { id: 'mig', name: 'Two slices', cpus: 2, memoryMiB: 8192, accelerator: slice },
    ],
    limits: { cpus: 16, memoryMiB: 131_072, volumeGiB: 100, idleMinutes: 240 },
    datasets: [{ name: 'imagenet', source: 'imagenet-claim' }],
    environment: { HF_HOME: '/home/jovyan/hf' },
    ...{ workspaces: 3, version: 7, updatedAt: at(-90_000) },
  },
]
type Places = AnswerOf<typeof listPlacements>
const placements: Places = {
  engines: [
    {
      ...{ engineId: id(40), engine: 'k8s-west', engineKind: 'kubernetes', needsImage: true, refused: null },
      placements: [
        { where: 'acme', account: null, qos: null, minutes: null },
        { where: 'acme-lab', account: null, qos: null, minutes: null },
      ],
      gpus: [
        { model: 'h100', profile: null, total: 8, free: 3 },
        { model: 'h100', profile: '1g.10gb', total: 14, free: 6 },
      ],
    },
    {
      ...{ engineId: id(43), engine: 'hpc', engineKind: 'slurm', needsImage: false, gpus: [] },
      placements: [{ where: 'gpu', account: 'acme', qos: 'long', minutes: 480 }],
      refused: null,
    },
  ],
}
const quotas: AnswerOf<typeof getUserQuotas> = {
  standard: { gpus: 2, cpus: 12, memoryMiB: 65_536, storageGiB: 100, workspaces: 5 },
  others: [{ ...{ userId: bob.id, username: 'bob' }, quota: { ...none(), gpus: 8 } }],
}
function none() {
  return { gpus: null, cpus: null, memoryMiB: null, storageGiB: null, workspaces: null }
}

const session = (permissions: readonly Permission[]): Session => ({
  user: { ...me, email: 'ada@acme.test', firstName: 'Ada', lastName: 'Person' },
  role: { id: id(21), name: 'Tenant Admin' },
  tenant: { id: id(22), slug: 'acme', name: 'Acme', kind: 'tenant' },
  visitingFrom: null,
  permissions: [...permissions],
  passwordChangeRequired: false,
  passwordPolicy: { minLength: 12, maxLength: 128 },
  expiresAt: at(3600),
})

export type State = People & {
  permissions: readonly Permission[]
  workspaces: Workspace[]
  choices: Choices
  templates: Template[]
  volumes: Volume[]
  shares: { userId: string; username: string; name: string; sharedAt: string }[]
  /** What is answered to one operation instead, such as `GET workspaces`; null: nothing, for as long as the test runs. */
  instead: Record<string, { status: number; body: object } | null>
  /** Every change that was asked for, in order. */
  asked: { what: string; body: unknown; headers: Record<string, string> }[]
  /** What was posted to a workspace’s own origin. */
  opened: { url: string; body: string | null; opener: boolean | null }[]
}

export const origin = 'http://tenantry.test'
const workspaceOrigin = 'http://ws-1.workspaces.test'
const json = (body: unknown, status = 200) => ({ status, contentType: 'application/json', body: JSON.stringify(body) })
export const problem = (code: string, status: number, detail?: string, errors?: object[]) => ({
  status,
  body: { type: `/problems/${code}`, code, title: code, status, ...(detail && { detail }), ...(errors && { errors }) },
})

/** Answers in the place of a server. */
export async function answerAll(context: BrowserContext, more: Partial<State> = {}): Promise<State> {
  const state: State = {
    permissions: builtInRoles.tenant_admin.permissions,
    ...{ workspaces: everyWorkspace(), choices: choices(), templates: templates(), volumes: volumes() },
    ...{ shares: [], belongings: { workspaces: [], volumes: [], jobs: 0 }, people: [] },
    ...{ instead: {}, asked: [], opened: [] },
    ...more,
  }
  await context.route(`${origin}/**`, async (route) => {
    const file = resolve(dist, new URL(route.request().url()).pathname.slice(1))
    const found = extname(file) !== '' && existsSync(file)
    await route.fulfill({
      path: found ? file : resolve(dist, 'index.html'),
      contentType: found ? types[extname(file)] : 'text/html',
    })
  })
  await context.route(`${workspaceOrigin}/**`, async (route) => {
    state.opened.push({ url: route.request().url(), body: route.request().postData(), opener: null })
    await route.fulfill({ status: 200, contentType: 'text/html', body: '<h1>a notebook</h1>' })
  })
  await context.route(`${origin}/api/**`, async (route) => {
    const request = route.request()
    const url = new URL(request.url())
    const path = url.pathname.replace(/^\/api\/v1\//, '')
    const what = `${request.method()} ${path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ':id')}`
    if (request.method() !== 'GET')
      state.asked.push({
        what: `${request.method()} ${path}${url.search}`,
        body: bodyOf(request),
        headers: request.headers(),
      })
    const instead = state.instead[what]
    if (instead === null) return
    if (instead) return route.fulfill(json(instead.body, instead.status))
    if (what === 'GET dashboard/events')
      return route.fulfill({ status: 200, contentType: 'text/event-stream', body: ': here\n\n' })
    if (what === 'GET workspaces/:id/logs')
      return route.fulfill({
        ...{ status: 200, contentType: 'text/event-stream' },
        body: `event: output\ndata: ${JSON.stringify({ text: '[I] Serving notebooks\n[I] Jupyter is running\n' })}\n\nevent: end\ndata: {}\n\n`,
      })
    const answer = answerOf(state, what, path.split('/')[1] ?? '', url.searchParams, bodyOf(request))
    return route.fulfill(answer === undefined ? json({}, 204) : json(answer))
  })
  return state
}

/** A page of the made-up server, opened by somebody who is signed in. */
export async function openAt(
  browser: Browser,
  path: string,
  more: Partial<State> = {},
  options: NonNullable<Parameters<typeof openContext>[1]> = {},
) {
  const context = await openContext(browser, { viewport: { width: 1440, height: 900 }, ...options })
  const state = await answerAll(context, more)
  const page = await context.newPage()
  await page.goto(origin + path)
  return { context, page, state }
}
export const asked = (state: State, what: string) => state.asked.filter((one) => one.what === what)

const bodyOf = (request: Request): Record<string, never> => (request.postData() ? request.postDataJSON() : {})

function answerOf(
  state: State,
  what: string,
  of: string,
  query: URLSearchParams,
  body: Record<string, never>,
): unknown {
  const one = () => state.workspaces.find((each) => each.id === of)
  const change = (part: Partial<Workspace>) => {
    state.workspaces = state.workspaces.map((each) => (each.id === of ? { ...each, ...part } : each))
    return one()
  }
  switch (what) {
    case 'GET session':
      return session(state.permissions)
    case 'GET dashboard/layout':
      return { layout: defaultLayout(widgets), source: 'product', revision: 0, defaultRevision: 0 }
    case 'GET dashboard/overview':
      return { cards: [] }
    case 'GET workspaces': {
      const states = query.get('state')?.split(',')
      const items = state.workspaces.filter(
        ({ name, state }) => name.includes(query.get('q') ?? '') && (!states || states.includes(state)),
      )
      return { items, next: null, previous: null, total: items.length }
    }
    case 'POST workspaces': {
      const made = workspace(100, {
        ...{ name: String(body.name), state: 'starting', can: off, phases: started(['quota', 'queue', 'pull'], true) },
      })
      state.workspaces.push(made)
      return made
    }
    case 'GET workspaces/choices':
      return state.choices
    case 'GET workspaces/:id':
      return one()
    case 'POST workspaces/:id/open':
      return { action: `${workspaceOrigin}/enter`, ticket: 'a-ticket', expiresAt: at(30) }
    case 'POST workspaces/:id/start':
      return change({ state: 'starting', phases: started(['quota'], true) })
    case 'POST workspaces/:id/stop':
      return change({ state: 'stopping' })
    case 'POST workspaces/:id/restart':
      return change({ state: 'stopping' })
    case 'POST workspaces/:id/extend':
      return change({ idle: { ...idle, state: 'idle', stopsAt: at(3600), warned: false } })
    case 'POST workspaces/:id/hand-over':
      return change({ owner: bob, mine: false })
    case 'DELETE workspaces/:id':
      state.workspaces = state.workspaces.filter((each) => each.id !== of)
      return undefined
    case 'GET workspaces/:id/events':
      return {
        items: [
          { id: '2', at: at(-30), text: 'Back-off pulling image', warning: true },
          { id: '1', at: at(-60), text: 'Granted: 1 × h100', warning: false },
        ],
      }
    case 'GET workspaces/:id/colleagues':
      return {
        items: colleagues.filter(({ name }) => name.toLowerCase().startsWith((query.get('q') ?? '').toLowerCase())),
      }
    case 'POST workspaces/:id/shares':
      state.shares.push({
        ...(colleagues.find(({ userId }) => userId === body.userId) as never as State['shares'][0]),
        sharedAt: at(0),
      })
      return { items: state.shares }
    case 'DELETE workspaces/:id/shares/:id':
      state.shares = []
      return undefined
    case 'GET workspaces/:id/shares':
      return { items: state.shares }
    case 'GET volumes':
      return { items: state.volumes }
    case 'DELETE volumes/:id':
      state.volumes = state.volumes.filter((each) => each.id !== of)
      return undefined
    case 'GET workspace-templates':
      return { items: state.templates }
    case 'GET workspace-templates/placements':
      return placements
    case 'POST workspace-templates':
    case 'PUT workspace-templates/:id':
      return { ...state.templates[0], ...(body as object) }
    case 'DELETE workspace-templates/:id':
      return undefined
    case 'GET user-quotas':
      return quotas
    case 'GET tenant':
      return {
        ...{ name: 'Acme', slug: 'acme', description: '', passwordMinLength: 15, temporaryLife: 24, sessionIdle: 12 },
        ...{ sessionLife: 168, emailDomains: [], version: 1 },
      }
    case 'GET roles':
      return { items: [{ ...user.role, permissions: [], missing: [], assignable: true, enabled: true, version: 1 }] }
    default:
      return (
        answerOfPeople(state, what, body) ?? { items: [], next: null, previous: null, quota: null, status: 'disabled' }
      )
  }
}
