import type {
  AnswerOf,
  AuditAction,
  BodyOf,
  Chat,
  ChatContent,
  ChatLine,
  createChat as createRoute,
  listChats as listRoute,
  QueryOf,
  saveChat as saveRoute,
} from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { readCursor, writeCursor } from '../../platform/http/cursor.ts'
import { problem } from '../../platform/http/problem.ts'
import { newId } from '../../platform/secrets/ids.ts'
import * as store from './chat-store.ts'

const mostChats = 2_000
/** For how long a deleted chat can be had back, in milliseconds. */
export const restorableFor = 86_400_000

const isMine = ({ owner_id }: { owner_id: string }, { userId, visiting }: Actor): boolean =>
  !visiting && owner_id === userId

/** The actor's own, or what others share; the last used first. */
export async function listChats(
  { database }: Deps,
  actor: Actor,
  { whose, q, cursor, limit }: QueryOf<typeof listRoute>,
): Promise<AnswerOf<typeof listRoute>> {
  authorize(actor, 'model.use')
  const name = `chats ${whose}`
  const at = cursor === undefined ? null : readCursor(cursor, name)
  if (at && at.keys.length !== 2) problem('invalid_cursor')
  const { userId } = actor
  if (userId === null || (actor.visiting && whose === 'mine')) return { items: [], next: null, previous: null }
  const backward = at?.backward ?? false
  const after = at?.keys ?? null
  const rows = await database.withTenant(actor, (tx) =>
    store.list(tx, actor.tenantId, { userId, whose, q, backward, after, limit }),
  )
  const page = rows.slice(0, limit)
  const more = rows.length > limit
  if (backward) page.reverse()
  const edge = (row: store.ChatLineRow | undefined, back: boolean, there: boolean) =>
    there && row ? writeCursor(name, [row.updated_at.toISOString(), row.id], back) : null
  return {
    items: page.map((row) => presentLine(row, actor)),
    next: edge(page.at(-1), false, backward ? true : more),
    previous: edge(page[0], true, backward ? more : at !== null),
  }
}

/** Throws `wrong_state` for a guest, `too_many_chats`. */
export async function createChat(
  { database }: Deps,
  actor: Actor,
  { title, content }: BodyOf<typeof createRoute>,
): Promise<Chat> {
  authorize(actor, 'model.use')
  const { userId, tenantId, visiting } = actor
  if (userId === null || visiting) return problem('wrong_state', { detail: 'You are a guest in this tenant.' })
  check(content)
  return database.withTenant(actor, async (tx) => {
    if ((await store.countOf(tx, tenantId, userId)) >= mostChats)
      problem('too_many_chats', { detail: `${mostChats} at most: delete some that are not needed.` })
    const id = newId()
    await store.insert(tx, tenantId, { id, ownerId: userId, title, content })
    return shown(tx, actor, id)
  })
}

export async function getChat({ database }: Deps, actor: Actor, id: string): Promise<Chat> {
  authorize(actor, 'model.use')
  return database.withTenant(actor, (tx) => shown(tx, actor, id))
}

/** Throws `changed_meanwhile`. */
export async function saveChat(
  { database }: Deps,
  actor: Actor,
  id: string,
  { content }: BodyOf<typeof saveRoute>,
  version: number | null,
): Promise<AnswerOf<typeof saveRoute>> {
  authorize(actor, 'model.use')
  check(content)
  return database.withTenant(actor, async (tx) => {
    const row = await own(tx, actor, id)
    if (version !== null && version !== row.version) problem('changed_meanwhile')
    await store.save(tx, actor.tenantId, id, content)
    return { version: row.version + 1, updatedAt: tx.now.toISOString() }
  })
}

export async function renameChat({ database }: Deps, actor: Actor, id: string, title: string): Promise<ChatLine> {
  authorize(actor, 'model.use')
  return database.withTenant(actor, async (tx) => {
    await own(tx, actor, id)
    await store.rename(tx, actor.tenantId, id, title)
    return line(tx, actor, id)
  })
}

/** Everybody in the tenant who may use models may read it from then on. Safe to repeat. */
export const shareChat = (deps: Deps, actor: Actor, id: string): Promise<ChatLine> =>
  change(deps, actor, id, 'chat.shared', async (tx, { shared }) => {
    if (shared) return false
    await store.setShared(tx, actor.tenantId, id, true)
    return true
  })

export const unshareChat = (deps: Deps, actor: Actor, id: string): Promise<ChatLine> =>
  change(deps, actor, id, 'chat.unshared', async (tx, { shared }) => {
    if (!shared) return false
    await store.setShared(tx, actor.tenantId, id, false)
    return true
  })

/** It can be restored for a day. */
export async function deleteChat(deps: Deps, actor: Actor, id: string): Promise<void> {
  await change(deps, actor, id, 'chat.deleted', async (tx) => {
    await store.setDeleted(tx, actor.tenantId, id, tx.now)
    return true
  })
}

export async function restoreChat({ database }: Deps, actor: Actor, id: string): Promise<ChatLine> {
  authorize(actor, 'model.use')
  return database.withTenant(actor, async (tx) => {
    const row = await store.lock(tx, actor.tenantId, id)
    if (!row || !isMine(row, actor)) return problem('not_found')
    if (row.deleted_at !== null) {
      await store.setDeleted(tx, actor.tenantId, id, null)
      record(tx, actor, 'chat.restored', id)
    }
    return line(tx, actor, id)
  })
}

async function change(
  { database }: Deps,
  actor: Actor,
  id: string,
  action: AuditAction,
  work: (tx: Tx, row: store.ChatLineRow) => Promise<boolean>,
): Promise<ChatLine> {
  authorize(actor, 'model.use')
  return database.withTenant(actor, async (tx) => {
    await own(tx, actor, id)
    const row = (await store.findLine(tx, actor.tenantId, id)) ?? problem('not_found')
    if (await work(tx, row)) record(tx, actor, action, id)
    return line(tx, actor, id)
  })
}

// Its title is what was asked first: that is for the record of nobody.
const record = (tx: Tx, actor: Actor, action: AuditAction, id: string): void =>
  audit(tx, actor, action, { target: { kind: 'chat', id, name: id } })

async function own(tx: Tx, actor: Actor, id: string): Promise<{ version: number }> {
  const row = await store.lock(tx, actor.tenantId, id)
  return row && row.deleted_at === null && isMine(row, actor) ? row : problem('not_found')
}

async function shown(tx: Tx, actor: Actor, id: string): Promise<Chat> {
  const row = await store.find(tx, actor.tenantId, id)
  if (!row || row.deleted_at !== null || !(row.shared || isMine(row, actor))) return problem('not_found')
  return { ...presentLine(row, actor), content: row.content, version: row.version }
}

async function line(tx: Tx, actor: Actor, id: string): Promise<ChatLine> {
  return presentLine((await store.findLine(tx, actor.tenantId, id)) ?? problem('not_found'), actor)
}

/** Every turn goes on from one before it: no circles, nothing hanging in the air. */
function check({ turns, at }: ChatContent): void {
  const before = new Set<string>()
  for (const [index, turn] of turns.entries()) {
    const wrong = before.has(turn.id) || (turn.parent !== null && !before.has(turn.parent))
    if (wrong)
      problem('invalid_input', {
        errors: [{ pointer: `/content/turns/${index}/parent`, code: 'format', detail: 'must be a turn before it' }],
      })
    before.add(turn.id)
  }
  if (at !== null && !before.has(at))
    problem('invalid_input', {
      errors: [{ pointer: '/content/at', code: 'format', detail: 'must be one of its turns' }],
    })
}

const presentLine = (row: store.ChatLineRow, actor: Actor): ChatLine => ({
  id: row.id,
  title: row.title,
  owner: { id: row.owner_id, username: row.username, name: row.owner_name },
  mine: isMine(row, actor),
  shared: row.shared,
  models: row.models,
  turns: row.turns,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
})
