// The audit log with 1,000,000 entries of one tenant among others (--quick: 20,000): sealing, reading, searching, verifying.
import { verifyTenant } from '../packages/server/src/features/audit-log/index.ts'
import { sealTenant } from '../packages/server/src/platform/audit/seal.ts'
import { openBenchDatabase } from './lib/database.ts'
import { addPerson, addTenant, openBenchHouse, signIn } from './lib/house.ts'
import { ask, measure } from './lib/load.ts'
import { ms, printReport, rate, report } from './lib/report.ts'
import { startServer } from './lib/server.ts'

const quick = process.argv.includes('--quick')
const size = quick ? 20_000 : 1_000_000
const seconds = quick ? 1 : 5

const database = await openBenchDatabase()
const deps = await openBenchHouse(database.connection)
const [big, other] = [await addTenant(deps, 'big'), await addTenant(deps, 'other')]
await addPerson(deps, big, 'admin', 'Tenant Admin')

/** Entries of a year, by a thousand people, one in fifty refused, one in a thousand about somebody with a rare name. */
async function generate(tenantId: string, from: number, until: number): Promise<void> {
  await deps.database.withTenant({ tenantId }, (tx) =>
    tx.read(
      `insert into audit_pending (tenant_id, id, at, entry)
       select $1, id, at, jsonb_build_object('id', id, 'at', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
         'action', (array['sign_in.succeeded', 'user.updated', 'user.role_changed', 'user.password_reset', 'user.created'])[1 + n % 5],
         'result', case when n % 50 = 7 then 'refused' else 'success' end,
         'actor', jsonb_build_object('id', md5('actor' || n % 1000)::uuid, 'name', 'person' || n % 1000, 'kind', 'user', 'session', null),
         'target', jsonb_build_object('kind', 'user', 'id', md5('target' || n % 5000)::uuid,
            'name', case when n % 1000 = 3 then 'quirin' else 'subject' || n % 5000 end),
         'details', jsonb_build_object('before', jsonb_build_object('role', 'Tenant User'), 'after', jsonb_build_object('role', 'Help Desk')),
         'address', '192.0.2.' || n % 250, 'userAgent', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', 'requestId', md5(n::text)::uuid)
       from (select n, date_trunc('milliseconds', now() - interval '1 year' * (1 - n::float8 / $4)) as at,
               (lpad(to_hex(1700000000000 + n), 12, '0') || '7000' || '8000' || substr(md5(n::text), 1, 12))::uuid as id
             from generate_series($2::bigint, $3::bigint) n) numbered`,
      [tenantId, from, until - 1, size],
    ),
  )
}
process.stderr.write(`generating ${size.toLocaleString('en')} entries …\n`)
let sealing = 0
for (const [tenant, count] of [
  [big, size],
  [other, size / 20],
] as const) {
  for (let from = 0; from < count; from += 20_000) {
    await generate(tenant.id, from, Math.min(from + 20_000, count))
    const begun = performance.now()
    await sealTenant(deps.database, tenant.id)
    sealing += performance.now() - begun
  }
}
await deps.database.pool.query('vacuum analyze')
report({
  what: `sealing ${size.toLocaleString('en')} entries`,
  measured: `${rate((size * 1.05) / (sealing / 1000))}`,
  bar: '–',
  compared: 'behind the actions, in batches',
  holds: null,
})

const server = await startServer(database.connection)
const cookie = await signIn(server.port, 'big', 'admin')
const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString()
const searches: [string, string[]][] = [
  ['newest page', ['']],
  ['a day, months ago', [90, 180, 300].map((ago) => `from=${day(ago)}&to=${day(ago - 1)}`)],
  ['by a person', ['q=person7', 'q=person99', 'q=subject4999', 'q=person123']],
  ['by a rare name', ['q=quirin', 'q=qui']],
  ['by many names', ['q=person', 'q=sub']],
  ['by nobody', ['q=nobodyhasthis']],
  ['by action', ['action=user.created', 'action=user.role_changed,user.password_reset', 'q=password reset']],
  ['refused', ['result=refused', 'result=refused&action=user.role_changed', 'result=refused&q=person7']],
]
const all: number[] = []
for (const [what, queries] of searches) {
  const { p95, perSecond } = await measure(4, seconds, async (turn) => {
    const query = queries[turn % queries.length] ?? ''
    const { status, body } = await ask({
      port: server.port,
      path: `/api/v1/audit?limit=50&${query.replaceAll(' ', '%20')}`,
      headers: { cookie },
    })
    if (status !== 200) throw new Error(`${query} answered ${status}: ${body}`)
  })
  all.push(p95)
  report({
    what: `audit search, ${what}`,
    measured: `p95 ${ms(p95)}, ${rate(perSecond)}`,
    bar: 'p95 ≤ 200 ms',
    holds: p95 <= 200,
  })
}
await server.stop()
const begun = performance.now()
const { entries, broken } = await verifyTenant(deps.database, big.id)
const took = (performance.now() - begun) / 1000
report({
  what: 'verifying the chain',
  measured: `${entries.toLocaleString('en')} entries in ${took.toFixed(1)} s${broken ? `, BROKEN at ${broken.seq}` : ''}`,
  bar: 'it holds',
  holds: broken === null,
})
await deps.database.close()
await database.close()
printReport('audit', database)
