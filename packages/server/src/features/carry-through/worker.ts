import { setTimeout as delay } from 'node:timers/promises'
import type { Deps } from '../../platform/deps.ts'
import { accessBy, type FollowingKind, keepEnginesOpen } from '../engines/index.ts'
import type { ReadEngine } from '../resources/index.ts'
import { carry } from './carry.ts'
import { listDue } from './store.ts'

const lookEvery = 500
const atOnce = 4
const most = 64

/** Carries through, at one engine, whatever is decided about people, until it is stopped. */
export function followDecisions(
  deps: Deps,
  engine: ReadEngine,
  open?: Parameters<typeof keepEnginesOpen>[1],
): AbortController {
  const stop = new AbortController()
  const { kind } = engine
  if (!(kind in accessBy)) return stop
  const following = { id: engine.id, kind: kind as FollowingKind }
  const { database, log } = deps
  const engines = keepEnginesOpen(deps, open)

  const round = async (): Promise<number> => {
    const due = await database.readAtOnceAsSystem('what is due at an engine', (tx) => listDue(tx, engine.id, most))
    const waiting = [...due]
    const work = async () => {
      for (let next = waiting.shift(); next && !stop.signal.aborted; next = waiting.shift()) {
        await carry(deps, following, () => engines.of(engine), next)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    return due.length
  }

  const follow = async () => {
    while (!stop.signal.aborted) {
      const done = await round().catch((error) => {
        log.debug({ err: error }, 'looking for what is due failed')
        return 0
      })
      if (done < most) await delay(lookEvery, undefined, { signal: stop.signal }).catch(() => {})
    }
    engines.close()
  }
  void follow()
  return stop
}
