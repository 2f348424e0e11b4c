import { changeRole } from '../../packages/server/src/features/users/actions.ts'
import { createUser } from '../../packages/server/src/features/users/create.ts'
import { operator } from '../../packages/server/src/platform/access/actor.ts'
import { openRevocations } from '../../packages/server/src/platform/access/revocations.ts'
import { insertRoles } from '../../packages/server/src/platform/access/roles.ts'
import { audit } from '../../packages/server/src/platform/audit/audit.ts'
import { openSealer, sealTenant } from '../../packages/server/src/platform/audit/seal.ts'
import { Tx } from '../../packages/server/src/platform/database/tx.ts'
import { newId } from '../../packages/server/src/platform/secrets/ids.ts'
import { measure } from '../lib/load.ts'
import { rate, report } from '../lib/report.ts'
import type { Bench } from '../users.ts'

/** Creating by invitation and changing roles in one tenant, with their audit entries and without. */
export async function measureChanges({ deps, database, small, seconds }: Bench): Promise<void> {
  const by = operator(small.id)
  const roleId = small.roles.get('Tenant User') ?? ''
  const admin = small.roles.get('Tenant Admin') ?? ''
  const desk = newId()
  await deps.database.withTenant({ tenantId: small.id }, async (tx) => {
    audit(tx, by, 'role.created')
    const role = {
      builtIn: null,
      name: 'Help Desk',
      description: '',
      permissions: ['user.view', 'user.reset_password'],
    }
    await insertRoles(tx, [{ ...role, id: desk, tenantId: small.id }])
  })
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
  const held = new Map<string, string>()
  const changeBetween = (one: string, two: string) => (turn: number) => {
    const id = ids[turn % ids.length] ?? ''
    const next = held.get(id) === one ? two : one
    held.set(id, next)
    return changeRole(deps, by, id, next)
  }
  const change = changeBetween(desk, roleId)

  // As the server does it.
  const sealer = openSealer(deps.database, deps.log)
  const revocations = openRevocations(deps.database, database.connection, { hear: () => {}, hearAll: () => {} })
  // The same without its record: what appending costs. Nothing but this bench can do that.
  const withoutAudit = async (work: (turn: number) => Promise<unknown>) => {
    await sealTenant(deps.database, small.id)
    const { close } = Tx.prototype
    Tx.prototype.close = () => Promise.resolve()
    const { perSecond } = await measure(16, seconds / 2, work)
    Tx.prototype.close = close
    return perSecond
  }
  // In turn, several times: what the machine does meanwhile happens to both.
  const both = async (work: (turn: number) => Promise<unknown>) => {
    let [full, bare] = [0, 0]
    for (let round = 0; round < 4; round += 1) {
      full += (await measure(16, seconds / 2, work)).perSecond / 4
      bare += (await withoutAudit(work)) / 4
    }
    return { full, bare }
  }
  const created = await both(create)
  const changed = await both(change)
  const admins = await measure(16, seconds, changeBetween(admin, roleId))
  await sealer.close()
  await revocations.close()
  for (const [what, bar, { full, bare }] of [
    ['create user by invitation', 1000, created],
    ['change role', 1500, changed],
  ] as const) {
    report({
      what: `${what}, one tenant, audit included`,
      measured: rate(full),
      bar: `≥ ${bar.toLocaleString('en')}/s`,
      compared: `without audit ${rate(bare)}: it costs ${(100 * (1 - full / bare)).toFixed(0)} % (bar: 15 %)`,
      holds: full >= bar && full >= 0.85 * bare,
    })
  }
  report({
    what: 'make and unmake Tenant Admins, one tenant, audit included',
    measured: rate(admins.perSecond),
    bar: '–',
    compared: 'whoever could be the last admin waits for the others',
    holds: null,
  })
}
