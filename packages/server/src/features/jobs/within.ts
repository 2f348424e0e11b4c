import { EngineError } from '../../engines/port.ts'

/** Asks an engine, and waits no longer than so many milliseconds, whether or not it minds the signal. Throws `EngineError`. */
export async function within<T>(ms: number, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, refuse) => {
    timer = setTimeout(() => {
      refuse(new EngineError('slow', `It has not answered within ${ms / 1000} s.`))
      over.abort()
    }, ms)
  })
  try {
    return await Promise.race([ask(over.signal), late])
  } finally {
    clearTimeout(timer)
  }
}
