import { auditActions, type listAuditEntries, type QueryOf } from '@tenantry/contract'
import type { EntryFilter } from '../../platform/audit/read.ts'
import { fold, termsOf } from '../../platform/database/search-words.ts'
import type { Tx } from '../../platform/database/tx.ts'

export type Asked = Omit<QueryOf<typeof listAuditEntries>, 'cursor' | 'limit'>

// A word that more people than this have in their names is too wide to be of use: the first of them have to do.
const mostSubjects = 200

/** What was asked, as what entries must have. Words are looked up among all who ever occur in the trail. */
export async function readFilter(tx: Tx, tenantId: string, asked: Asked): Promise<EntryFilter> {
  const actions = asked.action?.split(',').filter((action) => action !== '')
  return {
    from: asked.from === undefined ? undefined : new Date(asked.from),
    to: asked.to === undefined ? undefined : new Date(asked.to),
    result: asked.result,
    actions: actions?.length ? actions : undefined,
    actor: asked.actor,
    about: asked.q?.trim() ? await search(tx, tenantId, asked.q) : undefined,
  }
}

async function search(tx: Tx, tenantId: string, q: string): Promise<{ subjects: string[]; actions: string[] }> {
  const text = `select distinct subject from audit_subjects where tenant_id = $1 and word >= $2 and word < $3 limit ${mostSubjects}`
  const found = await Promise.all(
    termsOf(q).map(({ from, below }) => tx.read<{ subject: string }>(text, [tenantId, from, below])),
  )
  const [first = new Set<string>(), ...others] = found.map((rows) => new Set(rows.map(({ subject }) => subject)))
  const words = fold(q.trim())
  const actions = Object.entries(auditActions)
    .filter(([action, label]) => action.includes(words) || fold(label).includes(words))
    .map(([action]) => action)
  return { subjects: [...first].filter((subject) => others.every((set) => set.has(subject))), actions }
}
