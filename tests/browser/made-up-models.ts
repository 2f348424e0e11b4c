import { existsSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import {
  builtInRoles,
  defaultLayout,
  type Model,
  type ModelKey,
  type ModelTest,
  type ModelUsage,
  type NewModel,
  type Permission,
  type Session,
  widgets,
} from '@tenantry/contract'
import type { Browser, BrowserContext, Request } from 'playwright-core'
import { openContext } from './browser.ts'
import { bob, me } from './made-up-people.ts'

// Answers in the place of a server: models in every state, keys, and what was used.
export const url = 'http://tenantry.test'
const dist = resolve(import.meta.dirname, '../../packages/web/dist')
const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
export const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
export const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString()
export const day = (ago: number) => at(-ago * 86_400).slice(0, 10)

export const model = (n: number, more: Partial<Model> = {}): Model => ({
  ...{ id: id(n), name: `model-${n}`, title: `Model ${n}`, description: '', uses: ['chat'], contextLength: 131_072 },
  price: { input: 0.2, output: 0.6, currency: 'EUR' },
  limits: { requestsPerMinute: 60, tokensPerMinute: null, tokensPerMonth: 5_000_000 },
  ...{ enabled: true, roleIds: null, usable: true, health: { status: 'ok', asOf: at(-5), reason: null } },
  metrics: null,
  endpoint: {
    ...{ address: 'https://inference.example.org/v1', ca: null, model: 'meta-llama/Llama-3.1-8B-Instruct' },
    ...{ credential: true, credentialRotatedAt: at(-900_000) },
  },
  ...{ version: 3, publishedAt: at(-2_000_000) },
  ...more,
})
/** One in each state. */
export const everyModel = (): Model[] => [
  model(1, {
    ...{ name: 'llama-3.1-8b', title: 'Llama 3.1 8B', description: 'Quick, for everyday questions.' },
    uses: ['chat', 'completions'],
    metrics: {
      ...{ running: 7, waiting: 2, cacheUse: 0.413 },
      ...{ promptTokensPerSecond: 5_310.4, completionTokensPerSecond: 812.6 },
    },
  }),
  model(2, {
    ...{ name: 'bge-m3', title: 'BGE M3', uses: ['embeddings'], contextLength: null, price: null },
    limits: { requestsPerMinute: null, tokensPerMinute: null, tokensPerMonth: null },
    ...{ roleIds: [id(21)], health: { status: 'slow', asOf: at(-200), reason: 'It took 9 s to answer.' } },
  }),
  model(3, {
    ...{ name: 'a-name/that-goes-on:and_on.for-as-long-as-a-name-may-be-1234567890', title: 'A title that is long' },
    health: { status: 'failing', asOf: at(-4_000), reason: 'Connection refused at inference.example.org:443.' },
    usable: false,
    roleIds: [id(21), id(23)],
  }),
  model(4, { name: 'put-away', title: 'Put away', enabled: false }),
  model(5, { name: 'fresh', title: 'Fresh', health: { status: 'waiting', asOf: null, reason: null } }),
]

export const passed: ModelTest = {
  ok: true,
  steps: [
    { ok: true, text: 'It answers at https://inference.example.org/v1.' },
    { ok: true, text: 'It takes the key.' },
    { ok: true, text: 'It serves 2 models.' },
  ],
  reason: null,
  models: [
    { id: 'meta-llama/Llama-3.1-8B-Instruct', contextLength: 131_072 },
    { id: 'BAAI/bge-m3', contextLength: 8_192 },
  ],
  ...{ firstTokenMs: 41.6, totalMs: 230.2, reportsUsage: true, metrics: true },
}

export const key = (n: number, more: Partial<ModelKey> = {}): ModelKey => ({
  ...{ id: id(n), name: `key ${n}`, owner: me, mine: true, prefix: `tnk_${n}Ab3` },
  ...{ models: null, state: 'active', requestsPerMinute: null, tokensPerMonth: null, tokensThisMonth: 12_345 },
  ...{ createdAt: at(-900_000), expiresAt: at(60 * 86_400), lastUsedAt: at(-120), revokedAt: null },
  ...more,
})
export const everyKey = (): ModelKey[] => [
  key(101, { name: 'notebook', tokensPerMonth: 1_000_000, tokensThisMonth: 830_000, requestsPerMinute: 30 }),
  key(102, {
    ...{ name: 'nightly evaluation', expiresAt: at(3 * 86_400 + 60), models: [{ id: id(1), name: 'llama-3.1-8b' }] },
    ...{ tokensPerMonth: 1_000, tokensThisMonth: 1_000 },
  }),
  key(103, { name: 'never', expiresAt: null, lastUsedAt: null, tokensThisMonth: 0 }),
]
export const endedKeys = (): ModelKey[] => [
  key(104, { name: 'lost', state: 'revoked', revokedAt: at(-86_400) }),
  key(105, { name: 'past', state: 'expired', expiresAt: at(-86_400) }),
]
export const otherKeys = (): ModelKey[] => [key(106, { name: 'of bob', mine: false, owner: bob, state: 'idle' })]

type Used = ModelUsage['total']
const used = (requests: number, more: Partial<Used> = {}): Used => ({
  ...{ requests, failed: Math.floor(requests / 20), inputTokens: requests * 900, outputTokens: requests * 300 },
  ...{ estimatedTokens: 0, cost: requests > 0 ? { EUR: requests * 0.0006 } : {} },
  ...more,
})
export const usage = (more: Partial<ModelUsage> = {}): ModelUsage => ({
  total: used(420, { estimatedTokens: 1_500, cost: { EUR: 0.252, USD: 12 } }),
  days: [20, 13, 12, 6, 2, 1, 0].map((ago) => ({ day: day(ago), ...used(60 + ago) })),
  rows: [
    { id: id(1), name: 'llama-3.1-8b', owner: null, person: null, ...used(400, { cost: { EUR: 0.24, USD: 12 } }) },
    { id: null, name: '=HYPERLINK("http://evil")', owner: null, person: null, ...used(20, { estimatedTokens: 1_500 }) },
  ],
  budgets: [
    { of: 'model', id: id(1), name: 'llama-3.1-8b', used: 4_200_000, most: 5_000_000 },
    { of: 'key', id: id(102), name: 'nightly evaluation', used: 1_000, most: 1_000 },
    { of: 'key', id: id(101), name: 'notebook', used: 100_000, most: 1_000_000 },
  ],
  ...more,
})
export const noUsage: ModelUsage = { total: used(0), days: [], rows: [], budgets: [] }

export const sessionOf = (permissions: readonly Permission[], guest = false): Session => ({
  user: { id: id(20), username: 'ada', email: 'ada@acme.test', firstName: 'Ada', lastName: 'Person' },
  role: { id: id(21), name: 'Tenant Admin' },
  tenant: { id: id(22), slug: 'acme', name: 'Acme', kind: 'tenant' },
  visitingFrom: guest ? { slug: 'platform', name: 'Platform' } : null,
  permissions: [...permissions],
  passwordChangeRequired: false,
  passwordPolicy: { minLength: 12, maxLength: 128 },
  expiresAt: at(3_600),
})
const role = (n: number, name: string) => ({
  ...{ id: id(n), name, description: '', builtIn: true, scope: 'tenant', enabled: true, permissions: [] },
  ...{ assignable: true, missing: [], createdAt: at(-9e6), updatedAt: at(-9e6), version: 1 },
})

export const problem = (status: number, code: string, more: object = {}) => ({
  status,
  body: { type: `/problems/${code}`, code, title: 'Refused', status, ...more },
})
type Answer = { status?: number; body: unknown }
export type MadeUp = {
  permissions: readonly Permission[]
  /** Whether a Platform Admin has come to visit. */
  guest: boolean
  models: Model[]
  keys: ModelKey[]
  usage: ModelUsage
  test: ModelTest
  /** In the place of what would be answered, by method and path: `POST /models`. */
  instead: Record<string, Answer>
  asked: { what: string; query: URLSearchParams; body: Record<string, unknown> | null; ifMatch: string | undefined }[]
}

async function answerAll(context: BrowserContext, more: Partial<MadeUp>): Promise<MadeUp> {
  const made: MadeUp = {
    ...{ permissions: builtInRoles.tenant_admin.permissions, guest: false, models: everyModel() },
    ...{ keys: [...everyKey(), ...endedKeys(), ...otherKeys()], usage: usage(), test: passed },
    ...{ instead: {}, asked: [] },
    ...more,
  }
  await context.route(`${url}/**`, async (route) => {
    const file = resolve(dist, new URL(route.request().url()).pathname.slice(1))
    const found = extname(file) !== '' && existsSync(file)
    await route.fulfill({
      path: found ? file : resolve(dist, 'index.html'),
      contentType: found ? types[extname(file)] : 'text/html',
    })
  })
  await context.route(`${url}/api/**`, async (route) => {
    const request = route.request()
    const { pathname, searchParams } = new URL(request.url())
    const what = `${request.method()} ${pathname.replace(/^\/api\/v1/, '')}`
    const body = bodyOf(request)
    made.asked.push({ what, query: searchParams, body, ifMatch: request.headers()['if-match'] })
    if (what === 'GET /dashboard/events') return route.fulfill({ contentType: 'text/event-stream', body: ': here\n\n' })
    const given = made.instead[what] ?? { body: answerOf(made, what, searchParams, body) }
    const { status = given.body === null ? 204 : 200 } = given as Answer
    return route
      .fulfill({ status, contentType: 'application/json', body: status === 204 ? '' : JSON.stringify(given.body) })
      .catch(() => {})
  })
  return made
}

/** A page of its own at an address, with answers made up for it. */
export async function openAt(
  browser: Browser,
  path: string,
  more: Partial<MadeUp> = {},
  options: Parameters<typeof openContext>[1] = {},
) {
  const context = await openContext(browser, {
    ...{ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' },
    ...options,
  })
  const made = await answerAll(context, more)
  const page = await context.newPage()
  await page.goto(url + path)
  return { context, page, made }
}

/** What was sent of one kind, in order. */
export const sent = (made: MadeUp, what: string) => made.asked.filter((one) => one.what === what)

const bodyOf = (request: Request): Record<string, unknown> | null =>
  request.postData() ? (request.postDataJSON() as Record<string, unknown>) : null

function answerOf(made: MadeUp, what: string, query: URLSearchParams, body: Record<string, unknown> | null): unknown {
  const one = made.models.find((each) => what.includes(each.id))
  const change = (part: object) => {
    made.models = made.models.map((each) => (each === one ? { ...each, ...part, version: each.version + 1 } : each))
    return made.models.find((each) => each.id === one?.id)
  }
  const [method, path = ''] = what.split(' ')
  const pattern = `${method} ${path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ':id')}`
  switch (pattern) {
    case 'GET /session':
      return sessionOf(made.permissions, made.guest)
    case 'GET /dashboard/layout':
      return { layout: defaultLayout(widgets), source: 'product', revision: 0, defaultRevision: 0 }
    case 'GET /dashboard/overview':
      return { cards: [] }
    case 'GET /roles':
      return { items: [role(21, 'Tenant Admin'), role(23, 'Researcher')] }
    case 'GET /models':
      return { items: made.models }
    case 'POST /models': {
      const { credential, address, ca, model: upstream, ...rest } = body as never as NewModel
      const endpoint = { address, ca, model: upstream, credential: credential !== null, credentialRotatedAt: null }
      made.models.push(model(77, { ...rest, endpoint }))
      return made.models.at(-1)
    }
    case 'GET /models/:id':
      return one
    case 'PATCH /models/:id':
      return change({ title: body?.title ?? one?.title })
    case 'POST /models/:id/disable':
    case 'POST /models/:id/enable':
      return change({ enabled: pattern.endsWith('enable') && !pattern.endsWith('disable') })
    case 'DELETE /models/:id':
      made.models = made.models.filter((each) => each !== one)
      return null
    case 'POST /models/test':
    case 'POST /models/:id/test':
      return made.test
    case 'GET /model-keys': {
      const items = made.keys.filter(
        ({ name, mine, state }) =>
          name.includes(query.get('q') ?? '') &&
          (mine || query.get('whose') === 'all') &&
          (query.get('ended') === 'yes' || state === 'active' || state === 'idle'),
      )
      return { items, next: null, previous: null }
    }
    case 'POST /model-keys': {
      const made1 = key(107, { name: String(body?.name), expiresAt: body?.days === null ? null : at(7_776_000) })
      made.keys.push(made1)
      return { key: made1, secret: 'tnk_once-and-never-again' }
    }
    case 'POST /model-keys/:id/revoke': {
      const found = made.keys.find((each) => path.includes(each.id))
      if (found) Object.assign(found, { state: 'revoked', revokedAt: at(0) })
      return found
    }
    case 'GET /model-usage':
      return query.get('whose') === 'all' ? { ...made.usage, budgets: [] } : made.usage
    default:
      return { items: [], next: null, previous: null, quota: null }
  }
}
