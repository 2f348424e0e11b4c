import { useEffect, useState } from 'react'

/** The time, anew so often: for what is drawn of how long something runs. Milliseconds. */
export function useNow(every = 1_000): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const ticking = setInterval(() => setNow(Date.now()), every)
    return () => clearInterval(ticking)
  }, [every])
  return now
}
