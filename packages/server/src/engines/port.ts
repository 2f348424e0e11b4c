import type { EngineCredential, EngineKind, PowerVerb, Resource, ResourceState, Scope } from '@tenantry/contract'
import type { Allowed } from '../platform/config/allowed.ts'

/** What an engine says it is. `api` is the version of its interface that is spoken. */
export type Probe = { version: string; api: string; capabilities: string[] }

/** A resource as it was read: the rest of what people see is known to whoever asked. `nativeId` is unique in its kind and share. */
export type ReadResource = Omit<Resource, 'id' | 'engineId' | 'engine' | 'engineKind' | 'asOf'>

/** A job of somebody of the tenant. `owner` is the user name at the engine; times are RFC 3339. */
export type ReadJob = {
  nativeId: string
  name: string
  owner: string
  state: ResourceState
  nativeState: string[]
  reason: string | null
  gpus: number
  /** Partition, queue or namespace. */
  where: string
  submittedAt: string | null
  startedAt: string | null
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
}

export type { Allowed }
