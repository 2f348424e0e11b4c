import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { audit } from '../../platform/audit/audit.ts'
import { type EntryRow, presentEntry, readEntries } from '../../platform/audit/read.ts'
import { sealTenant } from '../../platform/audit/seal.ts'
import type { Deps } from '../../platform/deps.ts'
import { csvLine } from '../../platform/files/csv-line.ts'
import { type Asked, readFilter } from './filter.ts'

const pageSize = 1_000

/** The entries a filter finds, newest first, page by page: what one page takes is all that is ever held. */
async function* pages({ database }: Deps, tenantId: string, asked: Asked): AsyncIterable<EntryRow[]> {
  const filter = await database.withTenant({ tenantId }, (tx) => readFilter(tx, tenantId, asked))
  let cursor: string | undefined
  do {
    const page = await database.withTenant({ tenantId }, (tx) =>
      readEntries(tx, tenantId, filter, { cursor, limit: pageSize }),
    )
    yield page.rows
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
}

async function begin({ database }: Deps, actor: Actor, filter: Asked): Promise<void> {
  authorize(actor, 'audit.export')
  await database.withTenant(actor, async (tx) => audit(tx, actor, 'audit.exported', { details: { filter } }))
  await sealTenant(database, actor.tenantId)
}

const columns = 'seq,time,actor,action,target,result,address,user_agent,request_id,details,hash'

/** As CSV. */
export async function exportAuditEntries(deps: Deps, actor: Actor, asked: Asked): Promise<AsyncIterable<string>> {
  await begin(deps, actor, asked)
  return (async function* () {
    yield `\uFEFF${csvLine(columns.split(','))}`
    for await (const rows of pages(deps, actor.tenantId, asked)) {
      const lines = rows
        .map(presentEntry)
        .map((entry) =>
          csvLine([
            String(entry.seq),
            entry.at,
            entry.actor.name,
            entry.action,
            entry.target?.name ?? '',
            entry.result,
            entry.address ?? '',
            entry.userAgent ?? '',
            entry.requestId ?? '',
            JSON.stringify(entry.details),
            entry.hash,
          ]),
        )
      yield lines.join('')
    }
  })()
}

/** As JSON Lines: `entry` is the very text that is hashed, so that the chain can be verified from the file. */
export async function exportAuditEntriesAsLines(
  deps: Deps,
  actor: Actor,
  asked: Asked,
): Promise<AsyncIterable<string>> {
  await begin(deps, actor, asked)
  return (async function* () {
    for await (const rows of pages(deps, actor.tenantId, asked)) {
      yield rows.map(({ seq, text, hash }) => `{"seq":${seq},"hash":"${hash}","entry":${text}}\n`).join('')
    }
  })()
}
