import { z } from 'zod'
import { JobSummary } from './dashboard.ts'
import { Id, Instant, lineOfText, Person, pageOf, paging, VariableName } from './fields.ts'
import { EngineKind, ResourceState } from './resources.ts'
import { route } from './route.ts'

const tag = 'Jobs'
const byId = z.object({ id: Id })

/** GPUs of one model; an empty model is whichever there is. */
export const GpuRequest = z.object({ model: z.string().max(60), count: z.int().min(1).max(1024) })
export type GpuRequest = z.infer<typeof GpuRequest>

/** Why a job is over, in the engine's own word. Others may come: these are the ones that are put into words. */
export const endReasons = [
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'TIMEOUT',
  'OUT_OF_MEMORY',
  'NODE_FAIL',
  'BOOT_FAIL',
  'PREEMPTED',
  'DEADLINE',
] as const

/** One job, or one array: then its tasks are counted, and stand behind `listJobTasks`. */
export const Job = JobSummary.extend({
  engineId: Id,
  engineKind: EngineKind,
  account: z.string().nullable(),
  qos: z.string().nullable(),
  /** By model, in all. */
  gpuModels: z.array(z.object({ model: z.string(), count: z.int() })),
  cpus: z.number(),
  /** On all nodes together. */
  memoryMiB: z.number(),
  nodeCount: z.int(),
  /** The first 64. */
  nodes: z.array(z.string()),
  timeLimitMinutes: z.number().nullable(),
  /** When the engine expects to start it. */
  expectedStart: Instant.nullable(),
  endedAt: Instant.nullable(),
  exitCode: z.int().nullable(),
  signal: z.int().nullable(),
  /** Why it ended (`OUT_OF_MEMORY`, `TIMEOUT` …); null while it has not. */
  endReason: z.string().nullable(),
  /** Of an array: how many tasks are in which state. Of a task: its number. */
  array: z
    .object({
      task: z.int().nullable(),
      total: z.int(),
      states: z.array(z.object({ state: ResourceState, count: z.int() })),
    })
    .nullable(),
  /** Whose it is, where `owner` is a user of the tenant. */
  person: Person.nullable(),
  mine: z.boolean(),
  /** What whoever asks may do with it now. */
  can: z.object({ cancel: z.boolean(), resubmit: z.boolean(), output: z.boolean() }),
})
export type Job = z.infer<typeof Job>

export const NewJob = z.object({
  engineId: Id,
  name: lineOfText(100),
  /** Begins with `#!`. Run by a shell on the first node; in a container where the engine runs those. */
  script: z
    .string()
    .min(3)
    .max(200_000)
    .refine((text) => text.startsWith('#!'), { error: 'must begin with #!, such as #!/bin/bash' })
    .refine((text) => !text.includes('\0'), { error: 'contains a NUL' }),
  /** Partition or namespace. */
  where: z.string().min(1).max(100),
  account: z.string().max(100).nullable().default(null),
  qos: z.string().max(100).nullable().default(null),
  nodes: z.int().min(1).max(1024).default(1),
  /** On each node. */
  cpus: z.int().min(1).max(4096),
  /** On each node. */
  memoryMiB: z.int().min(1).max(100_000_000),
  /** On each node. */
  gpus: GpuRequest.nullable().default(null),
  minutes: z.int().min(1).max(525_600),
  /** Numbers of the tasks, such as `0-99%10`; null: no array. */
  array: z
    .string()
    .max(200)
    .regex(/^\d{1,7}(-\d{1,7}(:\d{1,7})?)?(,\d{1,7}(-\d{1,7}(:\d{1,7})?)?)*(%[1-9]\d{0,6})?$/, {
      error: 'numbers and ranges such as 0-99, 1-9:2 or 0-99%10 (ten at a time)',
    })
    .nullable()
    .default(null),
  /** Absolute; null: the home of the person. */
  workingDirectory: z
    .string()
    .max(1000)
    .regex(/^\/[^\0\n]*$/, { error: 'must begin with /' })
    .nullable()
    .default(null),
  environment: z
    .record(VariableName, z.string().max(10_000))
    .refine((all) => Object.keys(all).length <= 100, { error: 'at most 100' })
    .default({}),
  /** Of the container, where the engine runs those. */
  image: lineOfText(500).nullable().default(null),
})
export type NewJob = z.infer<typeof NewJob>

/** Where one may submit, and within which bounds. `account` and `qos` are empty where the engine knows none. */
export const JobChoices = z.object({
  /** Every combination the engine takes from this person; the first is the one to propose. */
  combinations: z.array(z.object({ where: z.string(), account: z.string(), qos: z.string() })),
  places: z.array(
    z.object({
      name: z.string(),
      /** False where it takes no new work just now. */
      open: z.boolean(),
      nodes: z.int(),
      /** Of the largest node. */
      cpus: z.int(),
      memoryMiB: z.int(),
      /** `perNode`: of the node that has most. */
      gpus: z.array(z.object({ model: z.string(), perNode: z.int(), total: z.int(), free: z.int() })),
      defaultMinutes: z.number().nullable(),
      maxMinutes: z.number().nullable(),
    }),
  ),
  /** Whether a job runs in a container, whose image must be named. */
  needsImage: z.boolean(),
  arrays: z.boolean(),
})
export type JobChoices = z.infer<typeof JobChoices>

export const jobSorts = ['-submitted', 'submitted', 'name', '-name'] as const

export const listJobs = route('listJobs', 'GET /jobs', {
  summary: 'Jobs on every engine, an array as one: your own, or everybody’s.',
  tag,
  needs: ['job.view_own', 'job.view_all'],
  query: z.object({
    q: z.string().max(100).optional(),
    /** States, with commas between. */
    state: z
      .string()
      .max(200)
      .refine((text) => text.split(',').every((state) => ResourceState.safeParse(state).success), {
        error: 'is not a state',
      })
      .optional(),
    engine: Id.optional(),
    /** Everybody’s only with `job.view_all`. */
    whose: z.enum(['mine', 'all']).default('mine'),
    sort: z.enum(jobSorts).default('-submitted'),
    ...paging,
  }),
  /** Counted to 10,001 at most. */
  answers: { 200: pageOf(Job).extend({ total: z.int() }) },
  problems: ['invalid_cursor'],
})
export const listJobChoices = route('listJobChoices', 'GET /jobs/choices', {
  summary: 'Where you may submit jobs, and within which bounds.',
  tag,
  needs: 'job.submit',
  answers: {
    200: z.object({
      engines: z.array(
        z.object({
          engineId: Id,
          engine: z.string(),
          engineKind: EngineKind,
          /** Null where it cannot be submitted to just now: `reason` says why. */
          choices: JobChoices.nullable(),
          reason: z.string().nullable(),
        }),
      ),
    }),
  },
  problems: [],
})
export const JobDetail = Job.extend({
  /** The script, for its owner alone, where it was submitted here or the engine keeps it. */
  script: z.string().nullable(),
  /** What was submitted, for its owner alone, where it was submitted here: to submit it again. */
  submitted: NewJob.nullable(),
  workingDirectory: z.string().nullable(),
  standardOutput: z.string().nullable(),
  standardError: z.string().nullable(),
  /** What happened when, the earliest first. */
  timeline: z.array(z.object({ at: Instant, text: z.string(), warning: z.boolean() })),
  /** Why the engine could not tell more just now. */
  incomplete: z.string().nullable(),
})
export type JobDetail = z.infer<typeof JobDetail>

export const getJob = route('getJob', 'GET /jobs/:id', {
  summary: 'One job, with its resources, timeline and where its output is.',
  tag,
  needs: ['job.view_own', 'job.view_all'],
  params: byId,
  answers: { 200: JobDetail },
  problems: ['not_found'],
})
export const listJobTasks = route('listJobTasks', 'GET /jobs/:id/tasks', {
  summary: 'The tasks of an array that have begun.',
  tag,
  needs: ['job.view_own', 'job.view_all'],
  params: byId,
  query: z.object({ ...paging }),
  answers: { 200: pageOf(Job) },
  problems: ['not_found', 'invalid_cursor'],
})
const outputStreams = ['stdout', 'stderr'] as const
export const followJobOutput = route('followJobOutput', 'GET /jobs/:id/output', {
  summary:
    'What a job writes, as server-sent events, read as you: `output` with `{from, size, text}`, `waiting` with `{reason}`, `end`.',
  tag,
  needs: ['job.view_own', 'job.view_all'],
  params: byId,
  query: z.object({
    stream: z.enum(outputStreams).default('stdout'),
    /** The byte to begin at; below 0: so many before the end. */
    from: z.coerce.number().int().min(-1_000_000).default(-64_000),
  }),
  answers: { 200: 'text/event-stream' },
  problems: ['not_found', 'too_many_requests'],
})
export const submitJob = route('submitJob', 'POST /jobs', {
  summary: 'Submit a job as yourself.',
  tag,
  needs: 'job.submit',
  body: NewJob,
  answers: { 201: JobDetail },
  problems: ['not_found', 'engine_unavailable', 'engine_refused', 'exceeds_quota'],
})
export const cancelJob = route('cancelJob', 'POST /jobs/:id/cancel', {
  summary: 'Cancel a job, an array with all of its tasks, or one task.',
  tag,
  needs: ['job.cancel_own', 'job.cancel_all'],
  params: byId,
  answers: { 202: Job },
  problems: ['not_found', 'wrong_state', 'engine_unavailable', 'engine_refused'],
})
export const resubmitJob = route('resubmitJob', 'POST /jobs/:id/resubmit', {
  summary: 'Submit a job again as it was submitted here.',
  tag,
  needs: 'job.submit',
  params: byId,
  answers: { 201: JobDetail },
  problems: ['not_found', 'wrong_state', 'engine_unavailable', 'engine_refused', 'exceeds_quota'],
})
