import type { Scope } from '@tenantry/contract'
import { type Engine, EngineError, type Person } from '../../engines/port.ts'
import { anyone } from '../../platform/access/actor.ts'
import { ownTenant } from '../../platform/access/tenants.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Deps } from '../../platform/deps.ts'
import { type FollowingKind, personAt } from '../engines/index.ts'
import * as store from './store.ts'

const patience = 20_000
/** In seconds: at first soon, then ever more rarely; what the engine refuses is for people to mend. */
const againAfter = (attempts: number, kind: EngineError['kind']): number =>
  Math.min(300, kind === 'refused' ? 60 : 2 ** Math.min(attempts + 1, 8))

const carrier = (tenantId: string) => ({
  ...anyone(tenantId, 'carry-through', { address: null, userAgent: null, requestId: null }),
  kind: 'system' as const,
})

/** Brings one engine in step with what was decided about one person, or notes why that could not be. */
export async function carry(
  { database, log }: Pick<Deps, 'database' | 'log'>,
  { id: engineId, kind }: { id: string; kind: FollowingKind },
  open: () => Engine,
  due: store.Due,
): Promise<void> {
  const { tenant_id: tenantId, user_id: userId, wanted } = due
  const where = { tenantId, engineId, userId, wanted }
  const now = await database.withTenant({ tenantId }, async (tx) => {
    const allocation = await store.findAllocation(tx, tenantId, engineId)
    const person = await personAt(tx, tenantId, userId, kind)
    const { slug } = await ownTenant(tx, tenantId)
    const name = nameAt(allocation?.scope, due.username)
    const wantsName = person?.mayUse === true && allocation !== undefined && allocation.withdrawn_at === null
    const ours = wantsName && kind === 'slurm' ? await store.takeName(tx, engineId, name, tenantId, userId) : true
    return { allocation, person, slug, name, ours }
  })
  const { allocation, person, slug, name, ours } = now
  try {
    if (!ours) {
      throw new EngineError(
        'refused',
        `At this engine the name ${name} is somebody else’s. A prefix for the tenant parts them.`,
      )
    }
    const nobody: Person = { username: due.username, tenant: slug, mayUse: false, mayManage: false }
    const signal = AbortSignal.timeout(patience)
    let access = 'nothing'
    if (allocation) {
      const engine = open()
      const carryThrough = engine.carryThrough?.bind(engine)
      if (!carryThrough) throw new EngineError('refused', 'This engine follows nobody.')
      const { scope, former, withdrawn_at: withdrawn } = allocation
      for (const past of former) await carryThrough(withoutWhatStays(past, scope), nobody, signal)
      access = await carryThrough(scope, withdrawn || person === null ? nobody : person, signal)
    }
    await database.withTenant({ tenantId }, async (tx) => {
      const inStep = await store.noteInStep(tx, where, access)
      if (due.access !== access && !(due.access === '' && access === 'nothing')) {
        audit(tx, carrier(tenantId), access === 'nothing' ? 'engine_access.withdrawn' : 'engine_access.given', {
          target: { kind: 'user', id: userId, name: due.username },
          details: { before: { access: due.access }, after: { access }, engine: engineId },
        })
      }
      if (!inStep) return
      if (access === 'nothing') await store.releaseNames(tx, engineId, tenantId, userId)
      if (person === null) await store.forget(tx, where)
      await store.settle(tx, tenantId, engineId)
    })
  } catch (error) {
    const known = error instanceof EngineError
    if (!known) log.warn({ err: error, engine: engineId }, 'carrying a decision through failed')
    const reason = known ? error.message : 'It failed on our side; the log of the server says more.'
    const again = againAfter(due.attempts, known ? error.kind : 'unreachable')
    await database.withTenant({ tenantId }, (tx) => store.noteFailure(tx, where, reason, again))
  }
}

/** What somebody is called at an engine. */
const nameAt = (scope: Scope | undefined, username: string): string =>
  `${scope?.kind === 'slurm' ? (scope.prefix ?? '') : ''}${username}`

/** The former part without what the tenant has still: nobody loses that in between. */
function withoutWhatStays(past: Scope, now: Scope): Scope {
  if (past.kind === 'slurm' && now.kind === 'slurm' && past.prefix === now.prefix) {
    return { ...past, accounts: past.accounts.filter((account) => !now.accounts.includes(account)) }
  }
  if (past.kind === 'kubernetes' && now.kind === 'kubernetes') {
    const kept = now.namespaces ?? []
    return { ...past, namespaces: (past.namespaces ?? []).filter((namespace) => !kept.includes(namespace)) }
  }
  return past
}
