import { randomUUID } from 'node:crypto'
import { EngineError, type WorkspaceReading, type WorkspaceUse } from '../../engines/port.ts'
import { anyone } from '../../platform/access/actor.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Phases } from '../../platform/database/schema.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { type OpenEngines, refuseUnknownName } from '../engines/index.ts'
import { pass } from './hand-over.ts'
import { purposeOf } from './launch.ts'
import { letGo } from './quota.ts'
import { openAt, ownerAt } from './reach.ts'
import * as steps from './step-store.ts'
import * as store from './store.ts'
import { tellWorkspaces } from './tell.ts'
import { removeVolumeRow } from './volumes.ts'

const second = 1000
const patience = 25 * second
const lookAgain = { onTheWay: second, running: 5 * second }
/** An engine that does not answer is waited for this long before what was to start there is given up. */
const startPatience = 15 * 60 * second

const keeper = (tenantId: string) => ({
  ...anyone(tenantId, 'workspaces', { address: null, userAgent: null, requestId: null }),
  kind: 'system' as const,
})

/**
 * Carries one workspace a step further: asks its engine for what is wanted, and notes what came of it. Nothing remote happens
 * in a transaction; every step can be repeated, so that whoever takes over after a crash goes on where it was.
 */
export async function step(deps: Deps, engines: OpenEngines, due: steps.Due, work: LookForWork): Promise<void> {
  const { database, log } = deps
  const { tenant_id: tenantId } = due
  const lease = randomUUID()
  const row = await database.withTenant({ tenantId }, (tx) => steps.take(tx, tenantId, due.id, lease))
  if (!row) return
  const carried = { deps, engines, tenantId, row, lease, work }
  try {
    await carryOn(carried)
  } catch (error) {
    const known = error instanceof EngineError
    if (!known) log.warn({ err: error, workspace: row.id }, 'carrying a workspace on failed')
    else log.debug({ workspace: row.id, said: error.said }, error.message)
    await failed(
      carried,
      known ? error : new EngineError('unreachable', 'It failed on our side; the log of the server says more.'),
    )
  }
}

/** Looks whether somebody works in one that runs, and notes it. */
export type LookForWork = (
  carried: Carried,
  reading: WorkspaceReading,
  use: () => Promise<WorkspaceUse>,
) => Promise<void>

export type Carried = {
  deps: Deps
  engines: OpenEngines
  tenantId: string
  row: steps.Held
  lease: string
  work: LookForWork
}

async function carryOn(carried: Carried): Promise<void> {
  const { deps, engines, tenantId, row } = carried
  const { engine, scope, kind, withdrawn } = await openAt(deps, engines, tenantId, row.engine_id, row.scope)
  const host = engine.workspaces
  if (!host) throw new EngineError('refused', 'This engine runs no workspaces here.')
  const person = await deps.database.withTenant({ tenantId }, (tx) => ownerAt(tx, tenantId, row.owner_id, kind))
  const spec = steps.toSpec(row, secretOf(deps, row))
  const signal = () => AbortSignal.timeout(patience)
  const end = () => host.stop(scope, person, spec, row.handle, signal())

  if (row.wanted === 'running' && withdrawn)
    return stopBecause(carried, 'The platform took this part of the engine back.')
  if (row.wanted === 'running' && row.tenant_status !== 'active')
    return stopBecause(carried, `The tenant is ${row.tenant_status}.`)
  if (row.wanted === 'running' && !row.again) {
    const named = { tenantId, engineId: row.engine_id, userId: row.owner_id, kind }
    await deps.database.readAtOnce({ tenantId }, (tx) => refuseUnknownName(tx, named))
    if (row.state === 'running') {
      const reading = await host.read(scope, person, spec, row.handle, signal())
      if (reading.phase === 'failed' || reading.phase === 'missing') {
        return stopBecause(carried, reading.reason ?? 'It is not there any more at the engine.', true)
      }
      return carried.work(carried, reading, () => host.use(scope, person, spec, reading.handle ?? row.handle, signal()))
    }
    const reading = await host.start(scope, person, spec, row.handle, signal())
    return comeUp(carried, reading)
  }

  const reading = await end()
  if (reading.phase !== 'missing') {
    return noted(carried, { state: 'stopping', handle: reading.handle ?? row.handle }, lookAgain.onTheWay)
  }
  await host.remove(scope, person, spec, row.handle, signal())
  if (row.wanted === 'running') {
    return noted(carried, { state: 'queued', again: false, handle: null, address: null }, 0)
  }
  const removesVolume = row.wanted === 'deleted' && row.remove_volume && row.volume !== null
  if (removesVolume) {
    await host.removeVolume(scope, person, { name: row.volume as string, where: row.spec.placement.where }, signal())
  }
  await over(carried, removesVolume)
}

const secretOf = ({ box }: Deps, row: steps.Held): string => {
  const key = box()
  if (key === null || row.secret === null)
    throw new EngineError('unauthorised', 'Its secret cannot be read: SECRET_KEY is not set.')
  return key.open(row.secret, purposeOf(row.id))
}

const phaseOf = {
  queued: 'queue',
  pulling: 'pull',
  starting: 'start',
  ready: 'ready',
  stopping: 'queue',
  failed: 'start',
  missing: 'queue',
} as const satisfies Record<WorkspaceReading['phase'], Phases[number]['phase']>

/** What a workspace that is on its way up has reached. Pure. */
export function advance(phases: Phases, reached: WorkspaceReading['phase'], now: Date): Phases {
  const phase = phaseOf[reached]
  const at = now.toISOString()
  const last = phases.at(-1)
  if (last?.phase === phase && last.endedAt === null) return phases
  if (phases.some((one) => one.phase === phase && one.endedAt !== null)) return phases
  const ended = phases.map((one) => (one.endedAt === null ? { ...one, endedAt: at } : one))
  return [...ended, { phase, startedAt: at, endedAt: phase === 'ready' ? at : null }]
}

async function comeUp(carried: Carried, reading: WorkspaceReading): Promise<void> {
  const { row, deps } = carried
  const { phase, reason, handle, address } = reading
  if (phase === 'failed') return stopBecause(carried, reason ?? 'It did not start.', true)
  const phases = advance(row.phases, phase, deps.database.now())
  const seen = { phases, handle: handle ?? row.handle, failing_since: null }
  if (phase === 'ready' && address) {
    const where = `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`
    return noted(
      carried,
      { ...seen, state: 'running', reason: null, address: where, started_at: deps.database.now() },
      second,
      { text: 'Ready to be opened.' },
    )
  }
  const state = phase === 'queued' ? 'queued' : 'starting'
  const tells = reason !== null && reason !== row.reason
  await noted(
    carried,
    { ...seen, state, reason, address: null },
    lookAgain.onTheWay,
    tells ? { text: reason } : undefined,
  )
}

/** Ends it because of something nobody decided: `isFailure` where it is to be told as one. */
export async function stopBecause(carried: Carried, reason: string, isFailure = false): Promise<void> {
  const { row, tenantId } = carried
  await noted(
    carried,
    { wanted: 'stopped', state: 'stopping', reason, broke: isFailure, address: null },
    0,
    { text: reason, warning: isFailure },
    (tx) =>
      audit(tx, keeper(tenantId), isFailure ? 'workspace.failed' : 'workspace.stopped', {
        target: { kind: 'workspace', id: row.id, name: row.name },
        details: { reason },
      }),
  )
}

/** Nothing of it is left at the engine: what it was granted is let go. */
async function over(carried: Carried, removedVolume: boolean): Promise<void> {
  const { deps, tenantId, row, lease } = carried
  await deps.database.withTenant({ tenantId }, async (tx) => {
    if (row.wanted === 'deleted') {
      await letGo(tx, tenantId, row.id)
      await store.remove(tx, tenantId, row.id)
      if (removedVolume && row.volume_id !== null) {
        await letGo(tx, tenantId, row.volume_id)
        await removeVolumeRow(tx, tenantId, row.volume_id)
      }
    } else {
      const state = row.broke ? 'failed' : 'stopped'
      const isNoted = await steps.note(
        tx,
        tenantId,
        row,
        lease,
        { state, handle: null, address: null, idle: null, failing_since: null },
        null,
      )
      // Where something was decided meanwhile, or another carries it on, it may be at the engine again.
      if (isNoted) await letGo(tx, tenantId, row.id)
      if (isNoted) await store.addEvent(tx, tenantId, row.id, 'Stopped.')
      if (isNoted && row.heir !== null) {
        await pass(tx, tenantId, row, row.heir)
        audit(tx, keeper(tenantId), 'workspace.handed_over', {
          target: { kind: 'workspace', id: row.id, name: row.name },
          details: { stage: 'stopped and passed on' },
        })
      }
    }
    await tellWorkspaces(tx, tenantId)
  })
}

/** Notes what was seen; answers after it is written. `next` in milliseconds from now. */
export async function noted(
  { deps, tenantId, row, lease }: Carried,
  seen: steps.Seen,
  next: number,
  event?: { text: string; warning?: boolean },
  also?: (tx: Tx) => void,
): Promise<void> {
  await deps.database.withTenant({ tenantId }, async (tx) => {
    const at = new Date(tx.now.getTime() + next)
    const isNoted = await steps.note(tx, tenantId, row, lease, seen, at)
    if (isNoted && event) await store.addEvent(tx, tenantId, row.id, event.text, { warning: event.warning ?? false })
    if (isNoted) also?.(tx)
    const tells =
      seen.state !== row.state || seen.reason !== row.reason || event !== undefined || seen.idle !== undefined
    if (tells) await tellWorkspaces(tx, tenantId)
  })
}

/** An engine that did not do what it was asked. */
async function failed(carried: Carried, error: EngineError): Promise<void> {
  const { row, deps } = carried
  const reason = [error.message, error.said].filter(Boolean).join(' ')
  const since = row.failing_since ?? deps.database.now()
  const waited = deps.database.now().getTime() - since.getTime()
  const isFinal = error.kind === 'refused' || error.kind === 'not_found' || waited > startPatience
  if (row.wanted === 'running' && row.state !== 'running' && !row.again && isFinal)
    return stopBecause(carried, reason, true)
  const next = Math.min(30 * second, Math.max(second, waited / 4))
  // What is being ended keeps the reason that it is ended for.
  const told = row.wanted === 'running' ? { reason } : {}
  await noted(carried, { ...told, failing_since: since }, next)
}
