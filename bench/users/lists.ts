import { writeCursor } from '../../packages/server/src/platform/http/cursor.ts'
import { ask, type Measured, measure, percentiles } from '../lib/load.ts'
import { ms, rate, report } from '../lib/report.ts'
import type { Bench } from '../users.ts'

const get = (bench: Bench, where: 'big' | 'small', query: string) =>
  ask({ port: bench.port, path: `/api/v1/users?${query}`, headers: { cookie: bench.cookies[where] } }).then(
    (answer) => {
      if (answer.status !== 200) throw new Error(`${query} answered ${answer.status}: ${answer.body}`)
      return answer
    },
  )

const sorts = ['username', 'name', 'email', 'role', 'status', 'lastLogin', 'created'].flatMap((sort) => [
  sort,
  `-${sort}`,
])

/** Lists and searches of the big tenant, against the same of the small one and against SQL without a wall. */
export async function measureLists(bench: Bench): Promise<void> {
  const first = await run(bench, 'big', ['limit=50'])
  const firstSmall = await run(bench, 'small', ['limit=50'])
  report({
    what: `list of 50, first page, ${bench.quick ? '10,000' : '500,000'} in the tenant`,
    measured: `p95 ${ms(first.p95)}, ${rate(first.perSecond)}`,
    bar: 'p95 ≤ 15 ms, ≥ 400/s, ≤ 2 × the small tenant',
    compared: `small tenant: p95 ${ms(firstSmall.p95)}, ${rate(firstSmall.perSecond)}; ratio of medians ${(first.p50 / firstSmall.p50).toFixed(2)}`,
    holds: first.p95 <= 15 && first.perSecond >= 400 && first.p50 <= 2 * firstSmall.p50,
  })
  const deep = await run(bench, 'big', await deepPages(bench))
  report({
    what: 'list of 50, anywhere in it',
    measured: `p95 ${ms(deep.p95)}, ${rate(deep.perSecond)}`,
    bar: 'p95 ≤ 15 ms, ≥ 400/s',
    compared: `first page: p95 ${ms(first.p95)}`,
    holds: deep.p95 <= 15 && deep.perSecond >= 400,
  })
  const each: [string, Measured][] = []
  for (const sort of sorts) each.push([sort, await run(bench, 'big', [`limit=50&sort=${sort}`], bench.seconds / 3)])
  const slowest = each.reduce((worst, next) => (next[1].p95 > worst[1].p95 ? next : worst))
  report({
    what: `list of 50, each of ${sorts.length} orders`,
    measured: `slowest: ${slowest[0]} p95 ${ms(slowest[1].p95)}, ${rate(slowest[1].perSecond)}`,
    bar: 'p95 ≤ 15 ms, ≥ 400/s',
    compared: each.map(([sort, { p95 }]) => `${sort} ${p95.toFixed(1)}`).join(', '),
    holds: each.every(([, { p95, perSecond }]) => p95 <= 15 && perSecond >= 400),
  })
  const filters = [
    'status=disabled',
    'status=invited,locked',
    `role=${bench.big.roles.get('Tenant User')}`,
    `role=${bench.big.roles.get('Tenant Admin')}&status=disabled&sort=name`,
  ]
  const filtered = await run(
    bench,
    'big',
    filters.map((filter) => `limit=50&${filter}`),
  )
  report({
    what: 'list of 50, filtered',
    measured: `p95 ${ms(filtered.p95)}, ${rate(filtered.perSecond)}`,
    bar: 'p95 ≤ 15 ms',
    holds: filtered.p95 <= 15,
  })

  const counted = await measure(4, bench.seconds, () =>
    ask({ port: bench.port, path: '/api/v1/users/count', headers: { cookie: bench.cookies.big } }),
  )
  report({
    what: 'count, capped at 10,000',
    measured: `p95 ${ms(counted.p95)}, ${rate(counted.perSecond)}`,
    bar: 'p95 ≤ 15 ms',
    holds: counted.p95 <= 15,
  })

  const searches: [string, string[]][] = [
    ['rare', ['user0000', 'p4999', 'p12345']],
    ['one in 200', ['quirin', 'qui']],
    ['common', ['ada', 'god', 'test', 'use']],
    ['two words', ['ada god', 'quirin lee', 'rossum gra']],
    ['common, sorted by name', ['ada&sort=name', 'test&sort=name', 'quirin&sort=-lastLogin']],
  ]
  for (const [name, words] of searches) {
    const found = await run(
      bench,
      'big',
      words.map((q) => `limit=50&q=${q.replace(' ', '%20')}`),
    )
    report({
      what: `search, ${name}`,
      measured: `p95 ${ms(found.p95)}, ${rate(found.perSecond)}`,
      bar: 'p95 ≤ 30 ms',
      compared: name === 'common' ? await plainTrigram(bench) : '–',
      holds: found.p95 <= 30,
    })
  }
}

const run = (bench: Bench, where: 'big' | 'small', queries: string[], seconds = bench.seconds) =>
  measure(4, seconds, (turn) => get(bench, where, queries[turn % queries.length] ?? ''))

async function deepPages(bench: Bench): Promise<string[]> {
  const { rows } = await bench.deps.database.withTenant({ tenantId: bench.big.id }, async (tx) => ({
    rows: await tx.read<{ username: string; id: string }>(
      'select username, id from users where tenant_id = $1 and random() < 0.002 limit 400',
      [bench.big.id],
    ),
  }))
  return rows.map(({ username, id }) => `limit=50&cursor=${writeCursor('users username', [username, id], false)}`)
}

/** Contains-search by trigrams in SQL, past the wall: how the usual way does. */
async function plainTrigram({ deps, big, quick }: Bench): Promise<string> {
  const { pool } = deps.database
  try {
    await pool.query('create extension if not exists pg_trgm')
  } catch (error) {
    return `pg_trgm: ${(error as Error).message}`
  }
  await pool.query(`begin; set local "tenantry.tenant" = '${big.id}';
    create table bench_search as select id, username, fold(username || ' ' || first_name || ' ' || last_name || ' ' || email) as text from users; commit`)
  await pool.query(
    'create index on bench_search using gin (text gin_trgm_ops); create index on bench_search (username); analyze bench_search',
  )
  const times: number[] = []
  for (let index = 0; index < (quick ? 8 : 40); index += 1) {
    const begun = performance.now()
    await pool.query(`select id from bench_search where text like $1 order by username limit 50`, [
      `%${['ada', 'god', 'test', 'quirin'][index % 4]}%`,
    ])
    times.push(performance.now() - begun)
  }
  return `plain pg_trgm query, no wall: p95 ${ms(percentiles(times).p95)}`
}
