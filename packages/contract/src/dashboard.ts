import { z } from 'zod'
import { EngineHealth } from './engines.ts'
import { Id, Instant } from './fields.ts'
import { Amount, GpuAmount, ResourceKind, ResourceState } from './resources.ts'
import { route } from './route.ts'

/** The resources of one kind, over all engines that have any. */
export const Card = z.object({
  kind: ResourceKind,
  /** `no_engine`: the tenant has no part of any engine of this kind. */
  state: z.enum(['no_engine', 'ok']),
  count: z.int(),
  states: z.array(z.object({ state: ResourceState, count: z.int() })),
  gpus: z.array(GpuAmount),
  cpus: Amount.nullable(),
  memoryMiB: Amount.nullable(),
  /** Of the tenant, where the engine runs jobs. */
  jobs: z.object({ running: z.int(), pending: z.int() }).nullable(),
  /** What needs attention, the worst first: five at most. */
  attention: z.array(z.object({ id: Id, name: z.string(), state: ResourceState, reason: z.string().nullable() })),
  engines: z.array(EngineHealth.extend({ id: Id, name: z.string() })),
})
export type Card = z.infer<typeof Card>

export const Overview = z.object({ cards: z.array(Card) })
export type Overview = z.infer<typeof Overview>

export const getOverview = route('getOverview', 'GET /dashboard/overview', {
  summary: 'The resources of the tenant by kind; only the kinds you may see.',
  tag: 'Dashboard',
  needs: 'session',
  answers: { 200: Overview },
  problems: [],
})

export const followDashboard = route('followDashboard', 'GET /dashboard/events', {
  summary:
    'Server-sent events: `overview` with the same as the overview, at once and whenever it changes; `jobs` and ' +
    '`workspaces` when those changed. Ends when the session does.',
  tag: 'Dashboard',
  needs: 'session',
  answers: { 200: 'text/event-stream' },
  problems: [],
})

/** One widget of a layout, in cells of a grid of twelve columns. */
export const LayoutItem = z.object({
  /** Unique in its layout. */
  i: z.string().regex(/^[a-z0-9_-]{1,40}$/),
  /** A widget of the registry; of another version perhaps, then it is kept and not shown. */
  type: z.string().regex(/^[a-z0-9_]{1,40}$/),
  x: z.int().min(0).max(11),
  y: z.int().min(0).max(999),
  w: z.int().min(1).max(12),
  h: z.int().min(1).max(50),
})
export type LayoutItem = z.infer<typeof LayoutItem>

const types = z.array(LayoutItem.shape.type).max(200)
export const Layout = z.object({
  schema: z.literal(1),
  items: z.array(LayoutItem).max(100),
  /** Types that were taken away: they never come back by themselves. */
  removed: types,
  /** Types that were known when this was saved: what is in none of these is new, and offered. */
  seen: types,
})
export type Layout = z.infer<typeof Layout>

/** `source`: whose it is. `revision` is of one's own layout, 0 where there is none. */
export const LayoutAnswer = z.object({
  layout: Layout,
  source: z.enum(['own', 'tenant', 'product']),
  revision: z.int(),
  /** Of the tenant's default, 0 where there is none. */
  defaultRevision: z.int(),
})
export type LayoutAnswer = z.infer<typeof LayoutAnswer>

const Saving = z.object({ layout: Layout, revision: z.int().min(0) })
const tag = 'Dashboard'

export const getLayout = route('getLayout', 'GET /dashboard/layout', {
  summary: 'Your dashboard as you laid it out; else the default of the tenant; else that of the product.',
  tag,
  needs: 'session',
  answers: { 200: LayoutAnswer },
  problems: [],
})
export const saveLayout = route('saveLayout', 'PUT /dashboard/layout', {
  summary: 'Save how you laid your dashboard out. `revision` is the one it was made from.',
  tag,
  needs: 'session',
  body: Saving,
  answers: { 200: LayoutAnswer },
  problems: ['changed_meanwhile', 'layout_overlaps'],
})
export const resetLayout = route('resetLayout', 'DELETE /dashboard/layout', {
  summary: 'Forget how you laid your dashboard out, and take the default.',
  tag,
  needs: 'session',
  answers: { 200: LayoutAnswer },
  problems: [],
})
export const getDefaultLayout = route('getDefaultLayout', 'GET /dashboard/default', {
  summary: 'The default dashboard of the tenant.',
  tag,
  needs: 'dashboard.set_default',
  answers: { 200: LayoutAnswer },
  problems: [],
})
export const setDefaultLayout = route('setDefaultLayout', 'PUT /dashboard/default', {
  summary: 'Make a layout the default of the tenant, for everybody who has none of their own.',
  tag,
  needs: 'dashboard.set_default',
  body: Saving,
  answers: { 200: LayoutAnswer },
  problems: ['changed_meanwhile', 'layout_overlaps'],
})

export const JobSummary = z.object({
  id: Id,
  engine: z.string(),
  nativeId: z.string(),
  name: z.string(),
  owner: z.string(),
  state: ResourceState,
  nativeState: z.array(z.string()),
  reason: z.string().nullable(),
  gpus: z.int(),
  where: z.string(),
  startedAt: Instant.nullable(),
  submittedAt: Instant.nullable(),
})
export type JobSummary = z.infer<typeof JobSummary>

export const listOwnJobs = route('listOwnJobs', 'GET /dashboard/jobs', {
  summary: 'Your latest jobs on every engine, those that run first.',
  tag,
  needs: 'job.view_own',
  answers: { 200: z.object({ items: z.array(JobSummary) }) },
  problems: [],
})

export const countUsersByRole = route('countUsersByRole', 'GET /dashboard/users-by-role', {
  summary: 'How many users hold each role.',
  tag,
  needs: ['user.view'],
  answers: { 200: z.object({ items: z.array(z.object({ roleId: Id, role: z.string(), users: z.int() })) }) },
  problems: [],
})
