import { z } from 'zod'
import { Id, Instant, lineOfText, pageOf, paging } from './fields.ts'
import { Accelerator, Bound } from './launch.ts'
import { EngineKind } from './resources.ts'
import { route } from './route.ts'

const tag = 'Workspaces'
const byId = z.object({ id: Id })

/** Engines that workspaces run on. */
export const workspaceEngines = ['kubernetes', 'slurm', 'this_machine'] as const

/** Below this, a request is a mistake. */
const cores = z.int().min(1).max(1024)
const memory = z.int().min(128).max(100_000_000)

export const Profile = z.object({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, { error: 'lower-case letters, digits and hyphens' }),
  name: lineOfText(60),
  /** What it begins with; whoever launches may change both up to the limits of the template. */
  cpus: cores,
  memoryMiB: memory,
  accelerator: Accelerator.nullable(),
})
export type Profile = z.infer<typeof Profile>

export const Placement = z.object({
  /** Partition or namespace; empty on this machine. */
  where: z.string().max(100),
  account: z.string().max(100).nullable().default(null),
  qos: z.string().max(100).nullable().default(null),
  /** How long it may run at most, in minutes; null: as long as the engine lets it. */
  minutes: z.int().min(5).max(525_600).nullable().default(null),
})

const template = {
  name: lineOfText(60),
  description: lineOfText(300, 0).default(''),
  engineId: Id,
  /** Of the container, where the engine runs those. */
  image: z
    .string()
    .max(500)
    .regex(/^[a-z0-9][\w./:@-]*$/i, { error: 'is not the name of an image' })
    .nullable()
    .default(null),
  /** What starts the notebook server; null: the usual one. */
  command: lineOfText(1000).nullable().default(null),
  placement: Placement,
  profiles: z.array(Profile).min(1).max(50),
  limits: z.object({
    cpus: cores,
    memoryMiB: memory,
    /** Of a new volume; 0: none can be made. */
    volumeGiB: z.int().min(0).max(100_000),
    /** After how many minutes without work it stops at the latest; null: it need not. */
    idleMinutes: z.int().min(5).max(43_200).nullable(),
  }),
  datasets: z
    .array(
      z.object({
        name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, { error: 'lower-case letters, digits and hyphens' }),
        /** A claim, or an absolute folder, as the engine has it. */
        source: z
          .string()
          .min(1)
          .max(500)
          .regex(/^(\/[^\0\n]*|[a-z0-9][a-z0-9.-]*)$/, { error: 'a claim or an absolute folder' }),
      }),
    )
    .max(50)
    .default([]),
  environment: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,100}$/), z.string().max(2000)).default({}),
  /** Roles that may use it; empty: whoever may create workspaces. */
  roleIds: z.array(Id).max(100).default([]),
  enabled: z.boolean().default(true),
}
export const NewTemplate = z
  .object(template)
  .refine((all) => new Set(all.profiles.map(({ id }) => id)).size === all.profiles.length, {
    path: ['profiles'],
    error: 'two profiles have the same id',
  })
export type NewTemplate = z.infer<typeof NewTemplate>
export const Template = z.object({
  ...template,
  id: Id,
  engine: z.string(),
  engineKind: EngineKind,
  /** How many workspaces are made of it. */
  workspaces: z.int(),
  version: z.int(),
  updatedAt: Instant,
})
export type Template = z.infer<typeof Template>

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
  /** The workspace that uses it. */
  workspace: z.object({ id: Id, name: z.string() }).nullable(),
  createdAt: Instant,
})
export type Volume = z.infer<typeof Volume>

export const Workspace = z.object({
  id: Id,
  name: z.string(),
  owner: z.object({ id: Id, username: z.string() }),
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
  cpus: cores,
  memoryMiB: memory,
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

export const listTemplates = route('listTemplates', 'GET /workspace-templates', {
  summary: 'The templates that workspaces of the tenant are made of.',
  tag,
  needs: 'workspace.manage_all',
  answers: { 200: z.object({ items: z.array(Template) }) },
  problems: [],
})
const templateProblems = ['template_name_taken', 'not_found'] as const
export const createTemplate = route('createTemplate', 'POST /workspace-templates', {
  summary: 'Make a template.',
  tag,
  needs: 'workspace.manage_all',
  body: NewTemplate,
  answers: { 201: Template },
  problems: templateProblems,
})
export const changeTemplate = route('changeTemplate', 'PUT /workspace-templates/:id', {
  summary: 'Change a template. Workspaces that are there keep what they were made of.',
  tag,
  needs: 'workspace.manage_all',
  params: byId,
  body: NewTemplate,
  answers: { 200: Template },
  problems: templateProblems,
  ifMatch: true,
})
export const deleteTemplate = route('deleteTemplate', 'DELETE /workspace-templates/:id', {
  summary: 'Delete a template that no workspace is made of.',
  tag,
  needs: 'workspace.manage_all',
  params: byId,
  answers: { 204: null },
  problems: ['not_found', 'template_in_use'],
})
export const listPlacements = route('listPlacements', 'GET /workspace-templates/placements', {
  summary:
    'Where templates can place workspaces: each engine the tenant has a part of, with its places and accelerators.',
  tag,
  needs: 'workspace.manage_all',
  answers: {
    200: z.object({
      engines: z.array(
        z.object({
          engineId: Id,
          engine: z.string(),
          engineKind: EngineKind,
          needsImage: z.boolean(),
          placements: z.array(Placement),
          /** What the engine has, as it was read last; `profile` is of MIG. */
          gpus: z.array(
            z.object({ model: z.string(), profile: z.string().nullable(), total: z.number(), free: z.number() }),
          ),
          refused: z.string().nullable(),
        }),
      ),
    }),
  },
  problems: [],
})

const limit = z.int().min(0).max(100_000_000).nullable()
/** What one person may use at once over all engines; null is without a limit. */
export const UserQuota = z.object({
  gpus: limit,
  cpus: limit,
  memoryMiB: limit,
  storageGiB: limit,
  workspaces: limit,
})
export type UserQuota = z.infer<typeof UserQuota>
export const getUserQuotas = route('getUserQuotas', 'GET /user-quotas', {
  summary: 'What each person of the tenant may use at most: the default, and who has another.',
  tag: 'Resources',
  needs: 'quota.assign',
  answers: {
    200: z.object({
      standard: UserQuota,
      others: z.array(z.object({ userId: Id, username: z.string(), quota: UserQuota })),
    }),
  },
  problems: [],
})
export const setStandardQuota = route('setStandardQuota', 'PUT /user-quotas/standard', {
  summary: 'Set what each person may use at most, but those who have a quota of their own.',
  tag: 'Resources',
  needs: 'quota.assign',
  body: UserQuota,
  answers: { 200: UserQuota },
  problems: [],
})
export const setUserQuota = route('setUserQuota', 'PUT /user-quotas/:id', {
  summary: 'Set what one person may use at most. Null: as everybody.',
  tag: 'Resources',
  needs: 'quota.assign',
  params: byId,
  body: z.object({ quota: UserQuota.nullable() }),
  answers: { 200: z.object({ quota: UserQuota.nullable() }) },
  problems: ['not_found'],
})

/** What somebody has that goes on without them. */
export const Belongings = z.object({
  workspaces: z.array(z.object({ id: Id, name: z.string(), state: WorkspaceState })),
  volumes: z.array(z.object({ id: Id, name: z.string(), sizeGiB: z.int() })),
  /** That run or wait. */
  jobs: z.int(),
})
export type Belongings = z.infer<typeof Belongings>
export const getBelongings = route('getBelongings', 'GET /users/:id/belongings', {
  summary: 'What a user owns: workspaces, volumes, jobs that are not over.',
  tag: 'Users',
  needs: 'user.view',
  params: byId,
  answers: { 200: Belongings },
  problems: ['not_found'],
})
export const settleBelongings = route('settleBelongings', 'POST /users/:id/belongings', {
  summary: 'Stop, hand over or keep what a user owns; cancel or keep their jobs. Before they are disabled or deleted.',
  tag: 'Users',
  needs: ['workspace.manage_all', 'job.cancel_all'],
  params: byId,
  body: z.object({
    workspaces: z.enum(['stop', 'hand_over', 'keep']),
    /** To whom they are handed over. */
    to: Id.nullable().default(null),
    jobs: z.enum(['cancel', 'keep']),
  }),
  answers: { 200: Belongings },
  problems: ['not_found', 'exceeds_your_rights', 'engine_unavailable', 'engine_refused', 'wrong_state'],
})
