import type { Database } from '../../packages/server/src/platform/database/database.ts'

const given = [
  'Ada',
  'Grace',
  'Zoë',
  'Øystein',
  'Alan',
  'Barbara',
  'Edsger',
  'Frances',
  'Guido',
  'Katherine',
  'Leslie',
  'Margaret',
  'Niklaus',
  'Sophie',
  'Tim',
  'Ursula',
]
const family = [
  'Byron',
  'Hopper',
  'Gödel',
  'van Rossum',
  'Trần',
  "O'Neill",
  'Sparck-Jones',
  'Turing',
  'Liskov',
  'Dijkstra',
  'Allen',
  'Johnson',
  'Lamport',
  'Hamilton',
  'Wirth',
  'Wilson',
  'Lee',
  'Franklin',
]

export type Crowd = { tenantId: string; roleIds: string[]; from: number; count: number; now?: Date }

/**
 * Puts `count` users into a tenant, in batches of one statement: ids in the order of creation, one in five never signed
 * in, one in fifty disabled, one in two hundred with a rare name. The words are made by the product's own trigger.
 */
export async function generateUsers(database: Database, { tenantId, roleIds, from, count }: Crowd): Promise<void> {
  const batch = 50_000
  for (let start = from; start < from + count; start += batch) {
    const until = Math.min(start + batch, from + count)
    await database.withTenant({ tenantId }, async (tx) => {
      await tx.read(
        `insert into users (id, tenant_id, username, email, first_name, last_name, role_id, role_since, must_change_password,
                            disabled_at, last_login_at, created_at, updated_at)
         select (lpad(to_hex(1700000000000 + n), 12, '0') || '7' || substr(h, 1, 3) || '8' || substr(h, 4, 3) || substr(h, 7, 12))::uuid,
                $1, 'user' || substr(h, 1, 5) || n, 'p' || n || '@' || case n % 3 when 0 then 'example' when 1 then 'research' else 'lab' end || '.test',
                case when n % 200 = 7 then 'Quirin' else ($2::text[])[1 + (n * 7) % ${given.length}] end,
                ($3::text[])[1 + (n * 11) % ${family.length}], ($4::uuid[])[1 + n % ${roleIds.length}], now(), false,
                case when n % 50 = 3 then now() end,
                case when n % 5 > 0 then now() - (n % 100000) * interval '1 minute' end, now(), now()
         from (select n, md5(n::text) as h from generate_series($5::bigint, $6::bigint) n) numbered`,
        [tenantId, given, family, roleIds, start, until - 1],
      )
      await tx.read(
        `insert into credentials (user_id, tenant_id, changed_at)
         select id, tenant_id, now() from users where tenant_id = $1
           and id >= (lpad(to_hex(1700000000000 + $2::bigint), 12, '0') || '70008000' || repeat('0', 12))::uuid
         on conflict do nothing`,
        [tenantId, start],
      )
    })
  }
}
