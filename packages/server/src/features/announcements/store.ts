import { sqlFor } from '../../platform/database/builder.ts'
import type { Tx } from '../../platform/database/tx.ts'

export type AnnouncementRow = {
  id: string
  title: string
  body: string
  author: string
  created_at: Date
  until: Date | null
}

/** Those that hold now, the latest first: ids are in order of time. */
export const list = (tx: Tx, tenantId: string, most: number): Promise<AnnouncementRow[]> =>
  tx.many(
    sqlFor
      .selectFrom('announcements')
      .select(['id', 'title', 'body', 'author', 'created_at', 'until'])
      .where('tenant_id', '=', tenantId)
      .where((q) => q.or([q('until', 'is', null), q('until', '>', tx.now)]))
      .orderBy('id', 'desc')
      .limit(most),
  )

/** Those that are over make room for this one. */
export async function insert(tx: Tx, tenantId: string, row: AnnouncementRow): Promise<void> {
  await tx.bookkeeping(
    sqlFor.deleteFrom('announcements').where('tenant_id', '=', tenantId).where('until', '<=', tx.now),
  )
  await tx.run(sqlFor.insertInto('announcements').values({ tenant_id: tenantId, ...row }))
}

export const remove = (tx: Tx, tenantId: string, id: string): Promise<{ title: string } | undefined> =>
  tx.first(sqlFor.deleteFrom('announcements').where('tenant_id', '=', tenantId).where('id', '=', id).returning('title'))
