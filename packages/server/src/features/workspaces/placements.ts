import { type AnswerOf, type listPlacements as placementsRoute, type Scope, workspaceEngines } from '@tenantry/contract'
import { EngineError } from '../../engines/port.ts'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import type { ShareSummary } from '../../platform/database/schema.ts'
import type { Deps } from '../../platform/deps.ts'
import { type OpenEngines, personAt } from '../engines/index.ts'
import { unavailable } from './choices.ts'
import { openAt } from './reach.ts'

type Placements = AnswerOf<typeof placementsRoute>
type Engine = Placements['engines'][number]
const patience = 5_000

type Row = { engine_id: string; engine: string; kind: Engine['engineKind']; scope: Scope; summary: ShareSummary | null }

/** Where templates can place workspaces, as each engine says it just now. */
export async function listPlacements(deps: Deps, engines: OpenEngines, actor: Actor): Promise<Placements> {
  authorize(actor, 'workspace.manage_all')
  const rows = await deps.database.readAtOnce(actor, (tx) =>
    tx.read<Row>(
      `select a.engine_id, h.name as engine, h.kind, a.scope, s.summary from allocations a
       join engine_health h on h.engine_id = a.engine_id
       left join engine_shares s on s.tenant_id = a.tenant_id and s.engine_id = a.engine_id
       where a.tenant_id = $1 and a.withdrawn_at is null and h.kind = any($2::text[]) order by h.name`,
      [actor.tenantId, [...workspaceEngines]],
    ),
  )
  return { engines: await Promise.all(rows.map((row) => placementsAt(deps, engines, actor, row))) }
}

async function placementsAt(deps: Deps, engines: OpenEngines, actor: Actor, row: Row): Promise<Engine> {
  const { scope } = row
  const known: Engine = {
    engineId: row.engine_id,
    engine: row.engine,
    engineKind: row.kind,
    needsImage: row.kind === 'kubernetes',
    placements: [],
    gpus: Object.values(row.summary ?? {}).flatMap(({ gpus }) => gpus),
    refused: unavailable(deps, row.kind),
  }
  const at = (where: string) => ({ where, account: null, qos: null, minutes: null })
  if (scope.kind === 'this_machine') return { ...known, placements: [at('')] }
  if (scope.kind === 'kubernetes') return { ...known, placements: (scope.namespaces ?? []).map(at) }
  if (scope.kind !== 'slurm') return known
  // Those that whoever asks could use: what the cluster takes is known of people, not of tenants.
  const fallback = scope.partitions.flatMap((where) => scope.accounts.map((account) => ({ ...at(where), account })))
  const { userId } = actor
  if (userId === null || actor.visiting) return { ...known, placements: fallback }
  try {
    const { engine } = await openAt(deps, engines, actor.tenantId, row.engine_id)
    const person = await deps.database.withTenant(actor, (tx) => personAt(tx, actor.tenantId, userId, 'slurm'))
    if (!engine.jobs || !person) return { ...known, placements: fallback }
    const { combinations } = await engine.jobs.choices(scope, person, AbortSignal.timeout(patience))
    return {
      ...known,
      placements: combinations.map(({ where, account, qos }) => ({ where, account, qos, minutes: null })),
    }
  } catch (error) {
    if (error instanceof EngineError) return { ...known, placements: fallback }
    throw error
  }
}
