import { changeRole } from '../../packages/server/src/features/users/actions.ts'
import { createUser } from '../../packages/server/src/features/users/create.ts'
import { operator } from '../../packages/server/src/platform/access/actor.ts'
import { measure } from '../lib/load.ts'
import { rate, report } from '../lib/report.ts'
import type { Bench } from '../users.ts'

/** Creating by invitation and changing roles in one tenant, with their audit entries and without. */
export async function measureChanges({ deps, small, seconds }: Bench): Promise<void> {
  const by = operator(small.id)
  const roleId = small.roles.get('Tenant User') ?? ''
  const other = small.roles.get('Tenant Admin') ?? ''
  let made = 0
  const ids: string[] = []
  const create = async () => {
    made += 1
    const username = `made${made}`
    const { user } = await createUser(deps, by, {
      username,
      email: `${username}@made.test`,
      firstName: 'Made',
      lastName: 'Here',
      roleId,
    })
    ids.push(user.id)
  }
  const change = (turn: number) =>
    changeRole(deps, by, ids[turn % ids.length] ?? '', Math.floor(turn / ids.length) % 2 ? roleId : other)

  const created = await measure(16, seconds, create)
  const changed = await measure(16, seconds, change)
  // The same without its record: what appending costs. Nothing but this bench can do that.
  await deps.database.pool.query(`alter function append_audit(jsonb) rename to append_audit_kept;
    create function append_audit(entries jsonb) returns void language sql as 'select'`)
  await deps.database.pool.query('grant execute on function append_audit(jsonb) to public')
  const bareCreated = await measure(16, seconds, create)
  const bareChanged = await measure(16, seconds, change)
  await deps.database.pool.query(
    'drop function append_audit(jsonb); alter function append_audit_kept(jsonb) rename to append_audit',
  )
  for (const [what, bar, full, bare] of [
    ['create user by invitation', 1000, created, bareCreated],
    ['change role', 1500, changed, bareChanged],
  ] as const) {
    report({
      what: `${what}, one tenant, audit included`,
      measured: rate(full.perSecond),
      bar: `≥ ${bar.toLocaleString('en')}/s`,
      compared: `without audit ${rate(bare.perSecond)}: it costs ${(100 * (1 - full.perSecond / bare.perSecond)).toFixed(0)} %`,
      holds: full.perSecond >= bar,
    })
  }
}
