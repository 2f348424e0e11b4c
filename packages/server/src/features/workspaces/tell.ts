import type { Tx } from '../../platform/database/tx.ts'
import { tellChange } from '../resources/index.ts'

export const dueChannel = 'tenantry_workspaces'

/** Tells open pages that something about the tenant's workspaces changed, and whoever looks after them that something is due. */
export const tellWorkspaces = (tx: Tx, tenantId: string): Promise<unknown> =>
  Promise.all([
    tellChange(tx, { tenant: tenantId, jobs: false, workspaces: true }),
    tx.read(`select pg_notify('${dueChannel}', $1)`, [tenantId]),
  ])
