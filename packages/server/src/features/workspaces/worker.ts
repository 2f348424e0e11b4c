import { setTimeout as delay } from 'node:timers/promises'
import type { Connection } from '../../platform/database/database.ts'
import { listen } from '../../platform/database/listen.ts'
import type { Deps } from '../../platform/deps.ts'
import type { OpenEngines } from '../engines/index.ts'
import { type LookForWork, step } from './step.ts'
import { listDue } from './step-store.ts'
import { dueChannel } from './tell.ts'

const lookEvery = 500
/** At once, of all engines and of one: a dead engine holds up its own alone. The first of an engine is carried on in any case. */
const mostAtOnce = 16
const mostOfOne = 6
/** Twice as many are looked at: some may be in hand here, and not yet said to be. */
const mostListed = 2 * mostOfOne

export type Worker = { close(): Promise<void> }

/** Carries every workspace on, together with the other replicas, until it is closed. `onChange`: something was decided or seen. */
export function startWorker(
  deps: Deps,
  connection: Connection,
  engines: OpenEngines,
  work: LookForWork,
  onChange: (tenantId: string) => void,
): Worker {
  const { database, log } = deps
  const stop = new AbortController()
  const busy = new Map<string, { engine: string; done: Promise<void> }>()
  let wake = () => {}
  const listening = listen(
    connection,
    dueChannel,
    (tenantId) => {
      onChange(tenantId)
      wake()
    },
    () => wake(),
  )

  const round = async () => {
    const due = await database.readAtOnceAsSystem('workspaces that are due', (tx) => listDue(tx, mostListed))
    for (const one of due) {
      if (stop.signal.aborted) return
      const ofEngine = [...busy.values()].filter(({ engine }) => engine === one.engine_id).length
      const isFull = ofEngine >= mostOfOne || (ofEngine > 0 && busy.size >= mostAtOnce)
      if (busy.has(one.id) || isFull) continue
      const done = step(deps, engines, one, work)
        .catch((error) => log.warn({ err: error, workspace: one.id }, 'a workspace could not be carried on'))
        .finally(() => {
          busy.delete(one.id)
          wake()
        })
      busy.set(one.id, { engine: one.engine_id, done })
    }
  }

  const run = async () => {
    while (!stop.signal.aborted) {
      const woken = new AbortController()
      wake = () => woken.abort()
      await round().catch((error) => log.debug({ err: error }, 'looking for workspaces failed'))
      await delay(lookEvery, undefined, { signal: AbortSignal.any([stop.signal, woken.signal]) }).catch(() => {})
      // Changes come in bursts.
      if (woken.signal.aborted) await delay(20, undefined, { signal: stop.signal }).catch(() => {})
    }
  }
  const running = run()

  return {
    async close() {
      stop.abort()
      await running
      await Promise.all([...busy.values()].map(({ done }) => done))
      await listening.close()
    },
  }
}
