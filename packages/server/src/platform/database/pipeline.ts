import type { PoolClient } from 'pg'

/**
 * Holds back what a connection sends until the running turn of the event loop is over, so that all statements of one turn
 * leave in one write. The pool's connections are in pg's pipeline mode: a statement is sent before the one ahead of it is
 * answered. A write wakes PostgreSQL, and costs a request more than anything else does.
 */
export function holdUntilTurnEnds(client: PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: { cork(): void; uncork(): void } } }).connection
  stream.cork()
  process.nextTick(() => stream.uncork())
}
