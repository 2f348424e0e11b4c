import type { Permission } from '@tenantry/contract'
import { sqlFor } from '../database/builder.ts'
import { type Places, prepare } from '../database/prepare.ts'
import type { TenantSettings } from '../database/schema.ts'
import type { Revocation, Tx } from '../database/tx.ts'
import { newId } from '../secrets/ids.ts'
import { newToken, sha256 } from '../secrets/tokens.ts'
import { rightsOf } from './rights.ts'
import type { OwnTenant } from './tenants.ts'

const hour = 3_600_000
/** With a temporary password one gets this long to choose a new one, in milliseconds. */
const passwordChangeLife = hour / 4

// That a session is used is written down no more often than this; idle times are far longer.
const writtenEvery = 60_000

export type VisitedTenant = Pick<OwnTenant, 'id' | 'slug' | 'name' | 'kind' | 'settings'>

/** A session as it stands in the database, with the person and the rights behind it. Times in milliseconds. */
export type LiveSession = {
  id: string
  kind: 'full' | 'password_change'
  tenant: { id: string; slug: string; name: string; kind: 'platform' | 'tenant'; settings: TenantSettings }
  user: {
    id: string
    username: string
    email: string
    firstName: string
    lastName: string
    roleId: string
    roleName: string
  }
  /** The tenant somebody of the platform has gone to, as whose admin they act. */
  visited: VisitedTenant | null
  permissions: ReadonlySet<Permission>
  lastSeenAt: number
  idle: number
  expiresAt: number
}

const open = () =>
  sqlFor
    .selectFrom('sessions as s')
    .innerJoin('users as u', (join) => join.onRef('u.id', '=', 's.user_id').onRef('u.tenant_id', '=', 's.tenant_id'))
    .innerJoin('roles as r', 'r.id', 'u.role_id')
    .innerJoin('tenants as t', 't.id', 's.tenant_id')
    .select(['s.id', 's.kind', 's.last_seen_at', 's.expires_at', 's.visited_tenant_id', 's.user_id', 's.tenant_id'])
    .select(['u.username', 'u.email', 'u.first_name', 'u.last_name', 'u.role_id', 'r.name as role_name'])
    .select(['r.built_in', 'r.enabled', 'r.permissions', 't.slug', 't.name', 't.kind as tenant_kind', 't.settings'])
    .where('u.disabled_at', 'is', null)
    .where('u.deleted_at', 'is', null)
    .where('t.status', '=', 'active')
const byToken = prepare((place: Places<{ tokenHash: Buffer; now: Date }>) =>
  open().where('s.token_hash', '=', place('tokenHash')).where('s.expires_at', '>', place('now')),
)
const byId = prepare((place: Places<{ tenantId: string; id: string; now: Date }>) =>
  open()
    .where('s.tenant_id', '=', place('tenantId'))
    .where('s.id', '=', place('id'))
    .where('s.expires_at', '>', place('now')),
)

/** Finds the session of a token, if it is open: neither ended, expired nor idle, its user and tenant in good standing. */
export async function findSession(
  tx: Tx,
  tokenHash: Buffer,
): Promise<(LiveSession & { visitedId: string | null }) | null> {
  const row = await tx.first(byToken({ tokenHash, now: tx.now }))
  return row ? live(tx, row, { used: true }) : null
}

/** The same by its id, for what stands on a session. `used`: whoever has it did something just now. */
export async function findSessionById(
  tx: Tx,
  tenantId: string,
  id: string,
  { used }: { used: boolean },
): Promise<LiveSession | null> {
  const row = await tx.first(byId({ tenantId, id, now: tx.now }))
  return row ? live(tx, row, { used }) : null
}

type Row = CompiledRow<typeof open>
type CompiledRow<Build extends () => { executeTakeFirstOrThrow(): Promise<unknown> }> = Awaited<
  ReturnType<ReturnType<Build>['executeTakeFirstOrThrow']>
>

async function live(
  tx: Tx,
  row: Row,
  { used }: { used: boolean },
): Promise<(LiveSession & { visitedId: string | null }) | null> {
  const idle = (row.settings.sessionIdle ?? 12) * hour
  const lastSeenAt = row.last_seen_at.getTime()
  const now = tx.now.getTime()
  if (lastSeenAt + idle <= now) return null
  if (used && lastSeenAt + writtenEvery < now) {
    await tx.bookkeeping(
      sqlFor
        .updateTable('sessions')
        .set({ last_seen_at: tx.now })
        .where('tenant_id', '=', row.tenant_id)
        .where('id', '=', row.id),
    )
  }
  return {
    id: row.id,
    kind: row.kind,
    tenant: { id: row.tenant_id, slug: row.slug, name: row.name, kind: row.tenant_kind, settings: row.settings },
    user: {
      id: row.user_id,
      username: row.username,
      email: row.email,
      firstName: row.first_name,
      lastName: row.last_name,
      roleId: row.role_id,
      roleName: row.role_name,
    },
    visited: null,
    visitedId: row.visited_tenant_id,
    permissions: row.kind === 'full' ? rightsOf(row) : new Set(),
    lastSeenAt: used ? now : lastSeenAt,
    idle,
    expiresAt: row.expires_at.getTime(),
  }
}

type Opening = {
  tenantId: string
  userId: string
  kind: LiveSession['kind']
  settings: TenantSettings
  address: string | null
  userAgent: string | null
}

/** Opens a session and answers its token, which is stored nowhere. */
export async function startSession(tx: Tx, opening: Opening): Promise<{ id: string; token: string; expiresAt: Date }> {
  const token = newToken(opening.tenantId)
  const life = opening.kind === 'full' ? (opening.settings.sessionLife ?? 168) * hour : passwordChangeLife
  const session = { id: newId(), token, expiresAt: new Date(tx.now.getTime() + life) }
  await tx.run(
    insertion({
      id: session.id,
      tenantId: opening.tenantId,
      userId: opening.userId,
      tokenHash: sha256(token),
      kind: opening.kind,
      address: opening.address ?? '',
      userAgent: (opening.userAgent ?? '').slice(0, 400),
      now: tx.now,
      expiresAt: session.expiresAt,
    }),
  )
  return session
}

type Inserted = {
  id: string
  tenantId: string
  userId: string
  tokenHash: Buffer
  kind: LiveSession['kind']
  address: string
  userAgent: string
  now: Date
  expiresAt: Date
}
const insertion = prepare((place: Places<Inserted>) =>
  sqlFor.insertInto('sessions').values({
    id: place('id'),
    tenant_id: place('tenantId'),
    user_id: place('userId'),
    token_hash: place('tokenHash'),
    kind: place('kind'),
    address: place('address'),
    user_agent: place('userAgent'),
    created_at: place('now'),
    last_seen_at: place('now'),
    expires_at: place('expiresAt'),
  }),
)

/**
 * Notes where somebody of the platform has gone with a session; null: they are back. Rights change with it, so the session
 * gets another token, which is answered. Takes effect everywhere at once.
 */
export async function visit(
  tx: Tx,
  actor: { tenantId: string; userId: string; sessionId: string },
  to: string | null,
): Promise<string> {
  const token = newToken(actor.tenantId)
  await tx.run(
    sqlFor
      .updateTable('sessions')
      .set({ visited_tenant_id: to, token_hash: sha256(token) })
      .where('tenant_id', '=', actor.tenantId)
      .where('id', '=', actor.sessionId),
  )
  revoke(tx, { user: actor.userId })
  return token
}

/** Ends sessions of a user: all, all but one, or only those of a kind. Answers how many. Takes effect everywhere at once. */
export async function endSessions(
  tx: Tx,
  tenantId: string,
  userId: string,
  which: { except?: string; only?: string; kind?: LiveSession['kind'] } = {},
): Promise<number> {
  let query = sqlFor.deleteFrom('sessions').where('tenant_id', '=', tenantId).where('user_id', '=', userId)
  if (which.except !== undefined) query = query.where('id', '!=', which.except)
  if (which.only !== undefined) query = query.where('id', '=', which.only)
  if (which.kind !== undefined) query = query.where('kind', '=', which.kind)
  const ended = await tx.run(query)
  if (ended > 0) revoke(tx, { user: userId })
  return ended
}

/** Makes every replica look up again what a user may do, before it serves them anything more. */
export const revoke = (tx: Tx, revocation: Revocation): void => tx.tell(revocation)
