import * as contract from '@tenantry/contract'
import type { On } from '../../platform/http/registrar.ts'
import { overviewFor } from './rules.ts'

export function addDashboardRoutes(on: On): void {
  on(contract.getOverview, async ({ actor }) => overviewFor(actor))
}
