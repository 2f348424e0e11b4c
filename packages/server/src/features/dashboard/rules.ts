import {
  type Card,
  type EngineHealth,
  type EngineKind,
  mayView,
  type Overview,
  type Permission,
  type ResourceKind,
  resourceKinds,
} from '@tenantry/contract'
import type { ShareSummary } from '../../platform/database/schema.ts'
import { sumParts } from '../resources/index.ts'

/** One engine that the tenant has a part of, and what was last read of it. */
export type ShareRow = {
  engine_id: string
  name: string
  kind: EngineKind
  status: EngineHealth['status']
  as_of: Date | null
  reason: string | null
  summary: ShareSummary | null
}

/** What an engine holds, as long as nothing else is known of it. */
const kindOf: Record<EngineKind, ResourceKind> = {
  slurm: 'slurm',
  kubernetes: 'kubernetes',
  kubevirt: 'vm',
  nova: 'vm',
  ironic: 'baremetal',
  metal3: 'baremetal',
  this_machine: 'baremetal',
}

/** The card of every kind, of all engines of the tenant. */
export function cardsOf(rows: readonly ShareRow[], now: Date): Card[] {
  return resourceKinds.map((kind) => {
    const engines = rows.filter((row) => kindOf[row.kind] === kind || row.summary?.[kind] !== undefined)
    const parts = engines.flatMap(({ summary }) => summary?.[kind] ?? [])
    return {
      kind,
      state: engines.length === 0 ? 'no_engine' : 'ok',
      ...sumParts(parts),
      engines: engines.map((row) => ({ id: row.engine_id, name: row.name, ...healthOf(row, now) })),
    }
  })
}

/** Nobody reads an engine whose last reading is this old, whatever was noted then. Milliseconds. */
const forgottenAfter = 60_000

export function healthOf({ status, as_of: asOf, reason }: Omit<ShareRow, 'summary'>, now: Date): EngineHealth {
  const forgotten = status === 'ok' && asOf !== null && now.getTime() - asOf.getTime() > forgottenAfter
  return {
    status: forgotten ? 'slow' : status,
    asOf: asOf?.toISOString() ?? null,
    reason: forgotten ? 'It has not been read for more than a minute.' : reason,
  }
}

/** The kinds that somebody may see. */
export const kindsFor = (permissions: ReadonlySet<Permission>): ResourceKind[] =>
  resourceKinds.filter((kind) => permissions.has(mayView[kind]))

export const overviewFor = (cards: readonly Card[], kinds: readonly ResourceKind[]): Overview => ({
  cards: cards.filter(({ kind }) => kinds.includes(kind)),
})
