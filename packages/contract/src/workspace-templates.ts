import { z } from 'zod'
import { Id, Instant, lineOfText, VariableName } from './fields.ts'
import { Accelerator } from './launch.ts'
import { EngineKind } from './resources.ts'
import { route } from './route.ts'

const tag = 'Workspaces'
const byId = z.object({ id: Id })

/** Below this, a request is a mistake. */
export const Cores = z.int().min(1).max(1024)
export const MemoryMiB = z.int().min(128).max(100_000_000)

export const Profile = z.object({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, { error: 'lower-case letters, digits and hyphens' }),
  name: lineOfText(60),
  /** What it begins with; whoever launches may change both up to the limits of the template. */
  cpus: Cores,
  memoryMiB: MemoryMiB,
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
    cpus: Cores,
    memoryMiB: MemoryMiB,
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
  environment: z.record(VariableName, z.string().max(2000)).default({}),
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
