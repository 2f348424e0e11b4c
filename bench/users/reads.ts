import { builtInRoles, type Permission, permissions } from '@tenantry/contract'
import { authorize } from '../../packages/server/src/platform/access/authorize.ts'
import { ask, measure, percentiles } from '../lib/load.ts'
import { ms, rate, report } from '../lib/report.ts'
import type { Bench } from '../users.ts'

/** One user, who am I, and the decision itself. */
export async function measureReads(bench: Bench): Promise<void> {
  const { port, cookies, small, seconds, deps } = bench
  const { rows } = await deps.database.pool.query('select id from bench_users limit 500')
  const ids: string[] = rows.map(({ id }) => id)
  const headers = { cookie: cookies.small }
  const idOf = (turn: number) => ids[turn % ids.length]
  const full = await measure(8, seconds, (turn) => ask({ port, path: `/api/v1/users/${idOf(turn)}`, headers }))
  const stripped = await measure(8, seconds, (turn) => ask({ port, path: `/stripped/${idOf(turn)}` }))
  report({
    what: 'one user: session, permission, tenant, row-level security',
    measured: rate(full.perSecond),
    bar: '≥ 0.5 × the stripped route',
    compared: `stripped: ${rate(stripped.perSecond)}, ratio ${(full.perSecond / stripped.perSecond).toFixed(2)}`,
    holds: full.perSecond >= 0.5 * stripped.perSecond,
  })
  const me = await measure(16, seconds, () => ask({ port, path: '/api/v1/session', headers }))
  report({
    what: 'who am I and what may I do',
    measured: `${rate(me.perSecond)}, p99 ${ms(me.p99)}`,
    bar: '≥ 6,000/s, p99 ≤ 10 ms',
    compared: 'the load comes from the same two cores, one Node process',
    holds: me.perSecond >= 6000 && me.p99 <= 10,
  })
  decide()
  void small
}

/** 100,000 users in 1,000 roles: the decision as the server makes it. */
function decide(): void {
  const roles = Array.from(
    { length: 1000 },
    (_, role) =>
      new Set<Permission>(
        role === 0
          ? builtInRoles.tenant_user.permissions
          : permissions.filter((_p, index) => (role * 31 + index * 7) % 5 < 3),
      ),
  )
  const users = Array.from({ length: 100_000 }, (_, user) => ({
    permissions: roles[(user * 7919) % 1000] as Set<Permission>,
  }))
  const times: number[] = []
  let refused = 0
  for (let round = 0; round < 300_000; round += 1) {
    const user = users[(round * 104_729) % users.length] as (typeof users)[0]
    const permission = permissions[round % permissions.length] as Permission
    const begun = process.hrtime.bigint()
    const allowed = user.permissions.has(permission)
    if (allowed) authorize(user, permission)
    times.push(Number(process.hrtime.bigint() - begun) / 1000)
    if (!allowed) refused += 1
  }
  const { p50, p99 } = percentiles(times)
  report({
    what: 'permission decision, 100,000 users × 1,000 roles',
    measured: `p99 ${p99.toFixed(2)} µs (median ${p50.toFixed(2)} µs, clock included)`,
    bar: 'p99 ≤ 2 µs',
    compared: `${refused.toLocaleString('en')} of 300,000 refused`,
    holds: p99 <= 2,
  })
}
