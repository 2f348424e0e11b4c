import { useEffect, useState } from 'react'

/** The time, that goes on by itself: every second, while `going`. Milliseconds. */
export function useNow(going = true): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!going) return
    const ticking = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(ticking)
  }, [going])
  return now
}
