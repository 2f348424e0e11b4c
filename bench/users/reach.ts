import { tenantPermissions } from '@tenantry/contract'
import { createRole, editRole } from '../../packages/server/src/features/roles/change.ts'
import { changeRole, disableUser, enableUser, resetPassword } from '../../packages/server/src/features/users/actions.ts'
import { operator } from '../../packages/server/src/platform/access/actor.ts'
import { addPerson, signIn } from '../lib/house.ts'
import { ask, percentiles } from '../lib/load.ts'
import { ms, report } from '../lib/report.ts'
import { startServer } from '../lib/server.ts'
import type { Bench } from '../users.ts'

/** How long an open session, at another replica than the one that changed it, goes on as before. */
export async function measureReach({ deps, small, database, quick }: Bench): Promise<void> {
  const far = await startServer(database.connection)
  const by = operator(small.id)
  const role = await createRole(deps, by, { name: 'Far Away', permissions: tenantPermissions })
  small.roles.set(role.name, role.id)
  const { user } = await addPerson(deps, small, 'far.away', role.name)
  const times: number[] = []
  const rounds = quick ? 8 : 80
  for (let round = 0; round < rounds; round += 1) {
    const cookie = await signIn(far.port, small.slug, 'far.away').catch(() => '')
    const open = () => ask({ port: far.port, path: '/api/v1/users?limit=1', headers: { cookie } })
    if ((await open()).status !== 200) throw new Error('the session is not open')
    const way = round % 4
    if (way === 0) await disableUser(deps, by, user.id)
    else if (way === 1) await changeRole(deps, by, user.id, small.roles.get('Tenant User') ?? '')
    else if (way === 2) await editRole(deps, by, role.id, { permissions: ['job.submit'] }, null)
    else await resetPassword(deps, by, user.id)
    const begun = performance.now()
    while ((await open()).status === 200 && performance.now() - begun < 5000);
    times.push(performance.now() - begun)
    if (way === 0) await enableUser(deps, by, user.id)
    else if (way === 1) await changeRole(deps, by, user.id, role.id)
    else if (way === 2) await editRole(deps, by, role.id, { permissions: tenantPermissions }, null)
    else await restorePassword()
  }
  async function restorePassword() {
    const { passwords, database: data } = deps
    const { password } = await import('../lib/house.ts')
    const hash = await passwords.hash(password)
    await data.pool.query(`begin; set local "tenantry.tenant" = '${small.id}';
      update credentials set password_hash = '${hash}', one_time_hash = null, one_time_kind = null where user_id = '${user.id}';
      update users set must_change_password = false, temporary_until = null where id = '${user.id}'; commit`)
  }
  await far.stop()
  report({
    what: `disable, another role, an edit of the role, reset → refused at another replica (${rounds} times)`,
    measured: `longest ${ms(Math.max(...times))}, median ${ms(percentiles(times).p50)}`,
    bar: '≤ 1 s, always',
    holds: Math.max(...times) <= 1000,
  })
}
