import { type Permission, permissions } from '@tenantry/contract'

/** Where a request came from, as far as it is known. */
export type Origin = { address: string | null; userAgent: string | null; requestId: string | null }

/** Whoever acts, in which tenant, with which rights. Made from a session, or for the command line; never from input. */
export type Actor = Origin & {
  kind: 'user' | 'operator' | 'anyone' | 'system'
  /** Null for whoever has no account: the operator at the command line, a stranger at the sign-in page. */
  userId: string | null
  name: string
  tenantId: string
  sessionId: string | null
  permissions: ReadonlySet<Permission>
  /** True when the actor belongs to another tenant (the platform) and acts in this one. */
  visiting: boolean
  /** Told within a transaction that the request behind a repeated Idempotency-Key has taken effect. */
  idempotencyKey?: string
}

/** The person at the machine itself, who can read the database anyway: the way back in. */
export const operator = (tenantId: string): Actor => ({
  kind: 'operator',
  userId: null,
  name: 'operator at the command line',
  tenantId,
  sessionId: null,
  permissions: new Set(permissions),
  visiting: true,
  address: null,
  userAgent: null,
  requestId: null,
})

/** Somebody who has not signed in, with no rights at all. */
export const anyone = (tenantId: string, name: string, origin: Origin): Actor => ({
  kind: 'anyone',
  userId: null,
  name,
  tenantId,
  sessionId: null,
  permissions: new Set(),
  visiting: true,
  ...origin,
})
