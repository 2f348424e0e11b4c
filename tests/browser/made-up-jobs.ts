import { existsSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import {
  type AnswerOf,
  builtInRoles,
  defaultLayout,
  type Job,
  type JobDetail,
  type listJobChoices,
  type Permission,
  type Session,
  widgets,
} from '@tenantry/contract'
import type { Browser, BrowserContext, Request } from 'playwright-core'
import { openContext } from './browser.ts'
import { bob, me } from './made-up-people.ts'

export const url = 'http://tenantry.test'

// Answers in the place of a server: jobs in every state, and refusals when they are asked for.
const dist = resolve(import.meta.dirname, '../../packages/web/dist')
const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }

export const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString()

export const job = (n: number, more: Partial<Job> = {}): Job => ({
  ...{ id: id(n), engineId: id(900), engine: 'hpc-west', engineKind: 'slurm', nativeId: String(4_000 + n) },
  ...{
    name: `job-${n}`,
    owner: 'ada',
    state: 'running',
    nativeState: ['RUNNING'],
    reason: null,
    gpus: 2,
    where: 'gpu',
  },
  ...{ submittedAt: at(-7_200), startedAt: at(-1_800), endedAt: null, expectedStart: null, timeLimitMinutes: 60 },
  ...{ account: 'physics', qos: 'normal', gpuModels: [{ model: 'h100', count: 2 }], cpus: 16, memoryMiB: 131_072 },
  ...{ nodeCount: 1, nodes: ['gx-014'], exitCode: null, signal: null, endReason: null, array: null },
  ...{ person: me, mine: true },
  can: { cancel: true, resubmit: true, output: true },
  ...more,
})
export const ended = (n: number, endReason: string, more: Partial<Job> = {}): Job =>
  job(n, {
    ...{ state: ['COMPLETED', 'CANCELLED'].includes(endReason) ? 'stopped' : 'failed', nativeState: [endReason] },
    ...{ endReason, endedAt: at(-60), name: `ended-${endReason.toLowerCase().replaceAll('_', '-')}` },
    can: { cancel: false, resubmit: true, output: true },
    ...more,
  })

export const ends = {
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  CANCELLED: 'Cancelled',
  TIMEOUT: 'Time limit reached',
  OUT_OF_MEMORY: 'Out of memory',
  NODE_FAIL: 'A node failed',
  BOOT_FAIL: 'A node did not start',
  PREEMPTED: 'Made way for others',
  DEADLINE: 'Deadline missed',
} as const

export const array = job(2, {
  ...{ name: 'sweep', gpuModels: [], gpus: 0, cpus: 404, memoryMiB: 413_696 },
  array: {
    task: null,
    total: 101,
    states: [
      { state: 'stopped', count: 85 },
      { state: 'running', count: 3 },
      { state: 'pending', count: 12 },
      { state: 'failed', count: 1 },
    ],
  },
})
const noneOf = { cancel: false, resubmit: false, output: false }
export const everyJob: Job[] = [
  job(1, { name: 'train a model with a name that is rather long <b>for a cell</b>' }),
  array,
  job(3, {
    ...{ name: 'evaluate', state: 'pending', nativeState: ['PENDING'], reason: 'Priority', startedAt: null },
    ...{ expectedStart: at(310), nodes: [], nodeCount: 4, gpus: 32, gpuModels: [{ model: 'h100', count: 32 }] },
  }),
  job(4, { name: 'someone-elses', owner: 'bob', person: bob, mine: false, can: noneOf }),
  // Nobody of the tenant: all that is known is what the engine calls them.
  job(5, { name: 'of-nobody', owner: 'svc-batch', person: null, mine: false, can: noneOf }),
  ...Object.keys(ends).map((reason, n) =>
    ended(10 + n, reason, { exitCode: reason === 'FAILED' ? 1 : null, memoryMiB: 1024, timeLimitMinutes: 60 }),
  ),
]

const script = '#!/bin/bash\nset -euo pipefail\n\n# <script>alert(1)</script>\nsrun python3 train.py\n'
export const detail = (job: Job): JobDetail => ({
  ...job,
  script,
  submitted: {
    ...{
      engineId: job.engineId,
      name: job.name,
      script,
      where: 'gpu',
      account: 'physics',
      qos: 'high',
      nodes: 1,
      cpus: 8,
    },
    ...{ memoryMiB: 65_536, gpus: { model: 'h100', count: 2 }, minutes: 240, array: null, image: null },
    ...{ workingDirectory: '/home/ada/run', environment: { OMP_NUM_THREADS: '8' } },
  },
  workingDirectory: '/home/ada/run',
  standardOutput: `/home/ada/run/slurm-${job.nativeId}.out`,
  standardError: `/home/ada/run/slurm-${job.nativeId}.err`,
  timeline: job.startedAt ? [{ at: job.startedAt, text: 'Started on gx-014', warning: false }] : [],
  incomplete: null,
})

type Choices = AnswerOf<typeof listJobChoices>
const place = (name: string, more: object = {}) => ({
  ...{ name, open: true, nodes: 16, cpus: 96, memoryMiB: 1_048_576, defaultMinutes: 60, maxMinutes: 2_880 },
  gpus: [
    { model: 'h100', perNode: 8, total: 128, free: 5 },
    { model: 'a100', perNode: 4, total: 16, free: 16 },
  ],
  ...more,
})
export const choices: Choices = {
  engines: [
    {
      ...{ engineId: id(900), engine: 'hpc-west', engineKind: 'slurm', reason: null },
      choices: {
        combinations: [
          { where: 'gpu', account: 'physics', qos: 'normal' },
          { where: 'gpu', account: 'physics', qos: 'high' },
          { where: 'cpu', account: 'physics', qos: 'normal' },
          { where: 'cpu', account: 'guests', qos: 'low' },
        ],
        places: [place('gpu'), place('cpu', { gpus: [], maxMinutes: 600 })],
        ...{ needsImage: false, arrays: true },
      },
    },
    {
      ...{ engineId: id(901), engine: 'k8s', engineKind: 'kubernetes', reason: null },
      choices: {
        combinations: [{ where: 'acme', account: '', qos: '' }],
        places: [place('acme', { maxMinutes: null })],
        ...{ needsImage: true, arrays: false },
      },
    },
    {
      ...{ engineId: id(902), engine: 'hpc-east', engineKind: 'slurm', choices: null },
      reason: 'It does not answer: connection refused.',
    },
  ],
}

export const sessionOf = (permissions: readonly Permission[]): Session => ({
  user: { id: id(20), username: 'ada', email: 'ada@acme.test', firstName: 'Ada', lastName: 'Person' },
  role: { id: id(21), name: 'Tenant Admin' },
  tenant: { id: id(22), slug: 'acme', name: 'Acme', kind: 'tenant' },
  visitingFrom: null,
  permissions: [...permissions],
  passwordChangeRequired: false,
  passwordPolicy: { minLength: 12, maxLength: 128 },
  expiresAt: at(3_600),
})

export type Event = [name: string, data: object]
export const streamOf = (events: Event[]) =>
  events.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join('')
export const problem = (status: number, code: string, more: object = {}) => ({
  status,
  body: { type: `/problems/${code}`, code, title: 'Refused', status, ...more },
})
type Answer = { status?: number; body: unknown }

export type MadeUp = {
  permissions: readonly Permission[]
  jobs: Job[]
  choices: Choices
  /** In the place of what would be answered, by method and path: `POST /jobs`. */
  instead: Record<string, Answer | (() => Promise<Answer>)>
  /** What the output says at each opening of its stream, in turn; the last one again and again. */
  output: Event[][]
  asked: { method: string; path: string; query: URLSearchParams; body: unknown }[]
}

async function answerAll(context: BrowserContext, more: Partial<MadeUp> = {}): Promise<MadeUp> {
  const made: MadeUp = {
    ...{
      permissions: builtInRoles.tenant_admin.permissions,
      jobs: everyJob,
      choices,
      instead: {},
      output: [],
      asked: [],
    },
    ...more,
  }
  await context.route('http://tenantry.test/**', async (route) => {
    const file = resolve(dist, new URL(route.request().url()).pathname.slice(1))
    const found = extname(file) !== '' && existsSync(file)
    await route.fulfill({
      path: found ? file : resolve(dist, 'index.html'),
      contentType: found ? types[extname(file)] : 'text/html',
    })
  })
  await context.route('http://tenantry.test/api/**', async (route) => {
    const request = route.request()
    const { pathname, searchParams } = new URL(request.url())
    const path = pathname.replace(/^\/api\/v1/, '')
    made.asked.push({ method: request.method(), path, query: searchParams, body: bodyOf(request) })
    const given = made.instead[`${request.method()} ${path}`]
    const answer = typeof given === 'function' ? await given() : given
    if (answer) {
      const { status = 200, body } = answer
      await route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(body) }).catch(() => {})
      return
    }
    if (path === '/dashboard/events') return route.fulfill({ contentType: 'text/event-stream', body: ': here\n\n' })
    if (path.endsWith('/output')) {
      const events = made.output.length > 1 ? made.output.shift() : made.output[0]
      return route.fulfill({ contentType: 'text/event-stream', body: streamOf(events ?? [['end', {}]]) })
    }
    await route.fulfill({ contentType: 'application/json', body: JSON.stringify(answerOf(made, request, path)) })
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
  const viewport = { width: 1440, height: 900 }
  const context = await openContext(browser, { viewport, reducedMotion: 'reduce', ...options })
  const made = await answerAll(context, more)
  const page = await context.newPage()
  await page.goto(url + path)
  return { context, page, made }
}

/** What was asked of one route. */
export const sent = (made: MadeUp, method: string, path: string) =>
  made.asked.filter((one) => one.method === method && one.path === path)

const bodyOf = (request: Request): unknown => {
  try {
    return request.postDataJSON()
  } catch {
    return null
  }
}

function answerOf(made: MadeUp, request: Request, path: string): unknown {
  const page = (items: unknown[]) => ({ items, next: null, previous: null, total: items.length })
  if (path === '/session') return sessionOf(made.permissions)
  if (path === '/dashboard/layout')
    return { layout: defaultLayout(widgets), source: 'product', revision: 0, defaultRevision: 0 }
  if (path === '/dashboard/overview') return { cards: [] }
  if (path === '/dashboard/jobs') return { items: made.jobs }
  if (path === '/jobs' && request.method() === 'GET') return page(made.jobs)
  if (path === '/jobs')
    return detail(job(77, { name: 'fresh', state: 'pending', nativeState: ['PENDING'], startedAt: null }))
  if (path === '/jobs/choices') return made.choices
  const [, which, verb] = /^\/jobs\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? []
  const found = made.jobs.find((one) => one.id === which) ?? job(77, { name: 'fresh' })
  if (verb === 'tasks')
    return page(
      [3, 4, 5].map((n) =>
        job(500 + n, { name: 'sweep', nativeId: `4002_${n}`, array: { task: n, total: 101, states: [] } }),
      ),
    )
  if (verb === 'cancel') return { ...found, state: 'stopping', nativeState: ['COMPLETING'] }
  if (verb === 'resubmit') return detail(job(77, { name: 'fresh' }))
  return which ? detail(found) : page([])
}
