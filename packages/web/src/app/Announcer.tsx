import { useRouterState } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { onAnnounce } from './announce.ts'

/**
 * Says the title of each new page to those who hear it: nothing else tells them that the page has changed. Also what
 * `announce` is given.
 */
export function Announcer() {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname })
  const first = useRef(true)
  const [said, setSaid] = useState('')
  useEffect(
    () =>
      // The same words twice are said twice only if something differs.
      onAnnounce((text) => setSaid((before) => (before === text ? `${text}\u00A0` : text))),
    [],
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is the occasion
  useEffect(() => {
    if (first.current) {
      first.current = false
      return
    }
    // The new page has set its title by then.
    const later = setTimeout(() => setSaid(document.title), 300)
    return () => clearTimeout(later)
  }, [path])
  return (
    <div className="unseen" aria-live="polite">
      {said}
    </div>
  )
}
