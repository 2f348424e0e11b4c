import { nameOf } from '../../platform/database/person.ts'
import type { Tx } from '../../platform/database/tx.ts'
import { nil } from '../model-calls/index.ts'

export type Filter = {
  from: string
  to: string
  user: string | undefined
  model: string | undefined
  key: string | undefined
}
export type Sums = {
  currency: string
  requests: string
  failed: string
  input_tokens: string
  output_tokens: string
  estimated_tokens: string
  cost: string
}

const sums = `s.currency, sum(s.requests) as requests, sum(s.failed) as failed, sum(s.input_tokens) as input_tokens,
  sum(s.output_tokens) as output_tokens, sum(s.estimated_tokens) as estimated_tokens, sum(s.cost) as cost`

function filtered(tenantId: string, { from, to, user, model, key }: Filter): { where: string; values: unknown[] } {
  const values: unknown[] = [tenantId, from, to]
  const is = (column: string, value: string | undefined) =>
    value === undefined ? '' : ` and s.${column} = $${values.push(value)}`
  const where = `s.tenant_id = $1 and s.day between $2::date and $3::date${is('user_id', user)}${is('model_id', model)}${is('key_id', key)}`
  return { where, values }
}

/** By day and currency, in order. */
export function byDay(tx: Tx, tenantId: string, filter: Filter): Promise<(Sums & { day: string })[]> {
  const { where, values } = filtered(tenantId, filter)
  return tx.read(
    `select to_char(s.day, 'YYYY-MM-DD') as day, ${sums} from model_usage s where ${where} group by s.day, s.currency order by s.day`,
    values,
  )
}

// Each group is of one user: the greatest is the only one.
const user = `max(u.id::text) as user_id, max(u.username) as username, max(${nameOf('u')}) as full_name`
const groups = {
  model: {
    id: 's.model_id',
    name: 'max(m.name)',
    user: 'null as user_id, null as username, null as full_name',
    join: 'left join models m on m.tenant_id = s.tenant_id and m.id = s.model_id',
  },
  user: {
    id: 's.user_id',
    name: 'max(u.username)',
    user,
    join: 'left join users u on u.tenant_id = s.tenant_id and u.id = s.user_id',
  },
  key: {
    id: 's.key_id, s.user_id',
    name: 'max(k.name)',
    user,
    join: `left join model_keys k on k.tenant_id = s.tenant_id and k.id = s.key_id
      left join users u on u.tenant_id = s.tenant_id and u.id = s.user_id`,
  },
} as const

export type GroupRow = Sums & {
  id: string
  name: string | null
  user_id: string | null
  username: string | null
  full_name: string | null
}

/** By model, person or key, and currency; the most used first. */
export function byGroup(tx: Tx, tenantId: string, by: keyof typeof groups, filter: Filter): Promise<GroupRow[]> {
  const { id, name, user, join } = groups[by]
  const { where, values } = filtered(tenantId, filter)
  return tx.read(
    `select ${id.split(',')[0]}::text as id, ${name} as name, ${user}, ${sums} from model_usage s ${join}
     where ${where} group by ${id}, s.currency
     order by sum(s.input_tokens + s.output_tokens) desc, sum(s.requests) desc, 1 limit 400`,
    values,
  )
}

export type Budget = { of: 'model' | 'key'; id: string; name: string; used: string; most: string }

/** The limits of the month that bind somebody, with what they have used. */
export function budgets(tx: Tx, tenantId: string, userId: string): Promise<Budget[]> {
  const month = `s.day >= date_trunc('month', $3::timestamptz at time zone 'UTC')::date`
  const used = 'coalesce(sum(s.input_tokens + s.output_tokens), 0)'
  return tx.read(
    `select 'model' as of, m.id, m.name, (m.doc #>> '{limits,tokensPerMonth}') as most,
       (select ${used} from model_usage s where s.tenant_id = $1 and s.user_id = $2 and s.model_id = m.id and ${month}) as used
     from models m where m.tenant_id = $1 and m.withdrawn_at is null and m.enabled and m.doc #>> '{limits,tokensPerMonth}' is not null
       and (jsonb_typeof(m.doc -> 'roleIds') = 'null'
         or m.doc -> 'roleIds' ? (select u.role_id::text from users u where u.tenant_id = $1 and u.id = $2))
     union all
     select 'key', k.id, k.name, k.tokens_per_month::text,
       (select ${used} from model_usage s where s.tenant_id = $1 and s.key_id = k.id and ${month})
     from model_keys k where k.tenant_id = $1 and k.user_id = $2 and k.tokens_per_month is not null and k.revoked_at is null
       and (k.expires_at is null or k.expires_at > $3)
     order by 1 desc, 3`,
    [tenantId, userId, tx.now],
  )
}

/** In the playground there is no key. */
export const isPlayground = (id: string): boolean => id === nil
