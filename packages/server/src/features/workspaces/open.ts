import type { AnswerOf, openWorkspace as openRoute } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Deps } from '../../platform/deps.ts'
import { problem } from '../../platform/http/problem.ts'
import { newToken, sha256 } from '../../platform/secrets/tokens.ts'
import { insertEntry } from './door-store.ts'
import { seen } from './launch.ts'
import type { Origins } from './origin.ts'
import { mayOpen } from './present.ts'

const ticketLife = 30_000

/**
 * A ticket to a workspace's own origin: it serves once, within seconds, and only while the session it was made with is open.
 * Throws `not_found`, `missing_permission`, `wrong_state`.
 */
export async function openWorkspace(
  { database }: Deps,
  origins: Origins,
  actor: Actor,
  id: string,
): Promise<AnswerOf<typeof openRoute>> {
  authorize(actor, 'workspace.open')
  const { userId, sessionId, tenantId } = actor
  return database.withTenant(actor, async (tx) => {
    const row = await seen(tx, actor, id)
    if (userId === null || sessionId === null || !mayOpen(actor, row)) {
      return problem('wrong_state', { detail: 'Only its owner, and those it is shared with, can open it.' })
    }
    if (row.state !== 'running') problem('wrong_state', { detail: `It is ${row.state}.` })
    const origin = origins.of(row.native)
    if (origin === null) {
      return problem('wrong_state', { detail: 'The platform has no domain for workspaces yet (WORKSPACE_DOMAIN).' })
    }
    const ticket = newToken(tenantId)
    const expires = new Date(tx.now.getTime() + ticketLife)
    await insertEntry(tx, tenantId, {
      token_hash: sha256(ticket),
      kind: 'ticket',
      workspace_id: id,
      session_id: sessionId,
      user_id: userId,
      expires_at: expires,
    })
    audit(tx, actor, 'workspace.opened', { target: { kind: 'workspace', id, name: row.name } })
    return { action: `${origin}/.tenantry/enter`, ticket, expiresAt: expires.toISOString() }
  })
}
