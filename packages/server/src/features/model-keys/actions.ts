import { randomBytes } from 'node:crypto'
import type {
  AnswerOf,
  BodyOf,
  createModelKey as createRoute,
  listModelKeys as listRoute,
  ModelKey,
  QueryOf,
} from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize, authorizeAny } from '../../platform/access/authorize.ts'
import { rightsOf } from '../../platform/access/rights.ts'
import { revoke } from '../../platform/access/sessions.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Deps } from '../../platform/deps.ts'
import { readCursor, writeCursor } from '../../platform/http/cursor.ts'
import { fieldProblem, problem } from '../../platform/http/problem.ts'
import { newId } from '../../platform/secrets/ids.ts'
import { newToken, sha256 } from '../../platform/secrets/tokens.ts'
import { mayUse, type Shelf } from '../models/index.ts'
import * as store from './store.ts'

/** How many of one person's keys may work at once. */
const mostKeys = 100
const day = 86_400_000

/** The actor's own, or everybody's; the newest first. */
export async function listModelKeys(
  { database }: Deps,
  actor: Actor,
  { whose, q, ended, cursor, limit }: QueryOf<typeof listRoute>,
): Promise<AnswerOf<typeof listRoute>> {
  authorize(actor, whose === 'all' ? 'model_key.view_all' : 'model_key.create_own')
  const name = `model keys ${whose}`
  const at = cursor === undefined ? null : readCursor(cursor, name)
  if (at && at.keys.length !== 2) problem('invalid_cursor')
  const backward = at?.backward ?? false
  if (whose === 'mine' && (actor.visiting || actor.userId === null)) return { items: [], next: null, previous: null }
  const rows = await database.withTenant(actor, (tx) =>
    store.list(tx, actor.tenantId, {
      userId: whose === 'all' ? null : actor.userId,
      q,
      ended: ended === 'yes',
      backward,
      after: at?.keys ?? null,
      limit,
    }),
  )
  const page = rows.slice(0, limit)
  const more = rows.length > limit
  if (backward) page.reverse()
  const edge = (row: store.KeyRow | undefined, back: boolean, there: boolean) =>
    there && row ? writeCursor(name, [row.created_at.toISOString(), row.id], back) : null
  const now = database.now()
  return {
    items: page.map((row) => present(row, actor, now)),
    next: edge(page.at(-1), false, backward ? true : more),
    previous: edge(page[0], true, backward ? more : at !== null),
  }
}

/**
 * Makes a key that acts as the actor. The secret is returned once and stored hashed. Throws `wrong_state` for a guest,
 * `too_many_keys`.
 */
export async function createModelKey(
  { database }: Deps,
  shelf: Shelf,
  actor: Actor,
  input: BodyOf<typeof createRoute>,
): Promise<AnswerOf<typeof createRoute>> {
  authorize(actor, 'model_key.create_own')
  const { userId, tenantId } = actor
  if (userId === null || actor.visiting) return problem('wrong_state', { detail: 'You are a guest in this tenant.' })
  const models = await shelf.of(tenantId)
  const prefix = `tk_${randomBytes(6).toString('base64url').replace(/[-_]/g, 'x')}`
  const secret = `${prefix}_${newToken(tenantId)}`
  return database.withTenant(actor, async (tx) => {
    const [person] = await tx.read<{ role_id: string }>(
      'select role_id from users where tenant_id = $1 and id = $2 for update',
      [tenantId, userId],
    )
    const roleId = person?.role_id ?? ''
    const mine = models.filter((model) => mayUse(model, { roleId, permissions: new Set(['model.use']) }))
    const modelIds = input.modelIds && [...new Set(input.modelIds)]
    if (modelIds && !modelIds.every((id) => mine.some((model) => model.id === id)))
      fieldProblem('invalid_input', 'modelIds', 'names a model that you may not use')
    if ((await store.countOf(tx, tenantId, userId)) >= mostKeys)
      problem('too_many_keys', { detail: `${mostKeys} at once: revoke one that is not needed.` })
    const id = newId()
    const { name, days, requestsPerMinute, tokensPerMonth } = input
    const expiresAt = days === null ? null : new Date(tx.now.getTime() + days * day)
    await store.insert(tx, tenantId, {
      id,
      user_id: userId,
      name,
      prefix,
      token_hash: sha256(secret),
      model_ids: modelIds,
      requests_per_minute: requestsPerMinute,
      tokens_per_month: tokensPerMonth,
      expires_at: expiresAt,
    })
    audit(tx, actor, 'model_key.created', {
      target: { kind: 'model_key', id, name },
      details: {
        after: { prefix, modelIds, expiresAt: expiresAt?.toISOString() ?? null, requestsPerMinute, tokensPerMonth },
      },
    })
    const row = (await store.find(tx, tenantId, id)) ?? problem('not_found')
    return { key: present(row, actor, tx.now), secret }
  })
}

/** Refused from then on everywhere. Safe to repeat. Throws `not_found` for what the actor may not revoke. */
export async function revokeModelKey({ database }: Deps, actor: Actor, id: string): Promise<ModelKey> {
  authorizeAny(actor, ['model_key.create_own', 'model_key.revoke_all'])
  return database.withTenant(actor, async (tx) => {
    const row = await store.find(tx, actor.tenantId, id)
    const mine = row && isMine(row, actor) && actor.permissions.has('model_key.create_own')
    if (!row || !(mine || actor.permissions.has('model_key.revoke_all'))) return problem('not_found')
    if (await store.revoke(tx, actor.tenantId, id)) {
      revoke(tx, { user: row.user_id })
      audit(tx, actor, 'model_key.revoked', {
        target: { kind: 'model_key', id, name: row.name },
        details: { owner: row.username, prefix: row.prefix },
      })
    }
    return present((await store.find(tx, actor.tenantId, id)) ?? problem('not_found'), actor, tx.now)
  })
}

const isMine = ({ user_id }: store.KeyRow, { userId, visiting }: Actor): boolean => !visiting && user_id === userId

function present(row: store.KeyRow, actor: Actor, now: Date): ModelKey {
  const rights = rightsOf({ built_in: row.role_built_in, enabled: row.role_enabled, permissions: row.role_permissions })
  const state =
    row.revoked_at !== null
      ? 'revoked'
      : row.expires_at !== null && row.expires_at <= now
        ? 'expired'
        : row.standing && rights.has('model.use')
          ? 'active'
          : 'idle'
  return {
    id: row.id,
    name: row.name,
    owner: { id: row.user_id, username: row.username, name: row.owner_name },
    mine: isMine(row, actor),
    prefix: row.prefix,
    models: row.models,
    state,
    requestsPerMinute: row.requests_per_minute,
    tokensPerMonth: row.tokens_per_month === null ? null : Number(row.tokens_per_month),
    tokensThisMonth: Number(row.tokens_this_month),
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  }
}
