import type {
  Accelerator,
  EngineCredential,
  EngineKind,
  JobChoices,
  NewJob,
  PowerVerb,
  Resource,
  ResourceState,
  Scope,
} from '@tenantry/contract'
import type { Allowed } from '../platform/config/allowed.ts'

/** What an engine says it is. `api` is the version of its interface that is spoken. */
export type Probe = { version: string; api: string; capabilities: string[] }

/** A resource as it was read: the rest of what people see is known to whoever asked. `nativeId` is unique in its kind and share. */
export type ReadResource = Omit<Resource, 'id' | 'engineId' | 'engine' | 'engineKind' | 'asOf'>

/** A job of somebody of the tenant. `owner` is the user name at the engine; times are RFC 3339, memory in MiB. */
export type ReadJob = {
  /** Of a task of an array: `<array>_<number>`; of what of an array has not begun yet: the array's own. */
  nativeId: string
  name: string
  owner: string
  state: ResourceState
  nativeState: string[]
  reason: string | null
  /** In all. */
  gpus: number
  /** Partition, queue or namespace. */
  where: string
  submittedAt: string | null
  startedAt: string | null
  /** `native` is the id of the array; `task` its number in it; `waiting` those that have not begun, such as `5-9%2`. */
  array: { native: string; task: number | null; waiting: string | null; waitingCount: number } | null
  account: string | null
  qos: string | null
  /** By model, in all. */
  gpuModels: { model: string; count: number }[]
  cpus: number
  /** On all nodes together. */
  memoryMiB: number
  nodeCount: number
  nodes: string[]
  timeLimitMinutes: number | null
  /** When the engine expects to start it. */
  expectedStart: string | null
  endedAt: string | null
  exitCode: number | null
  signal: number | null
  /** Why it ended, in the engine's own word (`COMPLETED`, `OUT_OF_MEMORY`, `TIMEOUT` …); null while it has not. */
  endReason: string | null
}

/** What an engine tells of one job beyond the list. */
export type ReadJobDetail = {
  workingDirectory: string | null
  /** Paths with everything put in; null where it writes none that could be read. */
  standardOutput: string | null
  standardError: string | null
  /** The script, where the engine keeps it. */
  script: string | null
  /** What happened to it when, as far as the engine tells more than submitted, started and ended. */
  events: { at: string; text: string; warning: boolean }[]
}

/** A piece of what a job wrote, from the byte `from` on; `size` is that of the whole by now. */
export type OutputPiece = { from: number; bytes: Buffer; size: number }

/** Jobs at an engine, each as the person it is for. Errors: `EngineError` alone. */
export type JobRunner = {
  /** What a person may choose from: nothing that the engine would refuse. */
  choices(scope: Scope, person: Person, signal: AbortSignal): Promise<JobChoices>
  /** Submits as the person, and answers what the engine calls it. Errors: `refused` with the engine's reason. */
  submit(scope: Scope, person: Person, job: NewJob, signal: AbortSignal): Promise<string>
  /** Cancels a job, an array, or a task of one: as the person, or, with null, as the platform. Done already is done. */
  cancel(scope: Scope, person: Person | null, nativeId: string, signal: AbortSignal): Promise<void>
  detail(scope: Scope, nativeId: string, signal: AbortSignal): Promise<ReadJobDetail>
  /**
   * What a job wrote, read as the person: from a byte on, or, below 0, so many before the end. Goes on as it grows while
   * `follow`, until the signal. Errors: `refused` where the person may not read it, `not_found` where there is none yet.
   */
  output(
    scope: Scope,
    person: Person,
    asked: { nativeId: string; stream: 'stdout' | 'stderr'; from: number; follow: boolean },
    signal: AbortSignal,
  ): AsyncIterable<OutputPiece>
  /** Jobs that ended since, as accounting knows them: also those that the engine itself has forgotten. */
  history?(scope: Scope, since: Date, signal: AbortSignal): Promise<ReadJob[]>
}

/** What a workspace is to be. `name` is unique at the engine and fit for every one: `ws-` and lower-case letters and digits. */
export type WorkspaceSpec = {
  name: string
  /** Of the container, or null where the engine has none. */
  image: string | null
  /** What starts the notebook server, where the template says so; null is the usual one of the engine. */
  command: string | null
  cpus: number
  memoryMiB: number
  accelerator: Accelerator | null
  /** The home; null: what it writes is gone when it stops, or is wherever the engine has homes. `name` is as of a workspace. */
  volume: { name: string; sizeGiB: number } | null
  /** Mounted to be read at `/datasets/<name>`: `source` is a claim, or a folder, as the engine has it. */
  datasets: { name: string; source: string }[]
  /** Partition or namespace, account and QOS, and how long it may run at most. */
  placement: { where: string; account: string | null; qos: string | null; minutes: number | null }
  environment: Record<string, string>
  /** The notebook server asks for it: `Authorization: token <secret>`. Never shown, never in an argument of a process. */
  secret: string
}

/**
 * How a workspace is at its engine. `missing`: nothing of it is there. `address`: where its server listens, once it does.
 * `handle` is what the engine calls it, to be given back at the next call.
 */
export type WorkspaceReading = {
  phase: 'queued' | 'pulling' | 'starting' | 'ready' | 'stopping' | 'failed' | 'missing'
  reason: string | null
  address: { host: string; port: number } | null
  handle: string | null
  events: { at: string; text: string; warning: boolean }[]
}

/** What tells whether somebody works, beyond what the notebook server says itself. Null: not known here. */
export type WorkspaceUse = {
  /** Of the busiest GPU, in percent. */
  gpuPercent: number | null
  /** Jobs or processes that were begun from within and still run, in words: `job 4711`, `python train.py`. */
  children: string[]
}

/**
 * Workspaces at an engine. Every call can be repeated: `start` makes what is missing and nothing twice, `stop` ends what is
 * there. Nothing of it is left behind by `stop` and `remove`, but volumes. Errors: `EngineError` alone.
 */
export type WorkspaceHost = {
  start(
    scope: Scope,
    person: Person,
    spec: WorkspaceSpec,
    handle: string | null,
    signal: AbortSignal,
  ): Promise<WorkspaceReading>
  read(
    scope: Scope,
    person: Person,
    spec: WorkspaceSpec,
    handle: string | null,
    signal: AbortSignal,
  ): Promise<WorkspaceReading>
  /** Ends it. Answers `missing` when it is gone, `stopping` before. */
  stop(
    scope: Scope,
    person: Person,
    spec: WorkspaceSpec,
    handle: string | null,
    signal: AbortSignal,
  ): Promise<WorkspaceReading>
  /** Removes whatever is left of it, but no volume. */
  remove(scope: Scope, person: Person, spec: WorkspaceSpec, handle: string | null, signal: AbortSignal): Promise<void>
  removeVolume(
    scope: Scope,
    person: Person,
    volume: { name: string; where: string },
    signal: AbortSignal,
  ): Promise<void>
  use(
    scope: Scope,
    person: Person,
    spec: WorkspaceSpec,
    handle: string | null,
    signal: AbortSignal,
  ): Promise<WorkspaceUse>
  /** What it writes to its log, from the last 64 KiB on, until the signal. */
  logs(
    scope: Scope,
    person: Person,
    spec: WorkspaceSpec,
    handle: string | null,
    signal: AbortSignal,
  ): AsyncIterable<string>
}

/** What one scope has. `jobs` is null where the engine runs none. */
export type Share = { resources: ReadResource[]; jobs: ReadJob[] | null }

/** Somebody who shall have access at an engine, as far as it goes. */
export type Person = {
  username: string
  /** The slug of their tenant. */
  tenant: string
  mayUse: boolean
  mayManage: boolean
}

/**
 * One engine, with the platform's credential. Nothing here decides who may ask: a scope is a tenant's allocation, never
 * what somebody sent. Every call ends within the time of `signal`. Errors: `EngineError` alone.
 */
export type Engine = {
  probe(signal: AbortSignal): Promise<Probe>
  /** What each scope has, in order, of one reading of the engine however many scopes are asked for. Nothing of any other. */
  snapshot(scopes: readonly Scope[], signal: AbortSignal): Promise<Share[]>
  /** Calls `changed` when something there changes, until the signal; ends early where watching breaks. Else it is polled. */
  watch?(scopes: readonly Scope[], changed: () => void, signal: AbortSignal): Promise<void>
  /** Takes effect in the engine's own time. Refuses what is not in the scope like what is not there (`not_found`). */
  power?(
    scope: Scope,
    target: { kind: Resource['kind']; nativeId: string },
    verb: PowerVerb,
    signal: AbortSignal,
  ): Promise<void>
  /** Gives a person what they shall have in a scope, and takes what they shall not. Safe to repeat. Answers it in words. */
  carryThrough?(scope: Scope, person: Person, signal: AbortSignal): Promise<string>
  /** A kubeconfig for a person who was carried through. `seconds` at most. */
  kubeconfig?(
    scope: Scope,
    person: Person,
    seconds: number,
    signal: AbortSignal,
  ): Promise<{ kubeconfig: string; expiresAt: string }>
  /** Where people's jobs run here. */
  jobs?: JobRunner
  /** Where workspaces run here. */
  workspaces?: WorkspaceHost
  close(): void
}

export type EngineErrorKind = 'unreachable' | 'slow' | 'unauthorised' | 'refused' | 'garbage' | 'not_found'

/** Why an engine could not be used, in a sentence for everybody; `said` is in the engine's own words, for the platform only. */
export class EngineError extends Error {
  readonly kind: EngineErrorKind
  readonly said: string
  constructor(
    kind: EngineErrorKind,
    message: string,
    { said = '', ...options }: ErrorOptions & { said?: string } = {},
  ) {
    super(message, options)
    this.kind = kind
    this.said = said
  }
}

/** What an engine is reached with. `http` is null for this machine alone. */
export type Opening<Credential extends EngineCredential = EngineCredential> = {
  kind: EngineKind
  address: string | null
  ca: string | null
  credential: Credential
  /** Hosts and networks that may be reached. */
  allowed: Allowed
  /** Of this machine alone: workspaces may run here, with their homes below `folder` (absolute). None without. */
  localWorkspaces?: { folder: string } | null
}

export type { Allowed }
