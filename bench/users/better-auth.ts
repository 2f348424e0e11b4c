import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { admin } from 'better-auth/plugins'
import pg from 'pg'
import { measure } from '../lib/load.ts'
import { ms, rate, report } from '../lib/report.ts'
import type { Bench } from '../users.ts'

/** The same list and search with better-auth's admin plugin, in process (no HTTP), on as many users in the same PostgreSQL. */
export async function measureBetterAuth({ deps, database, quick, seconds }: Bench): Promise<void> {
  await deps.database.pool.query('create schema better')
  const pool = new pg.Pool({ ...database.connection, options: '-c search_path=better', max: 8 })
  const auth = betterAuth({
    database: pool,
    secret: 'a secret of the bench, for nothing else',
    baseURL: 'http://127.0.0.1',
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    plugins: [admin()],
  })
  const { runMigrations } = await getMigrations(auth.options)
  await runMigrations()
  const { headers } = await auth.api.signUpEmail({
    body: { email: 'a@b.test', password: 'a long enough password', name: 'A' },
    returnHeaders: true,
  })
  await pool.query(`update "user" set role = 'admin'`)
  const count = quick ? 20_000 : 1_000_000
  await pool.query(
    `insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
     select md5(n::text), case n % 200 when 7 then 'Quirin' else 'Ada' end || ' Byron', 'p' || n || '@x.test', true, now() - n * interval '1 second', now()
     from generate_series(1, $1::int) n`,
    [count],
  )
  await pool.query('analyze "user"')
  const cookie = headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  const list = (query: object) => auth.api.listUsers({ query, headers: new Headers({ cookie }) })
  const first = await measure(4, seconds, () => list({ limit: 50 }))
  const sorted = await measure(4, seconds, () => list({ limit: 50, sortBy: 'createdAt' }))
  const found = await measure(4, seconds, () =>
    list({ limit: 50, searchField: 'name', searchValue: 'Quirin', searchOperator: 'contains' }),
  )
  const me = await measure(8, seconds, () => auth.api.getSession({ headers: new Headers({ cookie }) }))
  report({
    what: `better-auth 1.7.25, ${count.toLocaleString('en')} users`,
    measured: `list p95 ${ms(first.p95)} ${rate(first.perSecond)}; sorted p95 ${ms(sorted.p95)} ${rate(sorted.perSecond)}; search p95 ${ms(found.p95)}; session ${rate(me.perSecond)}`,
    bar: '– (the comparison)',
    compared: 'called in process, without HTTP',
    holds: null,
  })
  await pool.end()
}
