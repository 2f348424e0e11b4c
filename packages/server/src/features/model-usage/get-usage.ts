import type { ModelUsage, QueryOf, getModelUsage as usageRoute } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import type { Deps } from '../../platform/deps.ts'
import { problem } from '../../platform/http/problem.ts'
import * as store from './store.ts'

const day = 86_400_000
const longest = 366
const mostRows = 200

/** What the actor used, or everybody; by model, person or key. */
export async function getModelUsage(
  { database }: Deps,
  actor: Actor,
  query: QueryOf<typeof usageRoute>,
): Promise<ModelUsage> {
  const { whose, by } = query
  authorize(actor, whose === 'all' ? 'model_key.view_all' : 'model.use')
  const filter = { ...rangeOf(query, database.now()), model: query.model, key: query.key, user: query.user }
  if (whose === 'mine') filter.user = actor.userId ?? undefined
  if (whose === 'mine' && actor.userId === null) return problem('missing_permission', { missing: ['model.use'] })
  const [days, rows, budgets] = await database.withTenant(actor, (tx) =>
    Promise.all([
      store.byDay(tx, actor.tenantId, filter),
      store.byGroup(tx, actor.tenantId, by, filter),
      whose === 'mine' && !actor.visiting ? store.budgets(tx, actor.tenantId, actor.userId ?? '') : [],
    ]),
  )
  const named = merge(rows, ({ id, username }) => `${id} ${by === 'key' ? username : ''}`).slice(0, mostRows)
  return {
    total: sum(days),
    days: merge(days, (row) => row.day).map(([{ day: on }, used]) => ({ day: on, ...used })),
    rows: named.map(([row, used]) => {
      const { id, name, user_id: userId, username } = row
      const playground = by === 'key' && store.isPlayground(id)
      return {
        id: playground ? null : id,
        name: playground ? 'Playground' : (name ?? gone[by]),
        owner: by === 'key' ? username : null,
        person: userId === null || username === null ? null : { id: userId, username, name: row.full_name },
        ...used,
      }
    }),
    budgets: budgets.map(({ used, most, ...budget }) => ({ ...budget, used: Number(used), most: Number(most) })),
  }
}

const gone = {
  model: 'a withdrawn model',
  user: 'somebody who is gone, or of the platform',
  key: 'a key that is gone',
} as const

function rangeOf(
  { from, to }: { from?: string | undefined; to?: string | undefined },
  now: Date,
): { from: string; to: string } {
  const today = now.toISOString().slice(0, 10)
  const last = to ?? today
  const first = from ?? new Date(Date.parse(last) - 29 * day).toISOString().slice(0, 10)
  const days = (Date.parse(last) - Date.parse(first)) / day + 1
  if (!(days >= 1)) wrongDay('?to', 'is before the first day')
  if (days > longest) wrongDay('?from', `${longest} days at most`)
  return { from: first, to: last }
}

type Used = ModelUsage['total']
const nothing = (): Used => ({ requests: 0, failed: 0, inputTokens: 0, outputTokens: 0, estimatedTokens: 0, cost: {} })

function add(to: Used, row: store.Sums): Used {
  to.requests += Number(row.requests)
  to.failed += Number(row.failed)
  to.inputTokens += Number(row.input_tokens)
  to.outputTokens += Number(row.output_tokens)
  to.estimatedTokens += Number(row.estimated_tokens)
  if (row.currency !== '') to.cost[row.currency] = (to.cost[row.currency] ?? 0) + Number(row.cost)
  return to
}

const sum = (rows: store.Sums[]): Used => rows.reduce(add, nothing())

/** Rows that differ in their currency alone are one; in the order in which they came. */
function merge<Row extends store.Sums>(rows: Row[], keyOf: (row: Row) => string): [Row, Used][] {
  const found = new Map<string, [Row, Used]>()
  for (const row of rows) {
    const one = found.get(keyOf(row)) ?? [row, nothing()]
    add(one[1], row)
    found.set(keyOf(row), one)
  }
  return [...found.values()]
}

const wrongDay = (pointer: string, detail: string): never =>
  problem('invalid_input', { detail, errors: [{ pointer, code: 'format', detail }] })
