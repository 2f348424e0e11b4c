// Signing in: how many a second against the bare hash, the event loop meanwhile, and whether refusals tell apart by time.
import { openPasswords } from '../packages/server/src/platform/secrets/passwords.ts'
import { openBenchDatabase } from './lib/database.ts'
import { generateUsers } from './lib/generate.ts'
import { addPerson, addTenant, openBenchHouse, password } from './lib/house.ts'
import { ask, measure, percentiles } from './lib/load.ts'
import { mannWhitney } from './lib/mann-whitney.ts'
import { ms, printReport, rate, report } from './lib/report.ts'
import { startServer } from './lib/server.ts'

const quick = process.argv.includes('--quick')
const seconds = quick ? 2 : 10
const tries = quick ? 40 : 500

const database = await openBenchDatabase()
const deps = await openBenchHouse(database.connection)
const tenant = await addTenant(deps, 'acme')
const people = Array.from({ length: 64 }, (_, index) => `person${index}`)
for (const username of people) await addPerson(deps, tenant, username, 'Tenant User')
await generateUsers(deps.database, { tenantId: tenant.id, roleIds: [...tenant.roles.values()], from: 1, count: 20_000 })
await deps.database.pool.query('vacuum analyze')
const server = await startServer(database.connection)
const { port } = server

let attempts = 0
/** Every attempt from an address of its own, so that none has to wait for another's failures. */
const signIn = (organization: string, usernameOrEmail: string, typed: string) => {
  attempts += 1
  const address = `10.${(attempts >> 16) & 255}.${(attempts >> 8) & 255}.${attempts & 255}`
  return ask({
    port,
    method: 'POST',
    path: '/api/v1/sign-in',
    headers: { 'x-forwarded-for': address },
    body: { organization, usernameOrEmail, password: typed },
  })
}

const passwords = await openPasswords()
const stored = await passwords.hash(password)
const bare = await measure(8, seconds, () => passwords.verify(stored, password))
await server.reset()
const full = await measure(8, seconds, async (turn) => {
  const { status } = await signIn('acme', people[turn % people.length] ?? '', password)
  if (status !== 200) throw new Error(`sign-in answered ${status}`)
})
const { p99: lag } = await server.state()
const share = full.perSecond / bare.perSecond
report({
  what: 'sign-in, 8 clients: hash, session and audit written',
  measured: `${rate(full.perSecond)}, p95 ${ms(full.p95)}`,
  bar: '≥ 90/s, p95 ≤ 150 ms',
  compared: `bare argon2id: ${rate(bare.perSecond)}`,
  holds: full.perSecond >= 90 && full.p95 <= 150,
})
report({
  what: 'sign-in against the bare hash',
  measured: `${share.toFixed(2)} ×`,
  bar: '≥ 0.85 ×',
  compared: 'the client runs on the same two cores',
  holds: share >= 0.85,
})
report({
  what: 'event loop of the server meanwhile',
  measured: `p99 ${ms(Math.max(0, lag))} late`,
  bar: '< 20 ms',
  holds: lag < 20,
})

// Refusals: each kind gets names of its own; those that exist have a password to be wrong about.
await deps.database.pool.query(
  `begin; set local "tenantry.tenant" = '${tenant.id}'; update credentials set password_hash = '${stored}' where password_hash is null; commit`,
)
const named = async (disabled: boolean) => {
  const rows = await deps.database.withTenant({ tenantId: tenant.id }, (tx) =>
    tx.read<{ username: string }>(
      `select username from users where tenant_id = $1 and username like 'user%' and (disabled_at is null) = $2 limit $3`,
      [tenant.id, !disabled, tries],
    ),
  )
  return rows.map(({ username }) => username)
}
const [enabled, disabled] = [await named(false), await named(true)]
const kinds: Record<string, (turn: number) => ReturnType<typeof ask>> = {
  'unknown tenant': (turn) => signIn(`nowhere${turn}`, `user${turn}`, 'not the password'),
  'unknown user': (turn) => signIn('acme', `nobody${turn}`, 'not the password'),
  'disabled user, right password': (turn) => signIn('acme', disabled[turn % disabled.length] ?? '', password),
  'wrong password': (turn) => signIn('acme', enabled[turn % enabled.length] ?? '', 'not the password'),
}
const times = new Map<string, number[]>(Object.keys(kinds).map((kind) => [kind, []]))
const bodies = new Set<string>()
for (let turn = 0; turn < tries; turn += 1) {
  // All four at once, so that whatever the machine does meanwhile it does to all; in another order each time, since
  // this process sends and reads one after the other.
  const order = Object.entries(kinds).sort(() => Math.random() - 0.5)
  await Promise.all(
    order.map(async ([kind, attempt]) => {
      const begun = performance.now()
      const { status, body } = await attempt(turn)
      times.get(kind)?.push(performance.now() - begun)
      bodies.add(`${status} ${body}`)
    }),
  )
}
const medians = [...times].map(([kind, list]) => [kind, percentiles(list).p50] as const)
const values = medians.map(([, median]) => median)
const spread = Math.max(...values) - Math.min(...values)
const names = [...times.keys()]
const ps = names.flatMap((a, index) =>
  names.slice(index + 1).map((b) => mannWhitney(times.get(a) ?? [], times.get(b) ?? [])),
)
const leastP = Math.min(...ps)
report({
  what: `${tries * 4} refused sign-ins of four kinds`,
  measured: `medians within ${ms(spread)}, least p ${leastP.toFixed(3)}; ${bodies.size} kind of answer`,
  bar: 'medians within 1 ms, p > 0.01, one answer',
  compared: medians.map(([kind, median]) => `${kind} ${median.toFixed(1)} ms`).join(', '),
  holds: spread <= 1 && leastP > 0.01 && bodies.size === 1,
})
await server.stop()
await deps.database.close()
await database.close()
printReport('sign-in', database)
