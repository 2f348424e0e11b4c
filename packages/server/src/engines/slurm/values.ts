/**
 * What one thing is called differs between the versions of slurmrestd: numbers stand plainly in v0.0.38 and as
 * `{set, infinite, number}` from v0.0.40 on, states are a word and flags, or one list. These read both.
 */
type Number_ = number | null | undefined | { set?: boolean; infinite?: boolean; number?: number }

/** Null where it is not set, infinite, or a sentinel that leaked (NO_VAL and its kin, slurm.h). */
export function numberOf(value: unknown): number | null {
  const given = value as Number_
  const plain =
    typeof given === 'object' && given !== null ? (given.set === false || given.infinite ? null : given.number) : given
  if (typeof plain !== 'number' || !Number.isFinite(plain) || Math.abs(plain) >= 0xfffffffd) return null
  return plain
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Words in capitals, of a word, a list of words, or both. */
export function wordsOf(...values: unknown[]): string[] {
  const words = values.flat().filter((value): value is string => typeof value === 'string' && value !== '')
  return [...new Set(words.map((word) => word.toUpperCase()))]
}

/** Seconds since 1970 as RFC 3339; null for never. */
export function instantOf(value: unknown): string | null {
  const seconds = numberOf(value)
  return seconds === null || seconds <= 0 ? null : new Date(seconds * 1000).toISOString()
}
