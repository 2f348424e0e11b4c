import type { Announcement, announce as announceRoute, BodyOf } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Deps } from '../../platform/deps.ts'
import { fieldProblem, problem } from '../../platform/http/problem.ts'
import { newId } from '../../platform/secrets/ids.ts'
import { refreshActor } from '../users/index.ts'
import * as store from './store.ts'

const mostShown = 20
/** As many as anybody would read. */
const mostKept = 50

export async function listAnnouncements({ database }: Deps, tenantId: string): Promise<{ items: Announcement[] }> {
  const rows = await database.readAtOnce({ tenantId }, (tx) => store.list(tx, tenantId, mostShown))
  return { items: rows.map(present) }
}

/** Throws `invalid_input` for a moment that is over, `wrong_state` where there are too many already. */
export const announce = (
  { database }: Deps,
  actor: Actor,
  { title, text, until }: BodyOf<typeof announceRoute>,
): Promise<Announcement> =>
  database.withTenant(actor, async (tx) => {
    const current = await refreshActor(tx, actor)
    authorize(current, 'tenant.update_settings')
    const ends = until === null ? null : new Date(until)
    if (ends && ends <= tx.now) fieldProblem('invalid_input', 'until', 'is over already')
    if ((await store.list(tx, actor.tenantId, mostKept)).length === mostKept) {
      problem('wrong_state', { detail: `There are ${mostKept} announcements: take one down first.` })
    }
    const row = { id: newId(), title, body: text, author: actor.name, created_at: tx.now, until: ends }
    await store.insert(tx, actor.tenantId, row)
    audit(tx, current, 'announcement.made', {
      target: { kind: 'announcement', id: row.id, name: title },
      details: { after: { title, text, until } },
    })
    return present(row)
  })

export const takeDownAnnouncement = ({ database }: Deps, actor: Actor, id: string): Promise<void> =>
  database.withTenant(actor, async (tx) => {
    const current = await refreshActor(tx, actor)
    authorize(current, 'tenant.update_settings')
    const { title } = (await store.remove(tx, actor.tenantId, id)) ?? problem('not_found')
    audit(tx, current, 'announcement.taken_down', { target: { kind: 'announcement', id, name: title } })
  })

const present = (row: store.AnnouncementRow): Announcement => ({
  id: row.id,
  title: row.title,
  text: row.body,
  author: row.author,
  createdAt: row.created_at.toISOString(),
  until: row.until?.toISOString() ?? null,
})
