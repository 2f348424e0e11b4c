import { sqlFor } from '../../platform/database/builder.ts'
import type { Tx } from '../../platform/database/tx.ts'

/** Who may come in where, as it stands now. */
export type Entry = {
  workspace_id: string
  session_id: string
  user_id: string
  native: string
  state: string
  address: string | null
  secret: Buffer | null
  owner_id: string
  shared: boolean
}

export const insertEntry = (
  tx: Tx,
  tenantId: string,
  entry: {
    token_hash: Buffer
    kind: 'ticket' | 'cookie'
    workspace_id: string
    session_id: string
    user_id: string
    expires_at: Date
  },
): Promise<number> => tx.bookkeeping(sqlFor.insertInto('workspace_entries').values({ tenant_id: tenantId, ...entry }))

export type Ticket = { workspace_id: string; session_id: string; user_id: string; expires_at: Date }

/** Uses a ticket up: whoever comes second finds none. */
export async function takeTicket(tx: Tx, tenantId: string, tokenHash: Buffer): Promise<Ticket | undefined> {
  const [ticket] = await tx.read<Ticket>(
    `select workspace_id, session_id, user_id, expires_at from workspace_entries
     where tenant_id = $1 and token_hash = $2 and kind = 'ticket' for update`,
    [tenantId, tokenHash],
  )
  await tx.bookkeeping(
    sqlFor.deleteFrom('workspace_entries').where('tenant_id', '=', tenantId).where('token_hash', '=', tokenHash),
  )
  return ticket
}

export async function findEntry(tx: Tx, tenantId: string, tokenHash: Buffer): Promise<Entry | undefined> {
  const [row] = await tx.read<Entry>(
    `select e.workspace_id, e.session_id, e.user_id, w.native, w.state, w.address, w.secret, w.owner_id,
       exists (select from workspace_shares s
         where s.tenant_id = e.tenant_id and s.workspace_id = e.workspace_id and s.user_id = e.user_id) as shared
     from workspace_entries e join workspaces w on w.tenant_id = e.tenant_id and w.id = e.workspace_id
     where e.tenant_id = $1 and e.token_hash = $2 and e.kind = 'cookie' and e.expires_at > $3`,
    [tenantId, tokenHash, tx.now],
    'workspace entry',
  )
  return row
}
