import type { PoolClient } from 'pg'

/**
 * Holds back what a connection sends, so that several statements leave in one write. The pool's connections are in pg's
 * pipeline mode: a statement is sent before the one ahead of it is answered. A write wakes PostgreSQL, and costs a request
 * more than anything else does. Answers how to let go.
 */
export function hold(client: PoolClient): () => void {
  const { stream } = (client as unknown as { connection: { stream: { cork(): void; uncork(): void } } }).connection
  stream.cork()
  return () => stream.uncork()
}

/** The same until the running turn of the event loop is over. */
export const holdUntilTurnEnds = (client: PoolClient): void => process.nextTick(hold(client))
