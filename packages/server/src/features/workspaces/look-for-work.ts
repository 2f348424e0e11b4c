import { EngineError } from '../../engines/port.ts'
import type { IdleJudged } from '../../platform/database/schema.ts'
import type { Permits } from '../../platform/proxy/upstreams.ts'
import type { Traffic } from './door.ts'
import { judgeIdle } from './idle.ts'
import { purposeOf } from './launch.ts'
import { askNotebook } from './notebook.ts'
import { type LookForWork, noted, stopBecause } from './step.ts'

const every = 5_000

/**
 * Looks whether somebody works in a workspace that runs: what its notebook server says of kernels and terminals, what the
 * engine says of GPUs and children. Only a workspace of which it is known that nobody does is stopped.
 */
export const lookForWork =
  (trafficOf: (workspaceId: string) => Traffic, permits: Permits): LookForWork =>
  async (carried, reading, use) => {
    const { row, deps } = carried
    const { address } = reading
    const moved =
      address && `${address.host}:${address.port}` !== row.address ? { address: `${address.host}:${address.port}` } : {}
    const now = deps.database.now()
    const key = deps.box()
    const secret = key && row.secret ? key.open(row.secret, purposeOf(row.id)) : ''
    const at = address ?? (row.address === null ? null : addressOf(row.address))
    const [notebook, used] = await Promise.all([
      at ? askNotebook(at, secret, permits, AbortSignal.timeout(3_000)) : null,
      use().catch((error) => {
        if (error instanceof EngineError) return null
        throw error
      }),
    ])
    const { lastActiveAt, stopsAt, ...verdict } = judgeIdle({
      now,
      startedAt: row.started_at ?? now,
      lastActiveAt: row.last_active_at,
      extendedAt: row.extended_at,
      idleMinutes: row.spec.idleMinutes,
      signals: {
        reachable: notebook !== null,
        kernels: notebook?.kernels ?? [],
        terminals: notebook?.terminals ?? [],
        use: used,
        proxy: trafficOf(row.id),
      },
    })
    if (verdict.state === 'idle' && stopsAt !== null && stopsAt <= now) {
      return stopBecause(carried, `Nobody worked there for ${row.spec.idleMinutes} minutes.`)
    }
    const judged = { ...verdict, lastActiveAt: lastActiveAt.toISOString(), stopsAt: stopsAt?.toISOString() ?? null }
    // While somebody works, when they last did is of every moment: that alone is not worth telling.
    const isNew = told(judged) !== told(row.idle)
    const warns = judged.warned && !row.idle?.warned
    await noted(
      carried,
      {
        ...moved,
        handle: reading.handle ?? row.handle,
        reason: null,
        failing_since: null,
        last_active_at: lastActiveAt,
        ...(isNew && { idle: judged }),
      },
      every,
      warns ? { text: `It stops at ${judged.stopsAt} unless somebody works there.`, warning: true } : undefined,
    )
  }

const told = (idle: IdleJudged | null): string =>
  JSON.stringify(idle && { ...idle, lastActiveAt: null, stopsAt: idle.state === 'active' ? null : idle.stopsAt })

function addressOf(text: string): { host: string; port: number } {
  const { hostname, port } = new URL(`http://${text}`)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) }
}
