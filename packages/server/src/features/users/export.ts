import type { listUsers, QueryOf } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Deps } from '../../platform/deps.ts'
import { csvLine } from '../../platform/files/csv-line.ts'
import { listPage } from './list.ts'
import { statusOf } from './rules.ts'

const heading = ['username', 'email', 'first_name', 'last_name', 'role', 'status', 'last_login', 'created']
const pageSize = 1_000
type Query = Omit<QueryOf<typeof listUsers>, 'cursor' | 'limit'>

/** The users a filter finds, as CSV, page by page: what one page takes is all that is ever held. */
export async function exportUsers({ database }: Deps, actor: Actor, query: Query): Promise<AsyncIterable<string>> {
  authorize(actor, 'user.export')
  await database.withTenant(actor, async (tx) => audit(tx, actor, 'user.exported', { details: { filter: query } }))
  const lines = async function* () {
    yield `\uFEFF${csvLine(heading)}`
    let cursor: string | undefined
    do {
      const { page, now } = await database.withTenant({ tenantId: actor.tenantId }, async (tx) => ({
        page: await listPage(tx, actor.tenantId, {
          ...query,
          limit: pageSize,
          ...(cursor !== undefined && { cursor }),
        }),
        now: tx.now,
      }))
      const text = page.rows.map((row) =>
        csvLine([
          row.username,
          row.email,
          row.first_name,
          row.last_name,
          row.role_name,
          statusOf(row, now),
          row.last_login_at?.toISOString() ?? '',
          row.created_at.toISOString(),
        ]),
      )
      yield text.join('')
      cursor = page.next ?? undefined
    } while (cursor !== undefined)
  }
  return lines()
}
