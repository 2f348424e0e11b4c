import { z } from 'zod'
import { Id, Instant, lineOfText, Person, pageOf, paging } from './fields.ts'
import { Accelerator, Bound } from './launch.ts'
import { EngineKind } from './resources.ts'
import { route } from './route.ts'
import { Cores, MemoryMiB, Profile, Template } from './workspace-templates.ts'

const tag = 'Workspaces'
const byId = z.object({ id: Id })

/** Engines that workspaces run on. */
export const workspaceEngines = ['kubernetes', 'slurm', 'this_machine'] as const

export const workspaceStates = ['queued', 'starting', 'running', 'stopping', 'stopped', 'failed'] as const
export const WorkspaceState = z.enum(workspaceStates)
export type WorkspaceState = z.infer<typeof WorkspaceState>

/** What it goes through on its way up, in order. */
export const workspacePhases = ['quota', 'queue', 'pull', 'start', 'ready'] as const

const Volume = z.object({
  id: Id,
  name: z.string(),
  sizeGiB: z.int(),
  engineId: Id,
  engine: z.string(),
  owner: z.string(),
  /** Whose it is; null once they are erased. */
  person: Person.nullable(),
  /** The workspace that uses it. */
  workspace: z.object({ id: Id, name: z.string() }).nullable(),
  createdAt: Instant,
})
export type Volume = z.infer<typeof Volume>

export const Workspace = z.object({
  id: Id,
  name: z.string(),
  owner: Person,
  mine: z.boolean(),
  templateId: Id.nullable(),
  template: z.string(),
  engineId: Id,
  engine: z.string(),
  engineKind: EngineKind,
  state: WorkspaceState,
  /** Why it is in this state, in a sentence. */
  reason: z.string().nullable(),
  profile: z.string(),
  cpus: z.int(),
  memoryMiB: z.int(),
  accelerator: Accelerator.nullable(),
  image: z.string().nullable(),
  volume: z.object({ id: Id, name: z.string(), sizeGiB: z.int() }).nullable(),
  datasets: z.array(z.string()),
  idleMinutes: z.int().nullable(),
  /** The last start, phase by phase; `endedAt` is null for the one it is in. */
  phases: z.array(z.object({ phase: z.enum(workspacePhases), startedAt: Instant, endedAt: Instant.nullable() })),
  /** Whether somebody works there, why that is thought so, and when it stops if nobody does. */
  idle: z.object({
    state: z.enum(['active', 'idle', 'unknown']),
    /** In a sentence: `A kernel is busy.` */
    because: z.string(),
    lastActiveAt: Instant.nullable(),
    stopsAt: Instant.nullable(),
    /** It stops soon: whoever works there should say so. */
    warned: z.boolean(),
  }),
  sharedWith: z.int(),
  /** The first of those it is shared with, by username. */
  sharedPeople: z.array(Person).max(3),
  can: z.object({
    open: z.boolean(),
    start: z.boolean(),
    stop: z.boolean(),
    remove: z.boolean(),
    share: z.boolean(),
    handOver: z.boolean(),
  }),
  createdAt: Instant,
  startedAt: Instant.nullable(),
})
export type Workspace = z.infer<typeof Workspace>

const seen = ['workspace.view_own', 'workspace.view_all'] as const
const changed = ['workspace.create', 'workspace.manage_all'] as const

export const listWorkspaces = route('listWorkspaces', 'GET /workspaces', {
  summary: 'Workspaces: your own and those shared with you, or everybody’s.',
  tag,
  needs: seen,
  query: z.object({
    q: z.string().max(100).optional(),
    state: z
      .string()
      .max(200)
      .refine((text) => text.split(',').every((state) => WorkspaceState.safeParse(state).success), {
        error: 'is not a state',
      })
      .optional(),
    /** Everybody’s only with `workspace.view_all`. */
    whose: z.enum(['mine', 'all']).default('mine'),
    sort: z.enum(['-created', 'created', 'name', '-name']).default('-created'),
    ...paging,
  }),
  answers: { 200: pageOf(Workspace).extend({ total: z.int() }) },
  problems: ['invalid_cursor'],
})

/** Why one cannot have a profile just now, or null. */
const Offer = Profile.extend({ refused: z.string().nullable() })
export const listWorkspaceChoices = route('listWorkspaceChoices', 'GET /workspaces/choices', {
  summary: 'What you may launch, what there is left of it, and why what cannot be had cannot.',
  tag,
  needs: 'workspace.create',
  answers: {
    200: z.object({
      templates: z.array(
        z.object({
          id: Id,
          name: z.string(),
          description: z.string(),
          engineId: Id,
          engine: z.string(),
          engineKind: EngineKind,
          image: z.string().nullable(),
          profiles: z.array(Offer),
          limits: Template.shape.limits,
          datasets: z.array(z.string()),
          /** Every bound that a launch is held to, with what is used now. */
          bounds: z.array(Bound),
          /** Why it cannot be launched at all just now; null where it can. */
          refused: z.string().nullable(),
          /** What one should know of this engine: that it isolates nothing, for one. */
          warning: z.string().nullable(),
        }),
      ),
      volumes: z.array(Volume),
    }),
  },
  problems: [],
})
export const NewWorkspace = z.object({
  name: lineOfText(60),
  templateId: Id,
  profileId: z.string().max(40),
  cpus: Cores,
  memoryMiB: MemoryMiB,
  /** The home: a volume that is there, a new one, or none that is kept. */
  volume: z
    .union([z.object({ id: Id }), z.object({ name: lineOfText(60), sizeGiB: z.int().min(1).max(100_000) })])
    .nullable()
    .default(null),
  datasets: z.array(z.string().max(40)).max(50).default([]),
  /** After how many minutes without work it stops; null: as long as the template lets it. */
  idleMinutes: z.int().min(5).max(43_200).nullable().default(null),
})
export type NewWorkspace = z.infer<typeof NewWorkspace>

const launchProblems = ['not_found', 'exceeds_quota', 'volume_in_use', 'wrong_state'] as const
export const launchWorkspace = route('launchWorkspace', 'POST /workspaces', {
  summary:
    'Launch a workspace. What it takes is granted at once or refused with the reason; it starts in the background.',
  tag,
  needs: 'workspace.create',
  body: NewWorkspace,
  answers: { 201: Workspace },
  problems: [...launchProblems, 'workspace_name_taken', 'volume_name_taken', 'no_secret_key'],
})
export const getWorkspace = route('getWorkspace', 'GET /workspaces/:id', {
  summary: 'One workspace.',
  tag,
  needs: seen,
  params: byId,
  answers: { 200: Workspace },
  problems: ['not_found'],
})
export const startWorkspace = route('startWorkspace', 'POST /workspaces/:id/start', {
  summary: 'Start a workspace that is stopped or failed.',
  tag,
  needs: changed,
  params: byId,
  answers: { 202: Workspace },
  problems: [...launchProblems],
})
export const stopWorkspace = route('stopWorkspace', 'POST /workspaces/:id/stop', {
  summary: 'Stop a workspace. Its volume stays.',
  tag,
  needs: changed,
  params: byId,
  answers: { 202: Workspace },
  problems: ['not_found', 'wrong_state'],
})
export const restartWorkspace = route('restartWorkspace', 'POST /workspaces/:id/restart', {
  summary: 'Stop a workspace and start it again; it keeps what it was granted.',
  tag,
  needs: changed,
  params: byId,
  answers: { 202: Workspace },
  problems: ['not_found', 'wrong_state'],
})
export const extendWorkspace = route('extendWorkspace', 'POST /workspaces/:id/extend', {
  summary: 'Count idle time anew: somebody is still there.',
  tag,
  needs: ['workspace.open', 'workspace.manage_all'],
  params: byId,
  answers: { 200: Workspace },
  problems: ['not_found', 'wrong_state'],
})
export const openWorkspace = route('openWorkspace', 'POST /workspaces/:id/open', {
  summary:
    'A ticket to post to a workspace’s own origin as the form field `ticket`, once and within 30 seconds. It never goes into an address.',
  tag,
  needs: 'workspace.open',
  params: byId,
  answers: { 200: z.object({ action: z.url(), ticket: z.string(), expiresAt: Instant }) },
  problems: ['not_found', 'wrong_state'],
  answersSecret: true,
})
export const deleteWorkspace = route('deleteWorkspace', 'DELETE /workspaces/:id', {
  summary: 'Delete a workspace. Its volume is kept unless `volume` says otherwise.',
  tag,
  needs: ['workspace.delete_own', 'workspace.manage_all'],
  params: byId,
  query: z.object({ volume: z.enum(['keep', 'delete']).default('keep') }),
  answers: { 204: null },
  problems: ['not_found'],
})
export const handOverWorkspace = route('handOverWorkspace', 'POST /workspaces/:id/hand-over', {
  summary: 'Give a workspace and its volume to somebody else of the tenant. It is stopped first.',
  tag,
  needs: 'workspace.manage_all',
  params: byId,
  body: z.object({ to: Id }),
  answers: { 200: Workspace },
  problems: ['not_found', 'wrong_state', 'workspace_name_taken'],
})
export const listWorkspaceEvents = route('listWorkspaceEvents', 'GET /workspaces/:id/events', {
  summary: 'What happened to a workspace, the latest first.',
  tag,
  needs: seen,
  params: byId,
  answers: {
    200: z.object({
      items: z.array(z.object({ id: z.string(), at: Instant, text: z.string(), warning: z.boolean() })),
    }),
  },
  problems: ['not_found'],
})
export const followWorkspaceLogs = route('followWorkspaceLogs', 'GET /workspaces/:id/logs', {
  summary: 'What its server writes, as server-sent events: `output` with `{text}`, `waiting` with `{reason}`, `end`.',
  tag,
  needs: seen,
  params: byId,
  answers: { 200: 'text/event-stream' },
  problems: ['not_found', 'too_many_requests'],
})

const Share = z.object({ userId: Id, username: z.string(), name: z.string(), sharedAt: Instant })
export const listWorkspaceShares = route('listWorkspaceShares', 'GET /workspaces/:id/shares', {
  summary: 'With whom a workspace is shared.',
  tag,
  needs: seen,
  params: byId,
  answers: { 200: z.object({ items: z.array(Share) }) },
  problems: ['not_found'],
})
export const listWorkspaceColleagues = route('listWorkspaceColleagues', 'GET /workspaces/:id/colleagues', {
  summary: 'People of the tenant with whom a workspace can be shared, by the beginning of their name; 20 at most.',
  tag,
  needs: changed,
  params: byId,
  query: z.object({ q: z.string().max(100).default('') }),
  answers: { 200: z.object({ items: z.array(Share.omit({ sharedAt: true })) }) },
  problems: ['not_found'],
})
export const shareWorkspace = route('shareWorkspace', 'POST /workspaces/:id/shares', {
  summary: 'Let somebody of the tenant open a workspace. They work in it as its owner.',
  tag,
  needs: changed,
  params: byId,
  body: z.object({ userId: Id }),
  answers: { 200: z.object({ items: z.array(Share) }) },
  problems: ['not_found'],
})
export const unshareWorkspace = route('unshareWorkspace', 'DELETE /workspaces/:id/shares/:userId', {
  summary: 'Withdraw a share. Whoever is in there is cut off at once.',
  tag,
  needs: changed,
  params: z.object({ id: Id, userId: Id }),
  answers: { 204: null },
  problems: ['not_found'],
})

export const listVolumes = route('listVolumes', 'GET /volumes', {
  summary: 'Volumes, which outlive the workspaces that use them.',
  tag,
  needs: seen,
  query: z.object({ whose: z.enum(['mine', 'all']).default('mine') }),
  answers: { 200: z.object({ items: z.array(Volume) }) },
  problems: [],
})
export const deleteVolume = route('deleteVolume', 'DELETE /volumes/:id', {
  summary: 'Delete a volume and everything on it, for good.',
  tag,
  needs: ['workspace.delete_own', 'workspace.manage_all'],
  params: byId,
  answers: { 204: null },
  problems: ['not_found', 'volume_in_use', 'engine_unavailable', 'engine_refused'],
})
