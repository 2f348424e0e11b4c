import { setTimeout as delay } from 'node:timers/promises'

type Ask<T> = (signal: AbortSignal) => Promise<T>

/**
 * Asks, and asks again beside it whenever no answer has come for `again` ms: an engine that comes back answers the second
 * request at once, and perhaps never the one that it was asked when it was away. Whichever is first counts. Rejects when the
 * first request does, after `patience` ms at the latest.
 */
export async function insist<T>(
  ask: Ask<T>,
  { again, patience }: { again: number; patience: number },
  signal: AbortSignal,
): Promise<T> {
  const done = new AbortController()
  const within = (ms: number) => AbortSignal.any([signal, done.signal, AbortSignal.timeout(ms)])
  const first = ask(within(patience))
  first.catch(() => {})
  const overdue = Symbol('overdue')
  // Never an error: `overdue` where there is no answer in time.
  const orOverdue = (answer: Promise<unknown>) => answer.catch(() => overdue)
  const pause = (ms: number) => orOverdue(delay(ms, overdue, { signal: done.signal }))
  /** What is refused at once is not asked again at once. */
  const askOnce = async () => {
    const answer = await orOverdue(ask(within(Math.ceil((again * 2) / 3))))
    if (answer === overdue) await pause(again / 6)
    return answer
  }
  try {
    const soon = await Promise.race([first, pause(again)])
    if (soon !== overdue) return soon as T
    for (;;) {
      const answered = await Promise.race([first, askOnce()])
      if (answered !== overdue) return answered as T
    }
  } finally {
    done.abort()
  }
}
