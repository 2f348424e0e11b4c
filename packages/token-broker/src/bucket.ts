/** Lets a minute’s worth through at once, and as many again a minute from then on. */
export function openBucket(aMinute: number, now = () => performance.now()) {
  let left = aMinute
  let seen = now()
  return {
    /** False: too many, for now. */
    take(): boolean {
      const at = now()
      left = Math.min(aMinute, left + ((at - seen) / 60_000) * aMinute)
      seen = at
      if (left < 1) return false
      left -= 1
      return true
    },
  }
}
