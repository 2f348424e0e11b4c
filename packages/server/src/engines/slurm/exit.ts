import { isObject, numberOf } from './values.ts'

/** How a process ended: by a code of its own, or by a signal. Both null where it is not known. */
export type Exit = { code: number | null; signal: number | null }

/**
 * Of a job: what wait(2) answers, as one number, in v0.0.38; `{return_code, signal: {id}}` from v0.0.40 on; accounting of 22.05
 * says `{status, return_code, signal: {signal_id}}`.
 */
export function readExit(value: unknown): Exit {
  if (!isObject(value) || 'set' in value) {
    const status = numberOf(value)
    if (status === null) return { code: null, signal: null }
    const signal = status & 0x7f
    return signal > 0 ? { code: null, signal } : { code: (status >> 8) & 0xff, signal: null }
  }
  const signal = isObject(value.signal) ? (numberOf(value.signal.id) ?? numberOf(value.signal.signal_id) ?? 0) : 0
  return signal > 0 ? { code: null, signal } : { code: numberOf(value.return_code), signal: null }
}
