import { randomUUID } from 'node:crypto'
import type { Deps } from '../../platform/deps.ts'
import { keepEnginesOpen } from '../engines/index.ts'
import { readEngine } from './read-engine.ts'
import { leaveEngines, type ReadEngine, takeEngines } from './reader-store.ts'

const lookEvery = 1_500

export type Reader = { close(): Promise<void> }

/**
 * Reads every engine that no other replica reads. Each is read by one, however many look; where that one falls silent,
 * another takes over within seconds.
 */
export function startReader(
  deps: Deps,
  onTaken?: (engine: ReadEngine) => AbortController,
  open?: Parameters<typeof keepEnginesOpen>[1],
): Reader {
  const { database, log } = deps
  const replica = randomUUID()
  const engines = keepEnginesOpen(deps, open)
  const reading = new Map<
    string,
    { engine: ReadEngine; stop: AbortController; also: AbortController | undefined; ended: Promise<void> }
  >()
  let closed = false

  const begin = (engine: ReadEngine) => {
    const stop = new AbortController()
    const current = { engine, stop, also: onTaken?.(engine), ended: Promise.resolve() }
    current.ended = readEngine({
      deps,
      engineId: engine.id,
      open: () => engines.of(current.engine),
      signal: stop.signal,
    })
    reading.set(engine.id, current)
  }

  const end = async (id: string) => {
    const current = reading.get(id)
    reading.delete(id)
    current?.stop.abort()
    current?.also?.abort()
    await current?.ended
  }

  const look = async () => {
    const ours = await database.asSystem('whose turn it is to read an engine', (tx) => takeEngines(tx, replica))
    if (closed) return
    for (const engine of ours) {
      const current = reading.get(engine.id)
      if (!current) begin(engine)
      else if (current.engine.version !== engine.version) {
        await end(engine.id)
        begin(engine)
      }
    }
    for (const id of reading.keys()) if (!ours.some((engine) => engine.id === id)) await end(id)
  }

  let looking: Promise<void> = Promise.resolve()
  const lookAgain = () => {
    looking = looking.then(look).catch((error) => log.debug({ err: error }, 'looking for engines failed'))
  }
  lookAgain()
  const timer = setInterval(lookAgain, lookEvery)
  timer.unref()

  return {
    close: async () => {
      closed = true
      clearInterval(timer)
      await looking
      await Promise.all([...reading.keys()].map(end))
      engines.close()
      await database.asSystem('others may read the engines', (tx) => leaveEngines(tx, replica)).catch(() => {})
    },
  }
}
