// The user list, search, one user, creating, changing, importing and exporting, with 1,000,000 users (--quick: 20,000).
import { openBenchDatabase } from './lib/database.ts'
import { generateUsers } from './lib/generate.ts'
import { addPerson, addTenant, openBenchHouse, signIn } from './lib/house.ts'
import { printReport } from './lib/report.ts'
import { startServer } from './lib/server.ts'
import { measureBetterAuth } from './users/better-auth.ts'
import { measureChanges } from './users/changes.ts'
import { measureFiles } from './users/files.ts'
import { measureLists } from './users/lists.ts'
import { measureReach } from './users/reach.ts'
import { measureReads } from './users/reads.ts'

const quick = process.argv.includes('--quick')
const only = process.argv.find((word) => word.startsWith('--only='))?.slice(7)
const size = quick
  ? { big: 10_000, small: 2_000, others: 20, each: 400 }
  : { big: 500_000, small: 10_000, others: 200, each: 2_450 }
const seconds = Number(process.env.SECONDS_EACH ?? (quick ? 1 : 5))

const database = await openBenchDatabase()
const deps = await openBenchHouse(database.connection)
const rolesOf = (tenant: { roles: Map<string, string> }) => [...tenant.roles.values()]
process.stderr.write(`generating ${(size.big + size.small + size.others * size.each).toLocaleString('en')} users …\n`)
const begun = performance.now()
const big = await addTenant(deps, 'big')
const small = await addTenant(deps, 'small')
let from = 1
for (const [tenant, count] of [
  [big, size.big],
  [small, size.small],
] as const) {
  await generateUsers(deps.database, { tenantId: tenant.id, roleIds: rolesOf(tenant), from, count })
  from += count
}
for (let index = 0; index < size.others; index += 1) {
  const tenant = await addTenant(deps, `other${index}`)
  await generateUsers(deps.database, { tenantId: tenant.id, roleIds: rolesOf(tenant), from, count: size.each })
  from += size.each
}
await deps.database.pool.query('vacuum analyze')
process.stderr.write(`generated in ${((performance.now() - begun) / 1000).toFixed(0)} s\n`)

await addPerson(deps, big, 'admin', 'Tenant Admin')
await addPerson(deps, small, 'admin', 'Tenant Admin')
// What the stripped route reads: the same rows, without a wall.
await deps.database.pool.query(`begin; set local "tenantry.tenant" = '${small.id}';
  create table bench_users as select * from users; create table bench_roles as select * from roles; commit`)
await deps.database.pool.query(
  'alter table bench_users add primary key (id); alter table bench_roles add primary key (id)',
)
await deps.database.pool.query('analyze bench_users, bench_roles')

const server = await startServer(database.connection)
const bench = {
  deps,
  database,
  server,
  seconds,
  quick,
  big,
  small,
  port: server.port,
  cookies: { big: await signIn(server.port, 'big', 'admin'), small: await signIn(server.port, 'small', 'admin') },
}
export type Bench = typeof bench

const parts = {
  lists: measureLists,
  reads: measureReads,
  changes: measureChanges,
  reach: measureReach,
  files: measureFiles,
  'better-auth': measureBetterAuth,
}
for (const [name, part] of Object.entries(parts)) if (!only || only === name) await part(bench)
await server.stop()
await deps.database.close()
await database.close()
printReport('users', database)
